"""Loading the demo event from the first page of an empty installation."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from openspace import demo
from openspace.access.browser_seats import take_seat
from openspace.access.guards import signs_in
from openspace.access.links import take_link
from openspace.clock import now
from openspace.web.errors import NotFound

blueprint = Blueprint("demo", __name__)


@blueprint.post("/setup/<token>/demo")
@signs_in
def load(token: str) -> ResponseReturnValue:
    """Build the demo event and sign this browser in as its organiser."""
    link = take_link(token)
    if link.event_id is not None:
        raise NotFound
    link.used_at = now()
    built = demo.build()
    take_seat(built.organiser, confirmed_at=now())
    return redirect(url_for("board.show", event=built.event.slug), 303)
