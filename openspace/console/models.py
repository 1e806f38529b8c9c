"""The table of hands: which topic a facilitator has picked up and not placed yet."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db

# For how long a topic counts as in somebody's hand: a console that fell asleep holds nothing.
HELD = timedelta(minutes=10)


class Hand(Model):
    """A topic that a facilitator has picked up; the others see it, and nothing is locked by it."""

    __tablename__ = "hand"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    # The key of the cell that it was picked up from; empty for the market.
    cell: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    member: Mapped[Member] = relationship()
    topic: Mapped[Topic] = relationship()


def hands_of(event_id: int) -> list[Hand]:
    """The topics in facilitators' hands, with who holds them, in an order that stays."""
    held = select(Hand).where(Hand.event_id == event_id, Hand.at > now() - HELD).order_by(Hand.member_id)
    return list(db.session.scalars(held.options(joinedload(Hand.member), joinedload(Hand.topic))))
