"""The table of who is at a butterfly place, where people meet without a topic, and the queries on it."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from openspace.access.models import Member
from openspace.clock import now
from openspace.events.models import Space
from openspace.extensions import Model, UtcDateTime, db

# How long somebody is counted who neither goes on nor says again that they are there.
COUNTED = timedelta(hours=1)


class Butterfly(Model):
    """A member said that they are at a butterfly place: counted, and named if they agree. One is at one place only."""

    __tablename__ = "butterfly"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    is_named: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def butterflies_at(space: Space) -> dict[Member, Butterfly]:
    """Return who is at the place now, the first to come first, each with what they said."""
    found = select(Member, Butterfly).join(Butterfly, Butterfly.member_id == Member.id)
    here = found.where(Butterfly.space_id == space.id, Butterfly.at > now() - COUNTED)
    return dict(db.session.execute(here.order_by(Butterfly.at, Member.id)).all())


def butterflies_in(event_id: int) -> dict[int, int]:
    """Count who is at each butterfly place now, by the id of the space; a place without anybody is left out."""
    found = select(Butterfly.space_id, func.count()).join(Space, Space.id == Butterfly.space_id)
    here = found.where(Space.event_id == event_id, Butterfly.at > now() - COUNTED)
    return dict(db.session.execute(here.group_by(Butterfly.space_id)).all())
