"""Writes of the spaces and slots of an event. A topic whose place goes away returns to the market."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board import actions as board, changes, notices
from openspace.board.models import Placement, Topic, placements_where
from openspace.board.notices import Kind
from openspace.clock import now
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import (
    MINUTES_A_DAY,
    Block,
    Span,
    as_clock,
    cell_items,
    first_overlap,
    minutes,
    proposal,
    spans,
)
from openspace.extensions import db
from openspace.live import log
from openspace.organising import grid
from openspace.web.errors import Invalid
from openspace.web.i18n import day as day_in_words

MAX_SPACES, MAX_SLOTS = 40, 24


class SpaceSheet(NamedTuple):
    """A space as an organiser writes it; `id` is None for a new one."""

    id: int | None
    name: str
    chairs: int


class SlotSheet(NamedTuple):
    """A slot as an organiser writes it, in minutes since midnight of its day; `id` is None for a new one."""

    id: int | None
    block: Block


def remove_slots(event: Event, gone: Sequence[Slot], by: Member | None) -> list[Topic]:
    """Delete slots. Their topics return to the market; those that hang nowhere else now are given back."""
    returned = _return_to_market(placements_where(Placement.slot_id.in_([slot.id for slot in gone])), by)
    for slot in gone:
        db.session.delete(slot)
    db.session.flush()
    db.session.expire(event, ["slots"])
    return returned


def set_spaces(
    event: Event,
    sheets: Sequence[SpaceSheet],
    seen: set[int] | None = None,
    *,
    agreed: Collection[str] | None = None,
    by: Member | None = None,
) -> list[Topic]:
    """Make the event's spaces those of the list, numbered in its order.

    What the organiser has not `seen`, by ids, because somebody added it meanwhile, stays, after the others. A space in
    which a session has been held or is running is closed: it keeps that, and its number. Returns the topics that hung
    in a space that is gone and now hang on the market. Refuses with `TopicsAffected` what was not `agreed` to.
    """
    log.claim(event.id)
    known = {space.id: space for space in event.spaces}
    unseen = [space for space in known.values() if seen is not None and space.id not in seen]
    sheets = [*sheets, *(SpaceSheet(space.id, space.name, space.chairs) for space in unseen)]
    if not sheets:
        raise Invalid(_l("A board needs at least one place."))
    if len(sheets) > MAX_SPACES:
        raise Invalid(_l("That is more than a board can hold."))
    kept = {sheet.id for sheet in sheets}
    gone = [space for space in known.values() if space.id not in kept]
    hung = placements_where(Placement.space_id.in_([space.id for space in gone]))
    grid.ask(hung, agreed)
    grid.remember(event, by)
    held = {placement.space_id for placement in hung if grid.has_begun(placement.slot)}
    returned = _return_to_market([placement for placement in hung if not grid.has_begun(placement.slot)], by)
    for space in gone:
        if space.id in held:
            space.closed_at = now()
        else:
            db.session.delete(space)
    _number(event, [(known.get(sheet.id or 0) or Space(event_id=event.id), sheet) for sheet in sheets])
    for day in event.days:
        changes.day(event.id, day)
    for placement in placements_where(Topic.event_id == event.id):
        changes.topic_page(placement.topic)
    return returned


def _number(event: Event, written: Sequence[tuple[Space, SpaceSheet]]) -> None:
    """Write the spaces down, numbered in this order around the numbers of those that are closed."""
    # Numbers are unique: those that stay step aside before they take their new ones.
    for space, _ in written:
        if space.id:
            space.number = -space.id
    db.session.flush()
    db.session.expire(event, ["spaces", "closed_spaces"])
    for (space, sheet), number in zip(written, event.numbers_of_spaces(), strict=False):
        space.number, space.name, space.chairs = number, sheet.name, sheet.chairs
        db.session.add(space)
    db.session.flush()
    db.session.expire(event, ["spaces"])


def set_slots(
    event: Event,
    day: date,
    sheets: Sequence[SlotSheet],
    seen: set[int] | None = None,
    *,
    agreed: Collection[str] | None = None,
    by: Member | None = None,
) -> list[Topic]:
    """Make the slots of a day those of the list; what the organiser has not `seen`, by ids, stays.

    A slot in which sessions have been held or are running stays too. Returns the topics that hung in a slot that is
    gone, or that the programme now fills, and now hang on the market. Refuses with `Invalid` when two slots overlap,
    also with those of the days around, or when sessions that have begun would be put off, and with `TopicsAffected`
    what was not `agreed` to.
    """
    log.claim(event.id)
    known = {slot.id: slot for slot in db.session.scalars(slots_on(event, day))}
    unseen = [slot for slot in known.values() if seen is not None and slot.id not in seen]
    held = [slot for slot in known.values() if grid.has_begun(slot) and placements_where(Placement.slot_id == slot.id)]
    named = {sheet.id for sheet in sheets}
    stays = {slot.id: slot for slot in [*unseen, *held] if slot.id not in named}
    sheets = [*sheets, *(as_sheet(event, slot) for slot in stays.values())]
    spans = [span_of(day, sheet.block, event.tz) for sheet in sheets]
    _check_held(event, held, sheets, spans)
    _check_slots(event, day, spans)
    kept = {sheet.id for sheet in sheets if not sheet.block.title}
    filled = [slot_id for slot_id in known if slot_id not in kept]
    running = [slot.id for slot in held if slot.id in stays]
    grid.ask(placements_where(Placement.slot_id.in_([*filled, *running])), agreed)
    grid.remember(event, by)
    times = {slot.id: (slot.starts_at, slot.ends_at) for slot in known.values()}
    returned = _return_to_market(placements_where(Placement.slot_id.in_(filled)), by)
    for slot_id in set(known) - {sheet.id for sheet in sheets}:
        db.session.delete(known[slot_id])
    for sheet, (starts, ends) in zip(sheets, spans, strict=True):
        slot = known.get(sheet.id or 0) or Slot(event_id=event.id)
        slot.day, slot.starts_at, slot.ends_at = day, starts, ends
        slot.title, slot.is_break = sheet.block.title, sheet.block.is_break
        db.session.add(slot)
    db.session.flush()
    db.session.expire(event, ["slots"])
    changes.day(event.id, day)
    staying = placements_where(Placement.slot_id.in_(kept))
    for placement in staying:
        changes.topic_page(placement.topic)
    moved = [p.topic_id for p in staying if times.get(p.slot_id) != (p.slot.starts_at, p.slot.ends_at)]
    notices.tell(event.id, moved, Kind.MOVED, by=by)
    return returned


def _check_held(event: Event, held: Sequence[Slot], sheets: Sequence[SlotSheet], spans: Sequence[Span]) -> None:
    """What has begun is neither filled by the programme nor put off."""
    times = {slot.id: f"{event.local(slot.starts_at):%H:%M}" for slot in held}
    for sheet, span in zip(sheets, spans, strict=True):
        if sheet.id in times and (sheet.block.title or span.start > now()):
            raise Invalid(gettext("Sessions have begun at %(time)s: they stay in their time.", time=times[sheet.id]))


def span_of(day: date, block: Block, tz: ZoneInfo) -> Span:
    """From when to when a block of a day's sheet lasts.

    Refuses with `Invalid` what the clock does not show, for it is put forward, with a proposal, and what it shows
    twice, for it is put back, if the block does not say which of the two is meant.
    """
    meant = spans(day, block, tz)
    start, end = as_clock(block.start), as_clock(block.end)
    date_of_clock = day_in_words(day + timedelta(days=1) if block.start >= MINUTES_A_DAY else day)
    if not meant:
        other = proposal(day, block, tz)
        better = {"start": as_clock(other.start), "end": as_clock(other.end)}
        words = gettext(
            "%(time)s is not possible on %(day)s: the clocks are put forward then. Did you mean %(start)s–%(end)s?",
            time=f"{start}–{end}",
            day=date_of_clock,
            **better,
        )
        raise Invalid(words, start=start, end=end, proposal=better)
    if block.hour not in meant and len(meant) > 1:
        words = gettext(
            "%(time)s: an hour of it comes twice on %(day)s, for the clocks are put back then. "
            "Please choose below the time which is meant.",
            time=f"{start}–{end}",
            day=date_of_clock,
        )
        raise Invalid(words, asks="hour", start=start, end=end)
    return meant.get(block.hour) or meant[""]


def span_as_long(slot: Slot, block: Block, tz: ZoneInfo) -> Span:
    """The block's span on the slot's day in another zone; where an hour comes twice, the one nearest to its length."""
    length = slot.ends_at - slot.starts_at
    meant = spans(slot.day, block, tz).values() or [span_of(slot.day, block, tz)]
    return min(meant, key=lambda span: abs(span.end - span.start - length))


def as_sheet(event: Event, slot: Slot) -> SlotSheet:
    """A slot as it would be written on the sheet of its day."""
    starts, ends = (_minute(event, slot.day, at) for at in (slot.starts_at, slot.ends_at))
    block = Block(starts, ends, slot.title, slot.is_break)
    meant = spans(slot.day, block, event.tz)
    hour = next((hour for hour, span in meant.items() if span == (slot.starts_at, slot.ends_at)), "")
    return SlotSheet(slot.id, block._replace(hour=hour))


def _minute(event: Event, day: date, moment: datetime) -> int:
    """What the hall's clock shows at a moment, in minutes since the day's midnight."""
    shown = event.local(moment)
    return minutes(shown.time()) + MINUTES_A_DAY * (shown.date() - day).days


def _return_to_market(placements: Iterable[Placement], by: Member | None) -> list[Topic]:
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


def _check_slots(event: Event, day: date, spans: Sequence[Span]) -> None:
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


def _check_items(pairs: Sequence[tuple[Block, Block]]) -> None:
    """Two items cannot be in one place at one time."""
    taken: dict[tuple[int, int | None], str] = {}
    for item, block in pairs:
        other = taken.setdefault((block.start, item.space), item.title)
        if other != item.title:
            words = gettext("“%(one)s” and “%(two)s” are in one place at one time.", one=other, two=item.title)
            raise Invalid(words)


def fill(event: Event, day: date, fixed: Sequence[Block], slots: Sequence[Block], *, by: Member) -> None:
    """Lay a new day out: its slots, the items that fill all spaces, and those that fill one cell.

    Refuses as `set_slots` does, and with `Invalid` for an item in a space that there is not.
    """
    pairs = cell_items(slots, fixed)
    _check_items(pairs)
    blocks = sorted({*slots, *(block for _, block in pairs)})
    set_slots(event, day, [SlotSheet(None, block) for block in blocks])
    by_start = {slot.starts_at: slot for slot in db.session.scalars(slots_on(event, day))}
    by_number = {space.number: space for space in event.spaces}
    for item, block in pairs:
        space = by_number.get(item.space or 0)
        if space is None:
            raise Invalid(gettext("There is no place %(number)s for “%(title)s”.", number=item.space, title=item.title))
        add_item(event, title=item.title, slot=by_start[span_of(day, block, event.tz).start], space=space, by=by)


def add_item(event: Event, *, title: str, slot: Slot, space: Space, by: Member) -> Topic:
    """Fix a programme item in one cell. Refuses as `board.actions.place` does."""
    topic = board.propose(event, title=title, by=by, is_programme=True)
    board.place(topic, slot=slot, space=space, by=by, anyway=True)
    return topic
