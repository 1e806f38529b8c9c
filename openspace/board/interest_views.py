"""The views that set and remove a member's mark on a topic, "I'll go" or "I'll look in": the most frequent write."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.snapshots import MemberSnapshot
from openspace.access.visitor import visitor
from openspace.board import actions
from openspace.extensions import limiter
from openspace.web.errors import Invalid, wants_json
from openspace.web.http import see_other

blueprint = event_blueprint("interests", __name__)
WRITES = "120 per minute"


@blueprint.put("/topics/<int:number>/interest")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def put(number: int) -> ResponseReturnValue:
    """Mark a topic: `kind` is `go` ("I'll go") or `look` ("I'll look in"). Refuses other kinds with `Invalid`."""
    # Read without a form class, which would cost more than all the rest of this view.
    kind = request.form.get("kind")
    if kind not in {"go", "look"}:
        raise Invalid
    actions.mark(visitor.event_id, number, kind=kind, by=_asking())
    return _marked(number, kind)


@blueprint.delete("/topics/<int:number>/interest")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete(number: int) -> ResponseReturnValue:
    """Remove the member's mark from a topic."""
    actions.unmark(visitor.event_id, number, by=_asking())
    return _marked(number, None)


def _asking() -> MemberSnapshot:
    """The visitor's member values, which the request has loaded already."""
    assert visitor.member_snapshot  # because the views require a participant
    return visitor.member_snapshot


def _marked(number: int, kind: str | None) -> ResponseReturnValue:
    if wants_json():
        return {"number": number, "kind": kind}
    return see_other(url_for("topics.show", number=number))
