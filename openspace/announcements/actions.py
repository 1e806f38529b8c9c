"""Writes of announcements: saying something to everybody, saying it differently, taking it back."""

from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member
from openspace.announcements.models import MESSAGES, Announcement
from openspace.announcements.rules import LONGEST, Words
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import EVERYWHERE
from openspace.web.errors import Invalid, Stale


class Saying(NamedTuple):
    """What an announcement says, until when, and where: on phones, on the hall's screens, or on both."""

    words: Words
    ends_at: datetime
    on_phones: bool = True
    on_screens: bool = True


def announce(event: Event, saying: Saying, *, by: Member) -> Announcement:
    """Say something to everybody. Refuses with `Invalid` an empty or too long text, no place, or an end in the past."""
    log.claim(event.id)
    _check(saying)
    announcement = Announcement(event_id=event.id, by_id=by.id)
    _write(announcement, saying)
    db.session.add(announcement)
    db.session.flush()
    record(event.id, announcement.id)
    return announcement


def edit(announcement: Announcement, saying: Saying, *, seen: str, by: Member) -> None:
    """Say it differently; one that was over or taken back is seen again.

    `seen` is the version that the form showed, or empty. Refuses with `Stale` if it has been changed since, and with
    `Invalid` as `announce` does.
    """
    log.claim(announcement.event_id)
    _check_version(announcement, seen)
    _check(saying)
    if saying.words != announcement.words or not announcement.is_current:
        announcement.said_at = now()
    _write(announcement, saying)
    announcement.taken_back_at = None
    record(announcement.event_id, announcement.id)


def take_back(announcement: Announcement, *, seen: str, by: Member) -> None:
    """Let it be seen nowhere from now on. Refuses with `Stale` as `edit` does."""
    log.claim(announcement.event_id)
    if announcement.taken_back_at is not None:
        return
    _check_version(announcement, seen)
    announcement.taken_back_at = now()
    record(announcement.event_id, announcement.id)


def bring_back(announcement: Announcement, *, by: Member) -> None:
    """Undo that it was taken back. Refuses with `Stale` if its end has come meanwhile."""
    log.claim(announcement.event_id)
    if announcement.taken_back_at is None:
        return
    if announcement.ends_at <= now():
        raise Stale(_l("Its time is over. Give it a new end to announce it again."))
    announcement.taken_back_at = None
    record(announcement.event_id, announcement.id)


def record(event_id: int, announcement_id: int) -> None:
    """Record that an announcement has changed, for all phones and for the hall's screens."""
    log.record(event_id, EVERYWHERE, f"announcement-{announcement_id}")
    log.record(event_id, MESSAGES, f"message-{announcement_id}")


def _check(saying: Saying) -> None:
    if not saying.words or not all(saying.words.values()):
        raise Invalid(_l("There is nothing to announce yet: write it in one language at least."))
    if any(len(text) > LONGEST for text in saying.words.values()):
        raise Invalid(_l("This is too long to be read in passing. Please shorten it."))
    if not (saying.on_phones or saying.on_screens):
        raise Invalid(_l("Please choose where it is to be seen."))
    if saying.ends_at <= now():
        raise Invalid(_l("This end is over already. Please choose a later one."))


def _check_version(announcement: Announcement, seen: str) -> None:
    if seen and seen != announcement.version:
        raise Stale


def _write(announcement: Announcement, saying: Saying) -> None:
    announcement.words, announcement.ends_at = saying.words, saying.ends_at
    announcement.on_phones, announcement.on_screens = saying.on_phones, saying.on_screens
