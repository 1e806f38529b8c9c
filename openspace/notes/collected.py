"""All notes of an event, read at once: for lists of sessions and for the book."""

from dataclasses import dataclass, field

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import joinedload, selectinload

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes.models import Attendance, AttendanceByName, NextStep, Paragraph, Version, VersionState
from openspace.notes.photo_models import IS_THERE, NotePhoto
from openspace.notes.rules import Part, progress


@dataclass
class Notes:
    """What is written of one session: Markdown by paragraphs, next steps, photos, who was there by name, how many.

    A photo has its `caption` (it may be empty), the `width` and `height` of its largest file in pixels, and its files:
    `photo.files("image/webp")` are WebP, which Typst reads, the smallest first: 480, 720 and 1600 pixels wide, or as
    wide as the photo was. For a page of paper take the last, `file = photo.files("image/webp")[-1]`, and read its bytes
    by `media.store().open(file.digest)` (`openspace.store.media`), outside of a transaction that writes. There are as
    many AVIF files, which Typst cannot read.

    `people` are members who may be named, in each of merged topics where they were; `others` are the names of those
    without a phone, who are no members.
    """

    said: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    steps: list[NextStep] = field(default_factory=list)
    photos: list[NotePhoto] = field(default_factory=list)
    people: list[Member] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def progress(self) -> str:
        """How far the session is written down: `full`, `some` or ``."""
        return progress(sum(map(len, [*self.said, *self.advice])), len(self.steps) + len(self.photos))

    @property
    def text(self) -> str:
        """What was said, then what is advised, with an empty line between two paragraphs."""
        return "\n\n".join([*self.said, *self.advice])


def collected(event: Event) -> dict[int, Notes]:
    """Return the notes of each topic by its id; those of merged topics are the joint one's, after its own.

    A clash that nobody has decided counts with the text that stands now. A topic without any notes is left out.
    """
    home = func.coalesce(Topic.joint_id, Topic.id)
    found: dict[int, Notes] = {}

    def notes_of(topic_id: int) -> Notes:
        return found.setdefault(topic_id, Notes())

    own_first = (home, Topic.joint_id.is_not(None), Topic.id)
    paragraphs = (
        select(home, Paragraph.part, Version.text)
        .join(Paragraph, Paragraph.topic_id == Topic.id)
        .join(Version, Version.paragraph_id == Paragraph.id)
        .where(Topic.event_id == event.id, Version.state == VersionState.CURRENT, Version.text != "")
    )
    for topic_id, part, text in db.session.execute(paragraphs.order_by(*own_first, Paragraph.position, Paragraph.id)):
        (notes_of(topic_id).said if part == Part.SAID else notes_of(topic_id).advice).append(text)
    steps = select(home, NextStep).join(NextStep, NextStep.topic_id == Topic.id).where(Topic.event_id == event.id)
    for topic_id, step in db.session.execute(steps.options(joinedload(NextStep.who)).order_by(*own_first, NextStep.id)):
        notes_of(topic_id).steps.append(step)
    photos = select(home, NotePhoto).join(NotePhoto, NotePhoto.topic_id == Topic.id).where(Topic.event_id == event.id)
    shown = photos.where(*IS_THERE).options(selectinload(NotePhoto.renditions)).order_by(*own_first, NotePhoto.id)
    for topic_id, photo in db.session.execute(shown):
        notes_of(topic_id).photos.append(photo)
    there = (
        select(home, Member, func.min(cast(Attendance.is_named, Integer)))
        .select_from(Topic)
        .join(Attendance, Attendance.topic_id == Topic.id)
        .join(Member, Member.id == Attendance.member_id)
        .where(Topic.event_id == event.id)
        .group_by(home, Member.id)
        .order_by(home, func.min(Attendance.at), Member.id)
    )
    for topic_id, member, is_named in db.session.execute(there):
        notes_of(topic_id).count += 1
        if is_named:
            notes_of(topic_id).people.append(member)
    written = select(home, AttendanceByName.name).join(AttendanceByName, AttendanceByName.topic_id == Topic.id)
    by_name = written.where(Topic.event_id == event.id).order_by(*own_first, AttendanceByName.id)
    for topic_id, name in db.session.execute(by_name):
        notes_of(topic_id).count += 1
        notes_of(topic_id).others.append(name)
    return found
