"""What becomes of notes, next steps and attendances when a member leaves, or is made one with another member."""

from typing import Any

from sqlalchemy import delete, select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.live import log
from openspace.notes import changes, photo_actions
from openspace.notes.asking import Asking
from openspace.notes.butterfly_models import Butterfly
from openspace.notes.models import Attendance, AttendanceByName, NextStep, Paragraph, Version
from openspace.notes.photo_models import NotePhoto
from openspace.uploads.rules import MediumState

# The columns that name members in what stays when they leave.
NAMED: tuple[tuple[type[Any], Any], ...] = (
    (Version, Version.by_id),
    (Paragraph, Paragraph.hand_id),
    (NextStep, NextStep.who_id),
    (NextStep, NextStep.by_id),
    (AttendanceByName, AttendanceByName.by_id),
    (Asking, Asking.by_id),
    (NotePhoto, NotePhoto.by_id),
)


def leave(member: Member) -> None:
    """Forget who wrote and who will do what; words and photos stay, for they are the session's.

    Attendances are deleted, and photos that have not arrived, because nobody sends them any more.
    """
    log.claim(member.event_id)
    for topic in changes.topics_naming(member):
        changes.page(topic)
    unfinished = NotePhoto.state.in_((MediumState.COMING, MediumState.PREPARING))
    photo_actions.delete(db.session.scalars(select(NotePhoto).where(NotePhoto.by_id == member.id, unfinished)).all())
    for mine in (Attendance, Asking, Butterfly):
        db.session.execute(delete(mine).where(mine.member_id == member.id))
    for table, column in NAMED:
        db.session.execute(update(table).where(column == member.id).values({column: None}))


def merge(kept: Member, gone: Member) -> None:
    """Give what `gone` wrote, promised and attended to `kept`, who is counted in each session once.

    They are at the butterfly place that `kept` has named, if they have named one.
    """
    log.claim(kept.event_id)
    for topic in changes.topics_naming(gone):
        changes.page(topic)
    for table, column in NAMED:
        db.session.execute(update(table).where(column == gone.id).values({column: kept.id}))
    for mine in (Attendance, Asking):
        known = select(mine.topic_id).where(mine.member_id == kept.id)
        db.session.execute(delete(mine).where(mine.member_id == gone.id, mine.topic_id.in_(known)))
        db.session.execute(update(mine).where(mine.member_id == gone.id).values(member_id=kept.id))
    theirs = Butterfly.member_id == gone.id
    if db.session.get(Butterfly, kept.id):
        db.session.execute(delete(Butterfly).where(theirs))
    db.session.execute(update(Butterfly).where(theirs).values(member_id=kept.id))
    db.session.expire_all()
    notices.recount(kept)


_OURS = (Version, Paragraph, NextStep, Attendance, AttendanceByName, Asking, Butterfly, NotePhoto)
register(Belongings(_OURS, leave, merge))
