"""Writes of locks: of a slot, of the whole board, and of a space for one slot."""

from openspace.access.models import Member, Role
from openspace.board import actions, changes
from openspace.board.models import Placement, placements_where
from openspace.events.models import Event, Lock, Slot, Space
from openspace.live import log
from openspace.web.errors import NotAllowed


def lock_slot(slot: Slot, lock: Lock, *, by: Member) -> None:
    """Set who may hang, move and take off topics in a slot. Refuses with `NotAllowed` all but facilitators."""
    _check(slot.event_id, by)
    if slot.lock != lock:
        slot.lock = lock
        changes.locked(slot)


def lock_board(event: Event, lock: Lock, *, by: Member) -> None:
    """Set the lock of the whole board; in each slot the stricter one of this and the slot's own holds.

    Refuses with `NotAllowed` all but facilitators.
    """
    _check(event.id, by)
    if event.board_lock != lock:
        event.board_lock = lock
        for day in event.days:
            changes.day(event.id, day)


def close_space(slot: Slot, space: Space, *, by: Member) -> None:
    """Close a space for one slot. A topic that hangs there goes to the market, and its convener is told.

    Refuses with `NotAllowed` all but facilitators, and with `Locked` to take off a topic that is locked for them.
    """
    _check(slot.event_id, by)
    there = placements_where(Placement.slot_id == slot.id, Placement.space_id == space.id)
    for placement in there:
        actions.unplace(placement, by=by)
    _close(slot, slot.without | {space.id})
    changes.cell(slot.event_id, slot.id, space.id)


def open_space(slot: Slot, space: Space, *, by: Member) -> None:
    """Open a space again that was closed for this slot. Refuses with `NotAllowed` all but facilitators."""
    _check(slot.event_id, by)
    _close(slot, slot.without - {space.id})
    changes.cell(slot.event_id, slot.id, space.id)


def _close(slot: Slot, spaces: set[int]) -> None:
    slot.closed_spaces = " ".join(map(str, sorted(spaces)))
    changes.times(slot.event_id, slot.day)


def _check(event_id: int, by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(event_id)
