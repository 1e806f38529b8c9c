"""How full each room is, for screens and apps, in the form of FOSDEM's room status."""

from collections import Counter

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.exports.readers import check_reader
from openspace.extensions import limiter
from openspace.notes.butterfly_models import butterflies_in
from openspace.notes.models import people_now
from openspace.notes.rules import room_state

blueprint = event_blueprint("rooms", __name__)
# A hall's screens and apps may all stand behind one address.
OFTEN = "240 per minute"
FULL, NOT_FULL = "1", "0"


@blueprint.get("/exports/rooms.json")
@limiter.limit(OFTEN)
def index() -> ResponseReturnValue:
    """The rooms as a list of `roomname` and `state`, `"1"` if the room is full and else `"0"`, as FOSDEM serves them.

    Besides, `level` is `free`, `filling` or `full`; `people` and `chairs` are counts. Nobody is named. Butterfly places
    are among them. The form is that of https://api.fosdem.org/roomstatus/v1/listrooms. A client that has it gets 304.
    """
    is_inside = check_reader()
    counts = Counter(people_now(visitor.event_id)) + Counter(butterflies_in(visitor.event_id))
    rooms = []
    for space in visitor.event.open_spaces:
        people = counts[space.id]
        level = room_state(people, space.chairs)
        state = FULL if level == "full" else NOT_FULL
        rooms.append({"roomname": space.name, "state": state, "level": level, "people": people, "chairs": space.chairs})
    answer = jsonify(rooms)
    answer.headers["Cache-Control"] = f"{'private' if is_inside else 'public'}, no-cache"
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer
