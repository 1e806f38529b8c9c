"""The table of announcements, and which of them people see now."""

import hashlib
import json
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.access.models import Member
from openspace.announcements.rules import Words
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db

# The live channel of the hall's screens. Phones hear of announcements by `fragments.EVERYWHERE`.
MESSAGES = "messages"
# How many announcements the facilitators' page lists.
LISTED = 50


class Announcement(Model):
    """What facilitators say to everybody. Whatever can be done to it is in its columns, so that it can be undone."""

    __tablename__ = "announcement"
    # Phones remember by the id what was put away, so none is given twice.
    __table_args__ = (Index("ix_announcement_event_id_ends_at", "event_id", "ends_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    # Who announced it; None once they have left the event.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # The texts by language as JSON, the event's main language first.
    texts: Mapped[str] = mapped_column(Text)
    # When these words were said: it changes with them.
    said_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_phones: Mapped[bool] = mapped_column(default=True)
    on_screens: Mapped[bool] = mapped_column(default=True)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    by: Mapped[Member | None] = relationship()

    @property
    def words(self) -> Words:
        """The texts by the codes of their languages, the main one first."""
        found: Words = json.loads(self.texts)
        return found

    @words.setter
    def words(self, words: Words) -> None:
        self.texts = json.dumps(words, ensure_ascii=False)

    @property
    def is_current(self) -> bool:
        """Whether people see it now."""
        return self.taken_back_at is None and self.ends_at > now()

    @property
    def version(self) -> str:
        """A text that differs when anything of the announcement has been changed."""
        whole = [self.texts, self.ends_at, self.on_phones, self.on_screens, self.taken_back_at]
        return hashlib.sha256(str(whole).encode()).hexdigest()[:16]


def current(event_id: int) -> list[Announcement]:
    """The announcements that people of the event see now, the newest first."""
    found = select(Announcement).where(
        Announcement.event_id == event_id, Announcement.taken_back_at.is_(None), Announcement.ends_at > now()
    )
    return list(db.session.scalars(found.order_by(Announcement.id.desc())))


def latest(event_id: int) -> list[Announcement]:
    """The last announcements of the event, whether they are seen, over or taken back, the newest first."""
    found = select(Announcement).where(Announcement.event_id == event_id).order_by(Announcement.id.desc())
    return list(db.session.scalars(found.limit(LISTED)))
