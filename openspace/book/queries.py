"""What the book reads from the database beside what other packages read for it."""

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from openspace.access.models import Member
from openspace.board.models import IS_SHOWN, Topic
from openspace.clock import now
from openspace.commitments.models import Commitment, Pledge, shown_commitments_of
from openspace.contacts.models import Card, Consent
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes.models import Attendance, NextStep, Paragraph, Version, VersionState
from openspace.stories.media_models import Medium, media_of
from openspace.stories.models import Story, out_by, stories_where
from openspace.stories.rules import MediumKind, Way
from openspace.uploads.rules import MediumState

# As many as are open at once at most: with all that is over there may be more.
MOST_COMMITMENTS = 500


def topics(event: Event) -> list[Topic]:
    """Return the topics that are neither withdrawn nor merged, with their conveners, by number."""
    parts = joinedload(Topic.parts).joinedload(Topic.convener)
    found = select(Topic).where(Topic.event_id == event.id, IS_SHOWN).options(joinedload(Topic.convener), parts)
    return list(db.session.scalars(found.order_by(Topic.number)).unique())


def writers(event: Event) -> dict[int, list[str]]:
    """Return whose words stand in the notes of each topic, by its id: their names, who wrote first comes first."""
    home = func.coalesce(Topic.joint_id, Topic.id)
    found = (
        select(home, Member.name)
        .select_from(Version)
        .join(Paragraph, Paragraph.id == Version.paragraph_id)
        .join(Topic, Topic.id == Paragraph.topic_id)
        .join(Member, Member.id == Version.by_id)
        .where(Topic.event_id == event.id, Version.state == VersionState.CURRENT, Version.text != "")
        .group_by(home, Member.id, Member.name)
        .order_by(home, func.min(Version.id))
    )
    by_topic = groupby(db.session.execute(found), lambda row: row[0])
    return {topic_id: [name for _, name in rows] for topic_id, rows in by_topic}


def stories(event: Event) -> list[tuple[Story, list[Medium]]]:
    """Return the stories whose authors agreed to the book with their photos, the earliest first."""
    told = db.session.scalars(stories_where(event.id, *out_by(Way.BOOK))).all()[::-1]
    media = media_of([story.id for story in told])
    return [(story, _photos(media[story.id])) for story in told]


def _photos(media: Iterable[Medium]) -> list[Medium]:
    return [each for each in media if (each.kind, each.state) == (MediumKind.PHOTO, MediumState.READY)]


def people(event: Event) -> list[Member]:
    """Return whoever agreed to stand in the book, in the order of names."""
    is_there = (Card.event_id == event.id, Card.in_book_until >= now().date(), Member.left_at.is_(None))
    agreed = (Consent.ended_at.is_(None), Consent.prints_name)
    found = select(Member).join(Card, Card.member_id == Member.id).join(Consent, Consent.member_id == Member.id)
    return list(db.session.scalars(found.where(*is_there, *agreed).order_by(Card.sort_key, Member.id)))


def commitments(event: Event) -> list[Commitment]:
    """Return the commitments that no facilitator hides, in the order of the wall, at most `MOST_COMMITMENTS`."""
    return shown_commitments_of(event.id)[:MOST_COMMITMENTS]


def seats(event: Event) -> int:
    """Count the people who have taken a seat."""
    found = select(func.count()).select_from(Member).where(Member.event_id == event.id, Member.left_at.is_(None))
    return db.session.scalar(found) or 0


def is_named(member: Member) -> bool:
    """Whether the book may name the member: for a topic, notes, a story, a step, a promise, as there or listed."""
    named = (
        exists().where(Topic.convener_id == member.id),
        exists().where(Version.by_id == member.id),
        exists().where(NextStep.who_id == member.id),
        exists().where(Attendance.member_id == member.id, Attendance.is_named),
        exists().where(Story.author_id == member.id, Story.in_book),
        exists().where(Pledge.member_id == member.id, Pledge.named_at.is_not(None)),
        exists().where(Consent.member_id == member.id, Consent.prints_name),
    )
    return db.session.scalar(select(or_(*named))) or False
