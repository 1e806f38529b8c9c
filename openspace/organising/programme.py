"""Writes of the programme: laying out a new day, and items that fill one cell."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext

from openspace.access.models import Member
from openspace.board import actions as board
from openspace.board.models import Topic
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import Block, cell_items
from openspace.extensions import db
from openspace.organising.actions import SlotSheet, set_slots
from openspace.organising.spans import span_of
from openspace.web.errors import Invalid


def lay_out(event: Event, day: date, fixed: Sequence[Block], slots: Sequence[Block], *, by: Member) -> None:
    """Lay a new day out with its slots, the items that fill all spaces, and those that fill one cell.

    Refuses as `set_slots` does, and with `Invalid` two items in one place at one time, or an item in a missing space.
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
    """Add a programme item that fills one cell, as a topic. Refuses as `board.actions.place` does."""
    topic = board.propose(event, title=title, by=by, is_programme=True)
    board.place(topic, slot=slot, space=space, by=by, anyway=True)
    return topic


def _check_items(pairs: Sequence[tuple[Block, Block]]) -> None:
    """Refuse with `Invalid` two items in one place at one time."""
    taken: dict[tuple[int, int | None], str] = {}
    for item, block in pairs:
        other = taken.setdefault((block.start, item.space), item.title)
        if other != item.title:
            words = gettext("“%(one)s” and “%(two)s” are in one place at one time.", one=other, two=item.title)
            raise Invalid(words)
