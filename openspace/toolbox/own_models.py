"""The tables of the guides that organisers write for their event, with all versions of each."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.toolbox.models import LONGEST_NAME


class OwnGuide(Model):
    """A guide of an event: its text by language, and the shipped guide whose plan it shows."""

    __tablename__ = "own_guide"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    # As it stands in addresses; none of a shipped guide.
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    is_hidden: Mapped[bool] = mapped_column(default=False)
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    plan: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")

    revisions: Mapped[list["GuideRevision"]] = relationship(
        order_by="GuideRevision.number", cascade="all, delete-orphan", passive_deletes=True
    )


class GuideRevision(Model):
    """A guide as it was saved once; the newest is what it is now."""

    __tablename__ = "guide_revision"
    __table_args__ = (UniqueConstraint("guide_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("own_guide.id", ondelete="CASCADE"))
    number: Mapped[int]
    # Read only when it is asked for: a page lists many.
    texts: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True)
    plan: Mapped[str] = mapped_column(String(LONGEST_NAME))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def own_guides(event_id: int) -> list[OwnGuide]:
    """The guides that an event's organisers have written, the oldest first."""
    return list(db.session.scalars(select(OwnGuide).where(OwnGuide.event_id == event_id).order_by(OwnGuide.id)))


def own_guide(event_id: int, name: str) -> OwnGuide | None:
    """The guide of the event with this name; None if there is none."""
    return db.session.scalar(select(OwnGuide).where(OwnGuide.event_id == event_id, OwnGuide.name == name))
