"""How full each room is, for screens and apps, in the form of FOSDEM's room status."""

from datetime import datetime

from flask import jsonify
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.board.models import Placement, placements_where
from openspace.clock import now
from openspace.events.models import Slot
from openspace.exports.readers import check_reader
from openspace.notes.models import people_in
from openspace.notes.rules import room_state

blueprint = event_blueprint("rooms", __name__)
FULL, NOT_FULL = "1", "0"


@blueprint.get("/exports/rooms.json")
def index() -> ResponseReturnValue:
    """The rooms as a list of `roomname` and `state`, `"1"` if the room is full and else `"0"`, as FOSDEM serves them.

    Besides, `level` is `free`, `filling` or `full`; `people` and `chairs` are counts. Nobody is named. The form is that
    of https://api.fosdem.org/roomstatus/v1/listrooms.
    """
    check_reader()
    event, moment = visitor.event, now()
    on_now = {
        each.space_id: people_in(each)
        for each in placements_where(Placement.slot_id.in_([slot.id for slot in event.slots if _runs(slot, moment)]))
    }
    rooms = []
    for space in event.spaces:
        people = on_now.get(space.id, 0)
        level = room_state(people, space.chairs)
        state = FULL if level == "full" else NOT_FULL
        rooms.append({"roomname": space.name, "state": state, "level": level, "people": people, "chairs": space.chairs})
    answer = jsonify(rooms)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _runs(slot: Slot, moment: datetime) -> bool:
    return slot.starts_at <= moment < slot.ends_at
