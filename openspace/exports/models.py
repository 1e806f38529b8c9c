"""The table of calendars that people subscribe to."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.access.models import Member
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db


class MyCalendar(Model):
    """The calendar of one member's day. Whoever has its address reads it, without a cookie, until there is a new one.

    `alarm` is how many minutes before each session it reminds; None for not at all.
    """

    __tablename__ = "my_calendar"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    alarm: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    member: Mapped[Member] = relationship()


def calendar_under(event_id: int, key: str) -> MyCalendar | None:
    """The calendar of a member of the event under this key; None if it was replaced or switched off."""
    found = select(MyCalendar).join(MyCalendar.member).where(Member.event_id == event_id, MyCalendar.key == key)
    return db.session.scalar(found)
