"""Locks: who may hang, move and take off topics in a slot, and the refusal of whoever may not at present."""

from typing import Any

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.events.models import Lock, Slot
from openspace.web.errors import Problem
from openspace.web.i18n import clock_time

_WHO: dict[Lock, Any] = {
    Lock.FACILITATORS: _l("%(time)s is locked: only facilitators hang and move topics there now."),
    Lock.NOBODY: _l("%(time)s is locked for everybody until a facilitator unlocks it."),
}
_STAYS = _l("The topic stays where it hangs.")
_IS_SAFE = _l("The topic is safe on the market.")
_CAN_WAIT = _l("Put yours on the market for now: it can be hung up later.")


class Locked(Problem):
    """A slot is locked for the member. Fact: `lock`, the lock that holds there."""

    status = 409
    words = _l("This time is locked. Please choose another one.")


def is_locked_for(slot: Slot, member: Member) -> bool:
    """Whether the member may neither hang topics in this slot nor move or take off those that hang there."""
    lock = slot.lock_now
    return lock is Lock.NOBODY or (lock is Lock.FACILITATORS and not member.is_at_least(Role.FACILITATOR))


def refusal(slot: Slot, topic: Topic | None) -> Locked:
    """The refusal of a locked slot. It says who may now, and where the topic is (None: it has yet to be proposed)."""
    who = _WHO[slot.lock_now] % {"time": clock_time(slot.starts_at, slot.event.zone)}
    where = _CAN_WAIT if topic is None else _STAYS if topic.placements else _IS_SAFE
    return Locked(f"{who} {where}", lock=slot.lock_now)


def check_unlocked(topic: Topic, *slots: Slot, by: Member) -> None:
    """Refuse with `Locked` the first of these slots that is locked for `by`, who wants to hang or move the topic."""
    for slot in slots:
        if is_locked_for(slot, by):
            raise refusal(slot, topic)
