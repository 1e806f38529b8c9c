"""Tables of the event: the event itself, its spaces and its slots."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    inspect,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from openspace.clock import now
from openspace.events.basics import EventBasics
from openspace.events.rules import tint
from openspace.extensions import Model, UtcDateTime, db


class Lock(StrEnum):
    """Who may hang, move and take off topics: everybody their own, only facilitators, or nobody; from lax to strict."""

    OPEN = "open"
    FACILITATORS = "facilitators"
    NOBODY = "nobody"


class Event(EventBasics, Model):
    """One conference or seminar, with its own people and data; or the office from which a programme is led."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(80), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    zone: Mapped[str] = mapped_column(String(60))
    language_codes: Mapped[str] = mapped_column(String(40))
    # The address at which its first organiser came. Codes and links lead there when no address is configured. Empty
    # if that was this machine itself, which no phone can reach.
    address: Mapped[str] = mapped_column(String(200), default="")
    # Whether it is the office of a programme, which has members and texts, but no board, no days and no entrance.
    is_office: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    join_code: Mapped[str] = mapped_column(String(20), unique=True)
    is_join_open: Mapped[bool] = mapped_column(default=True)
    projector_key: Mapped[str] = mapped_column(String(40), unique=True)
    # With it in their address, conference apps and calendars read the programme as members see it, without a cookie.
    feed_key: Mapped[str] = mapped_column(String(40), unique=True)
    # The lock of the whole board. That of a slot may be stricter: see `Slot.lock_now`.
    board_lock: Mapped[str] = mapped_column(String(12), default=Lock.OPEN)
    # The phase of the day that facilitators have switched to, empty for none, and what goes along with it: where phones
    # begin, whether participants may propose topics, whether the bowl rings.
    phase: Mapped[str] = mapped_column(String(12), default="")
    opens_market: Mapped[bool] = mapped_column(default=False)
    takes_topics: Mapped[bool] = mapped_column(default=True)
    bowl_rings: Mapped[bool] = mapped_column(default=True)
    topics_proposed: Mapped[int] = mapped_column(default=0)
    stories_told: Mapped[int] = mapped_column(default=0)
    # Whether facilitators look at a story before it is shown.
    checks_stories: Mapped[bool] = mapped_column(default=False)
    # Whether the series of films is on the web for everybody.
    publishes_films: Mapped[bool] = mapped_column(default=False)
    # Whether stories whose authors agreed to that are published on the web.
    publishes_stories: Mapped[bool] = mapped_column(default=False)
    # For how many months after its last day people's cards are kept.
    months_kept: Mapped[int] = mapped_column(default=12)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # Begins the identifiers (UID) of its people in address books, so that no two installations give out the same ones.
    uid_base: Mapped[str] = mapped_column(String(60), default=lambda: str(uuid4()))

    all_spaces: Mapped[list["Space"]] = relationship(order_by="Space.number", viewonly=True)
    slots: Mapped[list["Slot"]] = relationship(order_by="Slot.starts_at", back_populates="event")

    @property
    def spaces(self) -> list["Space"]:
        """The columns of the board, in which topics can hang, by number."""
        return [space for space in self.all_spaces if space.is_column]

    @property
    def butterfly_places(self) -> list["Space"]:
        """Where people meet without a topic, by number."""
        return [space for space in self.open_spaces if space.is_butterfly]

    @property
    def open_spaces(self) -> list["Space"]:
        """All that organisers have not taken away: columns of the board and butterfly places, by number."""
        return [space for space in self.all_spaces if space.closed_at is None]

    @property
    def closed_spaces(self) -> list["Space"]:
        """Those that organisers have taken away, which only show what hung there before, by number."""
        return [space for space in self.all_spaces if space.closed_at]

    def numbers_of_spaces(self) -> Iterator[int]:
        """Numbers for the spaces in their order: 1, 2, 3 and so on without end, leaving out those of closed spaces."""
        closed = {space.number for space in self.closed_spaces}
        return (number for number in count(1) if number not in closed)

    @property
    def tz(self) -> ZoneInfo:
        """The event's time zone."""
        return ZoneInfo(self.zone)

    @property
    def days(self) -> list[date]:
        """Every day of the event."""
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]

    @property
    def kept_until(self) -> date:
        """The last day on which people's cards are kept."""
        months = self.ends_on.month - 1 + self.months_kept
        year, month = self.ends_on.year + months // 12, months % 12 + 1
        return date(year, month, min(self.ends_on.day, monthrange(year, month)[1]))

    def starts_on_day(self, day: date) -> list[datetime]:
        """When the slots of this day start, in order."""
        return [slot.starts_at for slot in self.slots if slot.day == day]

    def local(self, moment: datetime) -> datetime:
        """The moment as an aware time in the event's zone."""
        return moment.astimezone(self.tz)

    @property
    def unfinished_day(self) -> date | None:
        """The day of the first slot that has not ended; None if all have. Asks the database unless slots are loaded."""
        if "slots" in inspect(self).unloaded:
            return db.session.scalar(unfinished_day(self.id), {"now": now()})
        coming = [slot for slot in self.slots if slot.ends_at > now()]
        return min(coming, key=lambda slot: slot.ends_at).day if coming else None


class Space(Model):
    """A place on the board: a room, a terrace, a tent. Its number is how people name it."""

    __tablename__ = "space"
    __table_args__ = (UniqueConstraint("event_id", "number"), CheckConstraint("chairs > 0", name="has_chairs"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    chairs: Mapped[int]
    # When organisers took it away. Sessions held there before stay on the board, under the space's number.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whether people meet there without a topic. Sessions held there before stay on the board, as in a closed one.
    is_butterfly: Mapped[bool] = mapped_column(default=False)

    @property
    def is_column(self) -> bool:
        """Whether it is a column of the board, in which topics can hang."""
        return self.closed_at is None and not self.is_butterfly

    @property
    def tint(self) -> int:
        """The number of its colour of tape."""
        return tint(self.number)

    def takes(self, slot: "Slot") -> bool:
        """Whether a topic can hang here in this slot.

        A closed space takes topics only in slots that had begun when it was closed, so that mistakes can be undone. A
        space may also be closed for single slots. A butterfly place takes none.
        """
        if self.is_butterfly:
            return False
        return (self.closed_at is None or slot.starts_at <= self.closed_at) and self.id not in slot.without

    event: Mapped[Event] = relationship()


class Slot(Model):
    """A span of time on the board. One with a title is a programme item that fills all spaces."""

    __tablename__ = "slot"
    __table_args__ = (
        # Every opening of a page asks for the day of the first slot that has not ended.
        Index("ix_slot_event_id_ends_at", "event_id", "ends_at", "day"),
        CheckConstraint("ends_at > starts_at", name="runs_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    # The day under which it is listed. A slot that begins after midnight may belong to the evening before.
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(120), default="")
    is_break: Mapped[bool] = mapped_column(default=False)
    lock: Mapped[str] = mapped_column(String(12), default=Lock.OPEN)
    # The ids of the spaces that are closed for this slot alone, separated by blanks.
    closed_spaces: Mapped[str] = mapped_column(Text, default="")

    event: Mapped[Event] = relationship(back_populates="slots")

    @property
    def is_open(self) -> bool:
        """Whether topics can hang here."""
        return not self.title

    @property
    def without(self) -> set[int]:
        """The ids of the spaces that are closed for this slot alone."""
        return set(map(int, self.closed_spaces.split()))

    @property
    def lock_now(self) -> Lock:
        """The lock that holds in this slot: its own or the whole board's, whichever is stricter."""
        return max(Lock(self.lock), Lock(self.event.board_lock), key=list(Lock).index)


class GridChange(Model):
    """The last change of an event's dates, spaces or slots. `before` holds them as they were, as JSON, to undo it."""

    __tablename__ = "grid_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    before: Mapped[str] = mapped_column(Text)


def slots_on(event: Event, day: date) -> Select[Slot]:
    """The slots of this day and of the night after it, in the order of time."""
    return select(Slot).where(Slot.event_id == event.id, Slot.day == day).order_by(Slot.starts_at)


def unfinished_day(event_id: int | InstrumentedAttribute[int]) -> Select[date]:
    """The query for the day of the first slot that has not ended at the bound parameter `now`."""
    moment = bindparam("now", type_=UtcDateTime)
    return select(Slot.day).where(Slot.event_id == event_id, Slot.ends_at > moment).order_by(Slot.ends_at).limit(1)
