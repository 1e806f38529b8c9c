"""The views of a mark on a topic: "I'll go", "I'll look in". The most frequent write of all."""

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
    """Take a chair (`go`), or say that one looks in (`look`)."""
    # The most frequent write of all, and one word: a form would cost more than the rest.
    kind = request.form.get("kind")
    if kind not in {"go", "look"}:
        raise Invalid
    actions.mark(visitor.event_id, number, kind=kind, by=_asking())
    return _marked(number, kind)


@blueprint.delete("/topics/<int:number>/interest")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete(number: int) -> ResponseReturnValue:
    """Give the chair back."""
    actions.unmark(visitor.event_id, number, by=_asking())
    return _marked(number, None)


def _asking() -> MemberSnapshot:
    """The member who asks, without a query of its own."""
    assert visitor.member_snapshot  # because the views require a participant
    return visitor.member_snapshot


def _marked(number: int, kind: str | None) -> ResponseReturnValue:
    if wants_json():
        return {"number": number, "kind": kind}
    return see_other(url_for("topics.show", number=number))
