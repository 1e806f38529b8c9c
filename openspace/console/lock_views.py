"""The views of locks on the console: of a slot, of the whole board, and of a space for one slot."""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board import lock_actions as actions
from openspace.events.models import Lock, Slot, Space
from openspace.extensions import limiter
from openspace.journal.actions import step
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import clock_time

blueprint = event_blueprint("console_locks", __name__, is_personal=True)
OFTEN = "120 per minute"


@blueprint.put("/facilitator/slots/<int:slot_id>/lock")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def lock_slot(slot_id: int) -> ResponseReturnValue:
    """Set the slot's lock to the form's `lock`. The answer says which lock holds: the board's may be stricter."""
    slot, lock = find(Slot, slot_id), _lock()
    time = clock_time(slot.starts_at, visitor.event.zone)
    with step(slot.event_id, f"lock.{lock}", by=visitor.member, time=time):
        actions.lock_slot(slot, lock, by=visitor.member)
    return _answer(_IN_WORDS[slot.lock_now](time))


@blueprint.put("/facilitator/lock")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def lock_board() -> ResponseReturnValue:
    """Set the lock of the whole board to the form's `lock`."""
    lock = _lock()
    with step(visitor.event_id, f"lock.board.{lock}", by=visitor.member):
        actions.lock_board(visitor.event, lock, by=visitor.member)
    return _answer(_IN_WORDS[lock](gettext("The whole board")))


@blueprint.delete("/facilitator/slots/<int:slot_id>/spaces/<int:space_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def close_space(slot_id: int, space_id: int) -> ResponseReturnValue:
    """Close the space for the slot."""
    slot, space, facts = _cell(slot_id, space_id)
    with step(slot.event_id, "space.close", by=visitor.member, **facts):
        actions.close_space(slot, space, by=visitor.member)
    return _answer(gettext("%(time)s: place %(place)s is closed", **facts))


@blueprint.put("/facilitator/slots/<int:slot_id>/spaces/<int:space_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def open_space(slot_id: int, space_id: int) -> ResponseReturnValue:
    """Open the space again for the slot."""
    slot, space, facts = _cell(slot_id, space_id)
    with step(slot.event_id, "space.open", by=visitor.member, **facts):
        actions.open_space(slot, space, by=visitor.member)
    return _answer(gettext("%(time)s: place %(place)s is open again", **facts))


def _cell(slot_id: int, space_id: int) -> tuple[Slot, Space, dict[str, str]]:
    slot, space = find(Slot, slot_id), find(Space, space_id)
    facts = {"time": clock_time(slot.starts_at, visitor.event.zone), "place": f"{space.number} {space.name}"}
    return slot, space, facts


_IN_WORDS = {
    Lock.OPEN: lambda what: gettext("%(time)s is open to everybody", time=what),
    Lock.FACILITATORS: lambda what: gettext("%(time)s: only facilitators hang topics", time=what),
    Lock.NOBODY: lambda what: gettext("%(time)s is locked for everybody", time=what),
}


def _lock() -> Lock:
    try:
        return Lock(request.form.get("lock", ""))
    except ValueError:
        raise NotFound from None


def _answer(words: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(says=words)
    flash_message(words, undo=url_for("console.undo_last", method="DELETE"))
    return see_other(url_for("console_times.show", day=request.args.get("day")))
