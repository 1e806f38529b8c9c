"""Loading the demo event from the first page of an empty installation."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from openspace import demo
from openspace.access.browser_seats import take_seat
from openspace.access.guards import signs_in
from openspace.access.links import open_link, take_link
from openspace.access.models import Link
from openspace.clock import now
from openspace.demo import stories
from openspace.store import transactions
from openspace.uploads.form_files import Stored
from openspace.web.errors import NotFound
from openspace.web.preparing import prepared_by

blueprint = Blueprint("demo", __name__)


def _send(token: str) -> dict[str, Stored]:
    """The photos and films of the demo, drawn; only for a link that sets an installation up."""
    _check(open_link(token))
    transactions.let_go()
    return stories.send()


def _check(link: Link) -> None:
    """Refuse with `NotFound` a link that is for something else."""
    if link.event_id is not None:
        raise NotFound


@blueprint.post("/setup/<token>/demo")
@signs_in
@prepared_by(_send)
def load(sent: dict[str, Stored], token: str) -> ResponseReturnValue:
    """Build the demo event and sign this browser in as its organiser."""
    link = take_link(token)
    _check(link)
    link.used_at = now()
    built = demo.build(sent)
    take_seat(built.organiser, confirmed_at=now())
    return redirect(url_for("board.show", event=built.event.slug), 303)
