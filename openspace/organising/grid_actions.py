"""Changes of times and places while the event runs: a slot goes on longer, the rest of the day moves, one room more."""

from collections.abc import Iterable
from datetime import date, timedelta

from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board import changes
from openspace.board.models import Placement, placements_where
from openspace.clock import now
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import Block, Span
from openspace.extensions import db
from openspace.live import log
from openspace.organising.actions import MAX_SPACES, check_slots, tell_staying
from openspace.organising.spans import span_of
from openspace.web.errors import Invalid

# How far one change may move a slot.
MOST_MINUTES = 180


def put_off(slot: Slot, *, minutes: int, with_rest: bool, by: Member) -> None:
    """Let a slot begin and end so many minutes later, or earlier if negative; `with_rest` all that come after it too.

    Refuses with `Invalid` a slot that has begun, and what `check_slots` refuses.
    """
    log.claim(slot.event_id)
    if slot.starts_at <= now():
        raise Invalid(gettext("It has begun at %(time)s. Its end can be moved.", time=_clock(slot)))
    by_that = _minutes(minutes)
    moved = [slot, *(_after(slot) if with_rest else [])]
    _move(slot.event, slot.day, {each: Span(each.starts_at + by_that, each.ends_at + by_that) for each in moved}, by)


def extend(slot: Slot, *, minutes: int, with_rest: bool, by: Member) -> None:
    """Let a slot end so many minutes later, or earlier if negative; `with_rest` all that come after it move as far.

    Refuses with `Invalid` a slot that is over, an end that has passed, and what `check_slots` refuses.
    """
    log.claim(slot.event_id)
    by_that = _minutes(minutes)
    if slot.ends_at <= now() or slot.ends_at + by_that <= now():
        raise Invalid(_l("This time is over."))
    rest = {
        each: Span(each.starts_at + by_that, each.ends_at + by_that) for each in (_after(slot) if with_rest else [])
    }
    _move(slot.event, slot.day, {slot: Span(slot.starts_at, slot.ends_at + by_that), **rest}, by)


def add_slot(event: Event, day: date, block: Block, *, by: Member) -> Slot:
    """Add a slot to a day. Refuses with `Invalid` as `span_of` and `check_slots` do."""
    log.claim(event.id)
    starts, ends = span_of(day, block, event.tz)
    _check(event, day, {}, [Span(starts, ends)])
    slot = Slot(event=event, day=day, starts_at=starts, ends_at=ends, title=block.title, is_break=block.is_break)
    db.session.add(slot)
    db.session.flush()
    db.session.expire(event, ["slots"])
    changes.day(event.id, day)
    return slot


def add_space(event: Event, *, name: str, chairs: int, is_butterfly: bool = False, by: Member) -> Space:
    """Add a space, perhaps a butterfly place, after the others. Refuses with `Invalid` one too many."""
    log.claim(event.id)
    if len(event.open_spaces) >= MAX_SPACES:
        raise Invalid(_l("That is more than a board can hold."))
    number = 1 + max((space.number for space in event.all_spaces), default=0)
    space = Space(event_id=event.id, number=number, name=name, chairs=chairs, is_butterfly=is_butterfly)
    db.session.add(space)
    db.session.flush()
    db.session.expire(event, ["all_spaces"])
    for day in event.days:
        changes.day(event.id, day)
    return space


def _minutes(minutes: int) -> timedelta:
    if not 0 < abs(minutes) <= MOST_MINUTES:
        raise Invalid(gettext("A change moves a time by up to %(num)d minutes.", num=MOST_MINUTES))
    return timedelta(minutes=minutes)


def _clock(slot: Slot) -> str:
    return f"{slot.event.local(slot.starts_at):%H:%M}"


def _after(slot: Slot) -> list[Slot]:
    """The slots of its day that begin after it does, programme items too."""
    later = slots_on(slot.event, slot.day).where(Slot.starts_at > slot.starts_at)
    return list(db.session.scalars(later))


def _check(event: Event, day: date, written: dict[Slot, Span], added: Iterable[Span] = ()) -> None:
    slots = db.session.scalars(select(Slot).where(Slot.event_id == event.id, Slot.day == day))
    check_slots(event, day, [*(written.get(each, Span(each.starts_at, each.ends_at)) for each in slots), *added])


def _move(event: Event, day: date, written: dict[Slot, Span], by: Member) -> None:
    _check(event, day, written)
    times = {slot.id: (slot.starts_at, slot.ends_at) for slot in written}
    for slot, (starts, ends) in written.items():
        slot.starts_at, slot.ends_at = starts, ends
    db.session.flush()
    db.session.expire(event, ["slots"])
    changes.day(event.id, day)
    tell_staying(event, placements_where(Placement.slot_id.in_(times)), times, by)
