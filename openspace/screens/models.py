"""The table of the hall's screens, and the moments at which the bowl rings."""

from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from openspace.clock import now
from openspace.events.models import Event, Slot
from openspace.extensions import Model, UtcDateTime, db
from openspace.screens import scenes
from openspace.screens.rules import Ring, is_alive, rings, shown

# The channel of the live log: for facilitators, and for whoever has the projector's key.
SCREENS = "screens"
# Characters of the name that a browser makes up, of a scene's word, and of the title that a facilitator gives.
LONGEST_NAME, LONGEST_WORD, LONGEST_TITLE = 32, 20, 40
# For how long ahead a screen knows when the bowl rings, so that it does without a network.
AHEAD = timedelta(hours=12)


def called(number: int, title: str) -> str:
    """What people call a screen: by its title, if it has one."""
    return title or str(gettext("Screen %(number)s", number=number))


class Screen(Model):
    """A browser that was opened at the projector's address, by a name that it made up and keeps."""

    __tablename__ = "screen"
    __table_args__ = (UniqueConstraint("event_id", "name"), UniqueConstraint("event_id", "number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    # The word of the scene that was chosen for it; empty for none.
    shows: Mapped[str] = mapped_column(String(LONGEST_WORD), default="")
    is_blank: Mapped[bool] = mapped_column(default=False)
    # Whether the bowl rings there.
    rings: Mapped[bool] = mapped_column(default=False)
    # What it said last: when, the scene that it shows, the one at whose address it was opened, whether it can be heard.
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    says: Mapped[str] = mapped_column(String(LONGEST_WORD), default="")
    home: Mapped[str] = mapped_column(String(LONGEST_WORD), default="")
    has_sound: Mapped[bool] = mapped_column(default=False)

    def is_alive(self, moment: datetime) -> bool:
        """Whether it was heard a moment ago."""
        return is_alive(self.heard_at, moment)

    @property
    def called(self) -> str:
        """What people call it."""
        return called(self.number, self.title)

    @property
    def is_usual(self) -> bool:
        """Whether it shows what is usual at present: neither a facilitator nor its address has chosen anything."""
        return not scenes.scene(self.shows) and (self.home == scenes.FIRST or not scenes.scene(self.home))

    @property
    def scene(self) -> scenes.Scene:
        """What it should show now."""
        chosen = self.shows if scenes.scene(self.shows) else ""
        home = self.home if scenes.scene(self.home) else scenes.FIRST
        found = scenes.scene(shown(chosen, home, scenes.usual(self.event_id), scenes.FIRST))
        assert found  # because only registered words are given
        return found


def screens_of(event_id: int) -> list[Screen]:
    """Return the screens of an event by number."""
    return list(db.session.scalars(select(Screen).where(Screen.event_id == event_id).order_by(Screen.number)))


def screen_named(event_id: int, name: str) -> Screen | None:
    """Return the screen whose browser has made up this name; None if it was never heard, or is forgotten."""
    return db.session.scalar(select(Screen).where(Screen.event_id == event_id, Screen.name == name))


def screen_numbered(event_id: int, number: int) -> Screen | None:
    """Return the screen with this number; None if there is none."""
    return db.session.scalar(select(Screen).where(Screen.event_id == event_id, Screen.number == number))


def rings_of(event_id: int) -> list[Ring]:
    """When the bowl rings at the event, from now on for the next 12 hours; never while facilitators have it silent."""
    soon = (Slot.ends_at >= now(), Slot.ends_at <= now() + AHEAD)
    found = select(Slot).join(Slot.event).where(Event.id == event_id, Event.bowl_rings, Slot.title == "", *soon)
    slots = db.session.scalars(found)
    return rings(slots, now())
