"""The codes that lead to an event's entrance: a short one to type, a long one in the QR code."""

from flask import current_app, url_for
from sqlalchemy import select

from openspace.access import attempts
from openspace.access.rules import codes_read, long_code
from openspace.events.models import Event
from openspace.extensions import db
from openspace.web.errors import NotFound


def event_with_code(typed: str) -> Event:
    """The event to which a typed code leads. Refuses with `NotFound`, which counts as a wrong guess."""
    with attempts.CODES.attempt():
        found = db.session.scalar(select(Event).where(Event.join_code.in_(codes_read(typed))).limit(1))
        if found is None:
            raise NotFound
        return found


def entrance(typed: str, *, lang: str | None = None) -> str:
    """The address of the entrance to which a typed code leads, in this language. Refuses with `NotFound`."""
    event = event_with_code(typed)
    return url_for("access.join", event=event.slug, code=event.join_code, lang=lang)


def event_long_code(event: Event) -> str:
    """The code in the event's QR code. It cannot be guessed, so it never has to wait as guesses do (`attempts.py`)."""
    return long_code(event.join_code, current_app.config["SECRET_KEY"])
