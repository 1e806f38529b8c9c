"""Writes of locks: of a slot, and of the whole board."""

from openspace.access.models import Member, Role
from openspace.board import changes
from openspace.events.models import Event, Lock, Slot
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
        for day in {slot.day for slot in event.slots}:
            changes.day(event.id, day)


def _check(event_id: int, by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(event_id)
