"""Writes of the spaces and slots of an event. A topic whose space or slot is removed returns to the market."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board import changes, notices
from openspace.board.models import Placement, Topic, placements_where
from openspace.board.notices import Kind
from openspace.clock import now
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import (
    MINUTES_A_DAY,
    Block,
    Span,
    first_overlap,
    minutes,
    spans,
)
from openspace.extensions import db
from openspace.live import log
from openspace.organising import grid
from openspace.organising.spans import span_of
from openspace.web.errors import Invalid

MAX_SPACES, MAX_SLOTS = 40, 24


class SpaceSheet(NamedTuple):
    """A space as an organiser writes it, with its number of chairs; `id` is None for a new one."""

    id: int | None
    name: str
    chairs: int
    is_butterfly: bool = False


class SlotSheet(NamedTuple):
    """A slot as an organiser writes it, in minutes since midnight of its day; `id` is None for a new one."""

    id: int | None
    block: Block


def remove_slots(event: Event, gone: Sequence[Slot], by: Member | None) -> list[Topic]:
    """Delete slots and return those of their topics that are on the market now. Others hang in further cells."""
    returned = _return_to_market(placements_where(Placement.slot_id.in_([slot.id for slot in gone])), by)
    for slot in gone:
        db.session.delete(slot)
    db.session.flush()
    db.session.expire(event, ["slots"])
    return returned


def set_spaces(
    event: Event,
    sheets: Sequence[SpaceSheet],
    shown_ids: set[int] | None = None,
    *,
    agreed: Collection[str] | None = None,
    by: Member | None = None,
) -> list[Topic]:
    """Make the spaces of the event those in `sheets`, numbered in this order, and remove all others.

    `shown_ids` are the spaces that the form showed. One that it did not, because somebody added it meanwhile, stays
    after the others. A removed space in which a session has begun is closed instead, and keeps its number. What hangs
    in a space that becomes a butterfly place returns to the market too, unless it has begun. Returns the topics that
    are on the market now. Refuses with `Invalid` too many spaces, or none for topics, and with `TopicsAffected` unless
    the organiser `agreed` to what it would do to topics (`grid.ask`).
    """
    log.claim(event.id)
    known = {space.id: space for space in event.open_spaces}
    added = [space for space in known.values() if shown_ids is not None and space.id not in shown_ids]
    sheets = [*sheets, *(SpaceSheet(space.id, space.name, space.chairs, space.is_butterfly) for space in added)]
    if all(sheet.is_butterfly for sheet in sheets):
        raise Invalid(_l("A board needs at least one place."))
    if len(sheets) > MAX_SPACES:
        raise Invalid(_l("That is more than a board can hold."))
    kept, columns = ({sheet.id for sheet in each} for each in (sheets, [s for s in sheets if not s.is_butterfly]))
    gone = [space for space in known.values() if space.id not in kept]
    hung = placements_where(Placement.space_id.in_(set(known) - columns))
    grid.ask(hung, agreed)
    grid.remember(event, by)
    held = {placement.space_id for placement in hung if grid.has_begun(placement.slot)}
    returned = _return_to_market([placement for placement in hung if not grid.has_begun(placement.slot)], by)
    _close_or_delete(gone, held)
    _number(event, [(known.get(sheet.id or 0) or Space(event_id=event.id), sheet) for sheet in sheets])
    for day in event.days:
        changes.day(event.id, day)
    for placement in placements_where(Topic.event_id == event.id):
        changes.topic_page(placement.topic)
    return returned


def _close_or_delete(gone: Iterable[Space], held: Collection[int]) -> None:
    """Close the spaces whose ids are in `held`, because a session has begun in them; delete the others."""
    for space in gone:
        if space.id in held:
            space.closed_at = now()
        else:
            db.session.delete(space)


def _number(event: Event, written: Sequence[tuple[Space, SpaceSheet]]) -> None:
    """Write the sheets into their spaces, numbered in this order, leaving out the numbers of closed spaces."""
    # Numbers are unique, so spaces that stay get free ones before their new ones.
    for space, _ in written:
        if space.id:
            space.number = -space.id
    db.session.flush()
    db.session.expire(event, ["all_spaces"])
    for (space, sheet), number in zip(written, event.numbers_of_spaces(), strict=False):
        space.number, space.name, space.chairs = number, sheet.name, sheet.chairs
        space.is_butterfly = sheet.is_butterfly
        db.session.add(space)
    db.session.flush()
    db.session.expire(event, ["all_spaces"])


def set_slots(
    event: Event,
    day: date,
    sheets: Sequence[SlotSheet],
    shown_ids: set[int] | None = None,
    *,
    agreed: Collection[str] | None = None,
    by: Member | None = None,
) -> list[Topic]:
    """Make the slots of a day those in `sheets`, and remove all others.

    `shown_ids` are the slots that the form showed. One that it did not, because somebody added it meanwhile, stays.
    So does a slot in which a session has begun. Returns the topics that hung in a slot that was removed or that the
    programme now fills, and are on the market now. Refuses with `Invalid` slots that overlap, also those of the days
    around, and to put off sessions that have begun; with `TopicsAffected` unless the organiser `agreed` to what it
    would do to topics (`grid.ask`).
    """
    log.claim(event.id)
    known = {slot.id: slot for slot in db.session.scalars(slots_on(event, day))}
    added = [slot for slot in known.values() if shown_ids is not None and slot.id not in shown_ids]
    held = [slot for slot in known.values() if grid.has_begun(slot) and placements_where(Placement.slot_id == slot.id)]
    named = {sheet.id for sheet in sheets}
    stays = {slot.id: slot for slot in [*added, *held] if slot.id not in named}
    sheets = [*sheets, *(as_sheet(event, slot) for slot in stays.values())]
    spans = [span_of(day, sheet.block, event.tz) for sheet in sheets]
    _check_held(event, held, sheets, spans)
    check_slots(event, day, spans)
    kept = {sheet.id for sheet in sheets if not sheet.block.title}
    filled = [slot_id for slot_id in known if slot_id not in kept]
    running = [slot.id for slot in held if slot.id in stays]
    grid.ask(placements_where(Placement.slot_id.in_([*filled, *running])), agreed)
    grid.remember(event, by)
    returned = _return_to_market(placements_where(Placement.slot_id.in_(filled)), by)
    times = {slot.id: (slot.starts_at, slot.ends_at) for slot in known.values()}
    _write_slots(event, day, known, zip(sheets, spans, strict=True))
    tell_staying(event, placements_where(Placement.slot_id.in_(kept)), times, by)
    return returned


def _write_slots(event: Event, day: date, known: dict[int, Slot], written: Iterable[tuple[SlotSheet, Span]]) -> None:
    """Write the sheets with their spans into slots of the day, and delete the `known` slots that have no sheet."""
    gone = set(known)
    for sheet, (starts, ends) in written:
        gone.discard(sheet.id or 0)
        slot = known.get(sheet.id or 0) or Slot(event_id=event.id)
        slot.day, slot.starts_at, slot.ends_at = day, starts, ends
        slot.title, slot.is_break = sheet.block.title, sheet.block.is_break
        db.session.add(slot)
    for slot_id in gone:
        db.session.delete(known[slot_id])
    db.session.flush()
    db.session.expire(event, ["slots"])
    changes.day(event.id, day)


def tell_staying(
    event: Event, staying: Sequence[Placement], times: dict[int, tuple[datetime, datetime]], by: Member | None
) -> None:
    """Update the pages of topics that stay in their slots, and leave notices about those at other `times` before."""
    for placement in staying:
        changes.topic_page(placement.topic)
    moved = [p.topic_id for p in staying if times.get(p.slot_id) != (p.slot.starts_at, p.slot.ends_at)]
    notices.tell(event.id, moved, Kind.MOVED, by=by)


def _check_held(event: Event, held: Sequence[Slot], sheets: Sequence[SlotSheet], spans: Sequence[Span]) -> None:
    """Refuse with `Invalid` to put off a slot whose sessions have begun, or to fill it with the programme."""
    times = {slot.id: f"{event.local(slot.starts_at):%H:%M}" for slot in held}
    for sheet, span in zip(sheets, spans, strict=True):
        if sheet.id in times and (sheet.block.title or span.start > now()):
            raise Invalid(gettext("Sessions have begun at %(time)s: they stay in their time.", time=times[sheet.id]))


def as_sheet(event: Event, slot: Slot) -> SlotSheet:
    """The slot as an organiser would write it on the sheet of its day."""
    starts, ends = (_minute(event, slot.day, at) for at in (slot.starts_at, slot.ends_at))
    block = Block(starts, ends, slot.title, slot.is_break)
    meant = spans(slot.day, block, event.tz)
    hour = next((hour for hour, span in meant.items() if span == (slot.starts_at, slot.ends_at)), "")
    return SlotSheet(slot.id, block._replace(hour=hour))


def _minute(event: Event, day: date, moment: datetime) -> int:
    """The time on the event's clock at a moment, in minutes since the midnight with which `day` begins."""
    shown = event.local(moment)
    return minutes(shown.time()) + MINUTES_A_DAY * (shown.date() - day).days


def _return_to_market(placements: Iterable[Placement], by: Member | None) -> list[Topic]:
    """Delete the placements and return those of their topics that have none left, and so are on the market."""
    returned = []
    for placement in placements:
        topic = placement.topic
        topic.placements.remove(placement)
        db.session.flush()
        changes.cell(topic.event_id, placement.slot_id, placement.space_id)
        if not topic.placements:
            changes.market(topic)
            returned.append(topic)
        changes.reload_topic_page(topic)
        notices.tell(topic.event_id, [topic.id], Kind.FEWER if topic.placements else Kind.MARKET, by=by)
    return returned


def check_slots(event: Event, day: date, spans: Sequence[Span]) -> None:
    """Refuse with `Invalid` spans that cannot be the slots of this day."""
    if not event.starts_on <= day <= event.ends_on:
        raise Invalid(_l("This day does not belong to the event."))
    if len(spans) > MAX_SLOTS:
        raise Invalid(_l("That is more than a board can hold."))
    if any(span.end <= span.start for span in spans):
        raise Invalid(_l("A slot ends before it begins. Please look at the times again."))
    if pair := first_overlap(spans):
        one, two = ("–".join(f"{event.local(at):%H:%M}" for at in span) for span in pair)
        raise Invalid(gettext("%(one)s and %(two)s overlap. Change one of them.", one=one, two=two))
    if not spans:
        return
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    others = select(Slot).where(Slot.event_id == event.id, Slot.starts_at < last, Slot.ends_at > first)
    if any(slot.day != day for slot in db.session.scalars(others)):
        raise Invalid(_l("This overlaps a slot of the day before or after."))
