"""The first page of the installation, `/`: leads to the event that the visitor wants, or asks for its code."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from openspace.access.browser_seats import members_seated
from openspace.access.codes import entrance
from openspace.events.models import Event
from openspace.extensions import db
from openspace.web.errors import NotFound
from openspace.web.preparing import prepared_by

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Redirect to the event in which this browser is signed in, else to the only open one; else ask for a code.

    A browser that is signed in to several events is shown all of them to choose from.
    """
    joined = [member.event for member in members_seated()]
    if not {"left", "code", "lang"} & set(request.args) and (event := _obvious_one(joined)):
        return redirect(url_for(event.start_page if event in joined else event.public_page, event=event.slug))
    return render_template("access/front.html", joined=joined)


def _obvious_one(joined: list[Event]) -> Event | None:
    """The one event that is meant by an address without an event; None if several could be, or none is on."""
    on = [event for event in joined if event.ends_on >= event.today()]
    if not on:
        events = db.session.scalars(select(Event).where(Event.is_join_open))
        on = [event for event in events if event.ends_on >= event.today()]
    return on[0] if len(on) == 1 else None


def _typed_entrance() -> str | None:
    """The address of the entrance to which the typed code leads, after the wait that many wrong guesses cause."""
    try:
        return entrance(request.form.get("code", ""))
    except NotFound:
        return None


@blueprint.post("/")
@prepared_by(_typed_entrance)
def find_event(address: str | None) -> ResponseReturnValue:
    """Redirect from a typed code to the event's entrance."""
    if address is None:
        return render_template("access/front.html", typed=request.form.get("code", ""), wrong=True), 404
    return redirect(address, 303)
