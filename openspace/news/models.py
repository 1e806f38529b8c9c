"""The tables of the news: when sessions handed in their notes, and the session at which facilitators are."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db

# The channel of the live log: for members and for projectors.
NEWS = "news"


class Report(Model):
    """A topic's notes were written for the first time, rather than only begun."""

    __tablename__ = "news_report"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Round(Model):
    """Facilitators go through the sessions of a day one by one, and are at this one. Without a row there is no round.

    It belongs to the phase in which it began: in another one it is over, and if the switch is undone it goes on.
    """

    __tablename__ = "news_round"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    # Its place among the day's sessions, from 0 on: where the round goes on if this session is withdrawn.
    place: Mapped[int]
    phase: Mapped[str] = mapped_column(String(12), default="")

    event: Mapped[Event] = relationship()
    topic: Mapped[Topic] = relationship()


def round_now(event: Event) -> Round | None:
    """The round that is on; None without one, and in another phase than that in which it began."""
    found = db.session.get(Round, event.id)
    return found if found and found.phase == event.phase else None
