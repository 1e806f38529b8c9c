"""Records in the live log that open pages show notes differently."""

from collections.abc import Callable

from sqlalchemy import select

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board import changes
from openspace.board.models import Topic, TopicSnapshot
from openspace.extensions import db
from openspace.live import log
from openspace.notes.models import Attendance, NextStep, Paragraph, Version, VersionState, channel_of
from openspace.notes.photo_models import NotePhoto
from openspace.notes.progress import Progress

HERE = "here"
# Called as (topic, how far it is written down) when its notes, its next steps, the people in them or who was there may
# have changed.
when_written: list[Callable[[Topic, Progress], None]] = []


def paragraph(changed: Paragraph) -> None:
    """Record that a paragraph has other words, clashes no more, or that somebody else writes in it."""
    log.record(changed.topic.event_id, channel_of(changed.topic), f"paragraph-{changed.key}")


def words(changed: Paragraph, *, characters: int | None = None) -> None:
    """Record that a paragraph has other words; so many `characters` the notes have now, if somebody has measured."""
    paragraph(changed)
    written(changed.topic, characters=characters)


def step(changed: NextStep) -> None:
    """Record that a next step came, went or changed."""
    log.record(changed.topic.event_id, channel_of(changed.topic), f"step-{changed.id}")
    written(changed.topic)


def photo(changed: NotePhoto) -> None:
    """Record that a photo came, went, is further on its way, or is described otherwise."""
    log.record(changed.topic.event_id, channel_of(changed.topic), f"photo-{changed.id}")
    written(changed.topic)


def here(topic: Topic) -> None:
    """Record that more or less people are counted or named in a session."""
    log.record(topic.event_id, channel_of(topic), HERE)
    written(topic)


def written(topic: Topic, *, characters: int | None = None) -> None:
    """Tell other features that what is known of a topic's session has changed."""
    progress = Progress(topic, characters)
    for call in when_written:
        call(topic, progress)


def page(topic: Topic) -> None:
    """Record that all of a page of notes may have changed; it is loaded anew when nobody types in it."""
    log.record(topic.event_id, channel_of(topic), "page")
    written(topic)


def member(changed: Member) -> None:
    """Record that a member is called otherwise, on all pages of notes that name them."""
    log.claim(changed.event_id)
    for topic in topics_naming(changed):
        page(topic)


def topics_naming(named: Member) -> list[Topic]:
    """Return the topics whose notes name the member: as who wrote, writes, was there, or does something next."""
    wrote = (
        select(Paragraph.topic_id).join(Version).where(Version.by_id == named.id, Version.state != VersionState.PAST)
    )
    writes = select(Paragraph.topic_id).where(Paragraph.hand_id == named.id)
    was_there = select(Attendance.topic_id).where(Attendance.member_id == named.id)
    does = select(NextStep.topic_id).where(NextStep.who_id == named.id)
    theirs = Topic.id.in_(wrote.union(writes, was_there, does))
    return list(db.session.scalars(select(Topic).where(theirs).order_by(Topic.number)))


def topic(changed: Topic | TopicSnapshot) -> None:
    """Record that a topic was merged, withdrawn, renamed or moved, for the open page of its notes.

    A tap on its chair, which has a snapshot, changes nothing there.
    """
    if isinstance(changed, Topic):
        log.record(changed.event_id, f"notes-{changed.number}", "page")


when_introduced.append(member)
changes.when_changed.append(topic)
