"""The list of sessions: which of them an export takes, and what is read for it, all of one revision of the board."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from flask_babel import LazyString, lazy_gettext as _l
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from openspace.access.models import Member
from openspace.board.cells import topics_on_market
from openspace.board.models import BOARD, IS_SHOWN, Placement, Topic, marks_on, placements_where
from openspace.clock import now
from openspace.convergence.models import counted_round_of
from openspace.events.models import Event, Slot, Space
from openspace.exports.readers import at_one_revision
from openspace.extensions import db
from openspace.live import log
from openspace.notes.collected import Notes, collected


class Part(StrEnum):
    """What a list of sessions may leave out. Time, place, number and title are always in it."""

    CONVENERS = "conveners"
    INTEREST = "interest"
    LANGUAGE = "language"
    TEXT = "text"
    NOTES = "notes"
    ADDRESS = "address"
    DOTS = "dots"
    # Not a column: the topics that have no time and place.
    MARKET = "market"


PARTS: dict[Part, LazyString] = {
    Part.CONVENERS: _l("Conveners and their communities"),
    Part.INTEREST: _l("How many people go and look in"),
    Part.LANGUAGE: _l("Language of the talk"),
    Part.TEXT: _l("What it is about"),
    Part.NOTES: _l("Notes, next steps, and how many were there"),
    Part.DOTS: _l("Dots, once they are counted"),
    Part.ADDRESS: _l("Address of the topic's page"),
    Part.MARKET: _l("Topics on the market, which have no time yet"),
}


@dataclass(frozen=True)
class Choice:
    """Which sessions of an event are listed, and what is said of each.

    `spaces` are their numbers. Without days all days are meant, without spaces all spaces.
    """

    days: frozenset[date] = frozenset()
    spaces: frozenset[int] = frozenset()
    parts: frozenset[Part] = frozenset(Part)

    def takes(self, placement: Placement) -> bool:
        """Whether the session in this cell is listed."""
        is_on_day = not self.days or placement.slot.day in self.days
        return is_on_day and (not self.spaces or placement.space.number in self.spaces)


@dataclass(frozen=True)
class Session:
    """A topic in one cell or, without a placement, on the market; how many go to it, and how many look in.

    `conveners`, `notes` and `dots` are read only when the choice has them. `dots` are those of the last round that was
    counted; None for a topic that was not in it.
    """

    topic: Topic
    placement: Placement | None
    conveners: list[Member]
    notes: Notes = field(default_factory=Notes)
    going: int = 0
    looking: int = 0
    dots: int | None = None


@dataclass(frozen=True)
class SessionList:
    """The sessions that a choice takes: those on the board in the order of time, then those on the market.

    All are of the same `revision` of the board, read at the moment `read_at`.
    """

    event: Event
    choice: Choice
    revision: int
    read_at: datetime
    sessions: list[Session]

    @property
    def name(self) -> str:
        """The name of a file with the list, without extension: it tells moment and revision, where a format cannot."""
        return f"{self.event.slug}-sessions-{self.event.local(self.read_at):%Y-%m-%d-%H%M}-r{self.revision}"

    @property
    def on_market(self) -> int:
        """How many of the sessions are on the market."""
        return sum(session.placement is None for session in self.sessions)

    def by_day(self) -> dict[date, list[Session]]:
        """The sessions that have a time, by the day under which it is listed."""
        found: dict[date, list[Session]] = {}
        for session in self.sessions:
            if session.placement:
                found.setdefault(session.placement.slot.day, []).append(session)
        return found


def read_sessions(event: Event, choice: Choice) -> SessionList:
    """Return the sessions of the event that the choice takes."""
    return at_one_revision(lambda: _read(event, choice))


def _read(event: Event, choice: Choice) -> SessionList:
    revision, read_at, marks = log.revision(event.id, BOARD), now(), marks_on(event)
    conveners = _conveners(event) if Part.CONVENERS in choice.parts else {}
    notes = collected(event) if Part.NOTES in choice.parts else {}
    counted = counted_round_of(event.id) if Part.DOTS in choice.parts else None
    dots = {each.topic_id: each.dots for each in counted.topics} if counted else {}

    def session(topic: Topic, placement: Placement | None) -> Session:
        found = (conveners.get(topic.id, []), notes.get(topic.id, Notes()))
        return Session(topic, placement, *found, *marks.get(topic.id, (0, 0)), dots.get(topic.id))

    placed = [session(each.topic, each) for each in placements_where(Topic.event_id == event.id) if choice.takes(each)]
    loose = [session(topic, None) for topic, _ in topics_on_market(event)] if Part.MARKET in choice.parts else []
    return SessionList(event, choice, revision, read_at, [*placed, *loose])


def _conveners(event: Event) -> dict[int, list[Member]]:
    """The conveners of each topic, by its id."""
    parts = selectinload(Topic.parts).joinedload(Topic.convener)
    found = select(Topic).where(Topic.event_id == event.id).options(joinedload(Topic.convener), parts)
    return {topic.id: topic.conveners for topic in db.session.scalars(found)}


def days_offered(event: Event) -> list[date]:
    """The days of the event, and any other one on which something hangs."""
    used = select(Slot.day).join(Placement, Placement.slot_id == Slot.id).where(Slot.event_id == event.id)
    return sorted({*event.days, *db.session.scalars(used)})


def spaces_offered(event: Event) -> list[Space]:
    """The columns of the event's board in the order of their numbers, and those other ones in which something hangs."""
    is_used = exists().where(Placement.space_id == Space.id)
    is_column = and_(Space.closed_at.is_(None), ~Space.is_butterfly)
    found = select(Space).where(Space.event_id == event.id, or_(is_column, is_used))
    return list(db.session.scalars(found.order_by(Space.number)))


def has_topics(event: Event) -> bool:
    """Whether there is any topic on the board or the market."""
    return db.session.scalar(select(exists().where(Topic.event_id == event.id, IS_SHOWN))) or False
