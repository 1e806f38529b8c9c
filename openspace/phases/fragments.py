"""Renders the phases of the day as rows, and says what the hall's screens show in each."""

from typing import Any, NamedTuple

from flask import render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.events.models import Event
from openspace.extensions import db
from openspace.phases.rules import Phase, scene
from openspace.screens import scenes


class Words(NamedTuple):
    """What is said of a phase: its name, what happens in it, and what the button says that switches to it."""

    name: Any
    line: Any
    go: Any


WORDS = {
    Phase.BEFORE: Words(
        _l("Before the start"), _l("the QR code at the door, the chairs are waiting"), _l("Go to before the start")
    ),
    Phase.OPENING: Words(
        _l("Opening"), _l("one circle, the principles and the law of two feet"), _l("Go to the opening")
    ),
    Phase.MARKETPLACE: Words(_l("Marketplace"), _l("topic, name, microphone, wall"), _l("Go to the marketplace")),
    Phase.SESSIONS: Words(_l("Sessions"), _l("each circle for itself, the board is alive"), _l("Go to the sessions")),
    Phase.NEWS: Words(_l("Evening news"), _l("all at the wall, with what they bring"), _l("Go to the evening news")),
    Phase.CLOSING: Words(_l("Closing"), _l("the last circle, what we take home"), _l("Go to the closing")),
}


def phases_html(event: Event) -> str:
    """Render the rows of the phases: those before, the present one, those to come."""
    order = list(Phase)
    now = order.index(Phase(event.phase)) if event.phase else -1
    rows = [
        (phase, WORDS[phase], "past" if place < now else "now" if place == now else "later")
        for place, phase in enumerate(order)
    ]
    return render_template("phases/_phases.html", event=event, rows=rows)


def _usual_scene(event_id: int) -> str:
    phase = db.session.scalar(select(Event.phase).where(Event.id == event_id))
    return scene(phase or "")


scenes.decide(_usual_scene)
