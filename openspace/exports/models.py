"""The tables of calendars that people subscribe to, and of power-cut sheets that are kept ready."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.access.models import Member
from openspace.access.rules import hashed
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db


class MyCalendar(Model):
    """The calendar of one member's day. Whoever has its address reads it, without a cookie, until there is a new one.

    `alarm` is how many minutes before each session it reminds; None for not at all. `link_hash` is the hash of the
    member's personal link for which the address was made: who renews that link, because a phone was lost, ends both.
    """

    __tablename__ = "my_calendar"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    link_hash: Mapped[str] = mapped_column(String(64))
    alarm: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    member: Mapped[Member] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether its address leads to it."""
        return self.member.left_at is None and self.link_hash == hashed(self.member.key)


def calendar_of(member: Member) -> MyCalendar | None:
    """The member's calendar; None if there is none whose address leads to it."""
    found = db.session.get(MyCalendar, member.id)
    return found if found and found.is_open else None


def calendar_under(event_id: int, key: str) -> MyCalendar | None:
    """The calendar of a member of the event under this key; None if it leads to none any more."""
    found = db.session.scalar(
        select(MyCalendar).join(MyCalendar.member).where(Member.event_id == event_id, MyCalendar.key == key)
    )
    return found if found and found.is_open else None


class PowercutSheet(Model):
    """The last sheet that was made on a day: the board of `day` at `revision`, as PDF. Those of two days are kept."""

    __tablename__ = "powercut_sheet"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    # What was today in the hall when it was made.
    made_on: Mapped[date] = mapped_column(primary_key=True)
    day: Mapped[date]
    revision: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def latest_sheet(event_id: int, before: date | None = None) -> PowercutSheet | None:
    """The sheet of the latest day on which one was made, or of the latest one `before` a day; None if there is none."""
    found = select(PowercutSheet).where(PowercutSheet.event_id == event_id)
    if before:
        found = found.where(PowercutSheet.made_on < before)
    return db.session.scalar(found.order_by(PowercutSheet.made_on.desc()).limit(1))
