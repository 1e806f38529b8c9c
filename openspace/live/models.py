"""Tables of the live layer: each channel's revision and the log of what changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from openspace.clock import now
from openspace.extensions import Model, UtcDateTime


class Channel(Model):
    """A numbered stream of changes of one event, such as `board`. Its row is locked while changes are added."""

    __tablename__ = "channel"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)


class Change(Model):
    """One change: that `subject`, such as `cell-3-5`, of a channel changed. It has the channel's next `revision`."""

    __tablename__ = "change"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(40), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
