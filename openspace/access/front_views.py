"""The first page of the installation, `/`: to the event that somebody wants, or a field for its code."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from openspace.access.browser_seats import members_seated
from openspace.access.codes import entrance
from openspace.events.models import Event
from openspace.extensions import db
from openspace.web.errors import NotFound

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """To the event in which this browser is signed in, else to the only one that is open; else the field for a code.

    Whoever is signed in to several events chooses among them.
    """
    mine = [member.event for member in members_seated()]
    if not {"left", "code", "lang"} & set(request.args) and (event := _obvious_one(mine)):
        return redirect(url_for("board.show", event=event.slug))
    return render_template("access/front.html", mine=mine)


def _obvious_one(mine: list[Event]) -> Event | None:
    """Where somebody wants to go who names no event, if that is beyond doubt."""
    on = [event for event in mine if event.ends_on >= event.today()]
    if not on:
        events = db.session.scalars(select(Event).where(Event.is_join_open))
        on = [event for event in events if event.ends_on >= event.today()]
    return on[0] if len(on) == 1 else None


@blueprint.post("/")
def find_event() -> ResponseReturnValue:
    """From the code as it was typed to the event's entrance."""
    try:
        address = entrance(request.form.get("code", ""))
    except NotFound:
        return render_template("access/front.html", typed=request.form.get("code", ""), wrong=True), 404
    return redirect(address, 303)
