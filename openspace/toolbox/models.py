"""The table of the hall's clock: which guide is run there, and how its step stands."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db

# The channel of the live log: for members and for projectors.
TOOLBOX = "toolbox"
# Characters of the name of a guide.
LONGEST_NAME = 60


class HallClock(Model):
    """A guide is run in the hall, and is at this step. Without a row there is none."""

    __tablename__ = "hall_clock"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    guide: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # The place of the step, from 0 on, and how many seconds it lasts with what was added.
    step: Mapped[int]
    seconds: Mapped[int]
    # When the step ends; while the clock is paused, when it would have ended from `paused_at` on.
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()

    @property
    def left(self) -> timedelta:
        """How long the step still lasts; negative once it has taken longer."""
        return self.ends_at - (self.paused_at or now())


def hall_clock(event_id: int) -> HallClock | None:
    """The clock of the hall; None while no guide is run there."""
    return db.session.get(HallClock, event_id)
