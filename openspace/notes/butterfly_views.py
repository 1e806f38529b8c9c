"""The views of who is at a butterfly place: one tap at its code, and what the pages of places show of that."""

from flask import jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.views import doors
from openspace.events.models import Space
from openspace.extensions import limiter
from openspace.notes import attendance_actions, butterfly_actions as actions
from openspace.notes.attendance_views import OFTEN
from openspace.notes.butterfly_models import butterflies_at, butterflies_in
from openspace.notes.forms import AttendanceForm
from openspace.web.errors import wants_json
from openspace.web.http import see_other

blueprint = event_blueprint("butterflies", __name__, is_personal=True)


@blueprint.put("/spaces/<int:space_id>/attendance")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def come(space_id: int) -> ResponseReturnValue:
    """Say that one is at the butterfly place, and whether one may be named there."""
    form = AttendanceForm()
    form.check()
    actions.come(find(Space, space_id), is_named=form.names, by=visitor.member)
    return _back(space_id)


@blueprint.delete("/spaces/<int:space_id>/attendance")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def go_on(space_id: int) -> ResponseReturnValue:
    """Say that one goes on."""
    find(Space, space_id)
    attendance_actions.go_on(visitor.member)
    return _back(space_id)


def _back(space_id: int) -> ResponseReturnValue:
    return jsonify({}) if wants_json() else see_other(url_for("board.space", space_id=space_id))


def at_the_place(space: Space, member: Member | None) -> str:
    """Render what the page of a place offers of butterfly places: its own tap if it is one, and for members the others.

    Strangers who look at a public board are told the number, and no names.
    """
    here = butterflies_at(space) if space.is_butterfly else {}
    others = [each for each in space.event.butterfly_places if each is not space] if member else []
    return render_template(
        "notes/_butterflies.html",
        event=space.event,
        space=space,
        member=member,
        mine=here.get(member) if member else None,
        count=len(here),
        named=[each for each, said in here.items() if said.is_named] if member else [],
        others=others,
        counts=butterflies_in(space.event_id) if others else {},
    )


doors.append(at_the_place)
