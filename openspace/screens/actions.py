"""Writes of the hall's screens: hearing one, and what facilitators choose for it."""

from datetime import timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.screens.models import SCREENS, Screen, screen_named, screens_of
from openspace.screens.rules import SILENT
from openspace.web.errors import Problem

# So many screens of an event are remembered; those that were only looked at, such as by a facilitator, for half a day.
MOST, REMEMBERED = 40, timedelta(hours=12)


class TooManyScreens(Problem):
    """All screens that an event may have are alive."""

    status = 429
    words = _l("There are too many screens. Close one of them first.")


class Said(NamedTuple):
    """What a screen says of itself: the scene it shows, the one at whose address it was opened, and of its sound."""

    scene: str
    home: str = ""
    has_sound: bool = False


def hear(event_id: int, name: str, said: Said) -> Screen:
    """Note that a screen was heard, and what it said; returns the screen, which has a number from the first time on.

    Only what facilitators see is recorded, for screens are heard every few seconds. Of too many screens the one goes
    that has been silent for longest, those first for which nobody has chosen anything. Refuses with `TooManyScreens`.
    """
    screen = screen_named(event_id, name)
    if screen is None:
        return _register(event_id, name, said)
    if (screen.says, screen.home, screen.has_sound) == said:
        db.session.execute(update(Screen).where(Screen.id == screen.id).values(heard_at=now()))
        return screen
    log.claim(event_id)
    screen.says, screen.home, screen.has_sound = said
    screen.heard_at = now()
    _record(screen)
    return screen


def show(screen: Screen, word: str) -> None:
    """Let a screen show the scene of this word, or with an empty word what it shows without a choice."""
    _change(screen, shows=word, is_blank=False)


def blank(screen: Screen, is_blank: bool) -> None:
    """Make a screen dark, or let it show again what it showed."""
    _change(screen, is_blank=is_blank)


def name(screen: Screen, title: str) -> None:
    """Give a screen the title by which people call it; it may be empty."""
    _change(screen, title=title)


def let_ring(screen: Screen, rings: bool) -> None:
    """Let the bowl ring at a screen, or not."""
    _change(screen, rings=rings)


def forget(screen: Screen) -> None:
    """Forget a screen. If it is still there, it comes back under another number when it is heard next."""
    log.claim(screen.event_id)
    _record(screen)
    db.session.delete(screen)


def ask_all(event_id: int) -> None:
    """Let all screens of the event ask at once what they should show, and when the bowl rings."""
    for screen in screens_of(event_id):
        _record(screen)


def _register(event_id: int, name: str, said: Said) -> Screen:
    log.claim(event_id)
    # Another request of the same screen may have been first.
    if found := screen_named(event_id, name):
        return found
    screens = _remembered(event_id)
    if len(screens) >= MOST:
        _make_room(screens)
    number = (db.session.scalar(select(func.max(Screen.number)).where(Screen.event_id == event_id)) or 0) + 1
    facts = {"says": said.scene, "home": said.home, "has_sound": said.has_sound}
    screen = Screen(event_id=event_id, number=number, name=name, heard_at=now(), **facts)
    db.session.add(screen)
    db.session.flush()
    _record(screen)
    return screen


def _remembered(event_id: int) -> list[Screen]:
    """The event's screens, after forgetting those that are long gone and for which nobody has chosen anything."""
    for screen in screens_of(event_id):
        if now() - screen.heard_at > REMEMBERED and not (screen.title or screen.shows):
            forget(screen)
    db.session.flush()
    return screens_of(event_id)


def _make_room(screens: list[Screen]) -> None:
    silent = [screen for screen in screens if now() - screen.heard_at > SILENT]
    if not silent:
        raise TooManyScreens
    forget(min(silent, key=lambda screen: (bool(screen.title or screen.shows), screen.heard_at)))
    db.session.flush()


def _change(screen: Screen, **values: object) -> None:
    log.claim(screen.event_id)
    if all(getattr(screen, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(screen, name, value)
    _record(screen)


def _record(screen: Screen) -> None:
    log.record(screen.event_id, SCREENS, f"screen-{screen.number}")
