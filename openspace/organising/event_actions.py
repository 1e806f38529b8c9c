"""Writes of the event itself: creating and editing it, its entrance, its code, and the projector's key."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from slugify import slugify
from sqlalchemy import select

from openspace.access import doors
from openspace.access.models import Member
from openspace.access.rules import new_join_code, new_key
from openspace.board import changes, notices
from openspace.board.models import Placement, Topic, placements_where
from openspace.board.notices import Kind
from openspace.events.models import Event, Slot
from openspace.extensions import db
from openspace.live import log
from openspace.organising import grid
from openspace.organising.actions import as_sheet, remove_slots
from openspace.organising.spans import span_as_long
from openspace.web.errors import Invalid
from openspace.web.i18n import day as day_in_words

# First parts of addresses that no event may have.
RESERVED = {"programmes", "static", "setup", "link", "healthz", "metrics", "api"}
# Where Ukrainian romanisation (Cabinet of Ministers, resolution 55 of 2010) differs from the Russian one.
UKRAINIAN = (("г", "h"), ("Г", "h"), ("ґ", "g"), ("Ґ", "g"), ("и", "y"), ("И", "y"))
MAX_DAYS = 31


def create(*, name: str, starts_on: date, ends_on: date, zone: str, languages: Sequence[str], city: str = "") -> Event:
    """Add an event with an address made from its name, a join code and an empty board."""
    _check_dates(starts_on, ends_on)
    event = Event(
        slug=_free_slug(name, languages[0]),
        name=name,
        city=city,
        starts_on=starts_on,
        ends_on=ends_on,
        zone=zone,
        language_codes=" ".join(languages),
        join_code=_free_code(),
        projector_key=new_key(),
        feed_key=new_key(),
    )
    db.session.add(event)
    db.session.flush()
    log.claim(event.id)
    return event


def edit(
    event: Event,
    *,
    name: str,
    city: str,
    starts_on: date,
    ends_on: date,
    zone: str,
    languages: Sequence[str],
    is_public: bool,
    months_kept: int = 12,
    agreed: Collection[str] | None = None,
    by: Member | None = None,
) -> list[Topic]:
    """Change the event. Slots keep the time on the clock in a new zone, and their day of the event on new dates.

    Once a session has been held slots keep their dates. Slots of a day that belongs to the event no longer are gone;
    their topics return to the market and are given back. What somebody agreed to before stays: `months_kept` holds for
    those who put a card into the book from now on. Refuses with `Invalid` when a day on which a session was held would
    fall outside the dates, and with `TopicsAffected` what was not `agreed` to.
    """
    _check_dates(starts_on, ends_on)
    log.claim(event.id)
    shift = _shift(event, starts_on)
    gone = [slot for slot in event.slots if not starts_on <= slot.day + shift <= ends_on]
    moving = _check_days(event, gone, shift, agreed)
    if (starts_on, ends_on, zone) != (event.starts_on, event.ends_on, event.zone):
        grid.remember(event, by)
    returned = remove_slots(event, gone, by)
    for slot, block in [(slot, as_sheet(event, slot).block) for slot in event.slots]:
        slot.day += shift
        slot.starts_at, slot.ends_at = span_as_long(slot, block, ZoneInfo(zone))
    event.name, event.city, event.is_public = name, city, is_public
    event.starts_on, event.ends_on, event.zone = starts_on, ends_on, zone
    event.language_codes, event.months_kept = " ".join(languages), months_kept
    changes.reload_board_pages(event.id)
    doors.tell(event.id)
    notices.tell(event.id, [topic.id for topic in moving], Kind.MOVED, by=by)
    return returned


def _shift(event: Event, starts_on: date) -> timedelta:
    """The time by which slots move when the first day changes; zero once a session has been held."""
    is_held = any(grid.has_begun(placement.slot) for placement in placements_where(Topic.event_id == event.id))
    return timedelta() if is_held else starts_on - event.starts_on


def _check_days(event: Event, gone: Sequence[Slot], shift: timedelta, agreed: Collection[str] | None) -> list[Topic]:
    """Check the new dates as `edit` refuses them, and return the topics that move to another date."""
    hung = placements_where(Placement.slot_id.in_([slot.id for slot in gone]))
    if any(grid.has_begun(placement.slot) for placement in hung):
        raise Invalid(_l("Sessions have been held on a day that would no longer belong to the event."))
    staying = placements_where(Topic.event_id == event.id, Placement.slot_id.not_in([slot.id for slot in gone]))
    moving = list(dict.fromkeys(placement.topic for placement in staying)) if shift else []
    grid.ask(hung, agreed, slots=[(slot, _in_words(event, slot)) for slot in gone], moving=moving)
    return moving


def _in_words(event: Event, slot: Slot) -> str:
    starts, ends = (f"{event.local(at):%H:%M}" for at in (slot.starts_at, slot.ends_at))
    return f"{day_in_words(slot.day)}, {starts}–{ends} {slot.title}".strip()


def open_entrance(event: Event, *, is_open: bool) -> None:
    """Open the entrance, so that newcomers can join by the code, or close it."""
    event.is_join_open = is_open
    changes.reload_board_pages(event.id)


def renew_join_code(event: Event) -> None:
    """Make a new join code; posters with the old one lead nowhere. Those who have joined stay."""
    event.join_code = _free_code()
    changes.reload_board_pages(event.id)


def renew_projector_key(event: Event) -> None:
    """Make a new link for the projector; screens with the old one stop at their next request."""
    event.projector_key = new_key()
    changes.reload_board_pages(event.id)
    doors.tell(event.id)


def renew_feed_key(event: Event) -> None:
    """Make new addresses for conference apps and calendars; those with the old ones get nothing more."""
    event.feed_key = new_key()


def _check_dates(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid(_l("The last day comes before the first."))
    if (ends_on - starts_on).days >= MAX_DAYS:
        raise Invalid(_l("An event can last a month at most."))


def _free_slug(name: str, language: str) -> str:
    letters = UKRAINIAN if language == "uk" else ()
    base = slugify(name, max_length=40, word_boundary=True, replacements=letters) or "event"
    slugs = [base, *(f"{base}-{n}" for n in range(2, 1000))]
    taken = set(db.session.scalars(select(Event.slug).where(Event.slug.like(f"{base}%"))))
    taken |= set(db.session.scalars(select(Event.join_code))) | RESERVED
    return next(slug for slug in slugs if slug not in taken)


def _free_code() -> str:
    taken = set(db.session.scalars(select(Event.join_code))) | set(db.session.scalars(select(Event.slug)))
    code = new_join_code()
    while code in taken:
        code = new_join_code()
    return code
