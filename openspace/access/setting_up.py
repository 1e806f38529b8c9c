"""Who may set up something new in this installation: whoever has the setup link, and organisers if they may."""

from flask import current_app
from flask_babel import lazy_gettext as _l

from openspace.access.browser_seats import event_creator
from openspace.access.links import open_link, take_link
from openspace.access.models import Link
from openspace.web.errors import NotAllowed, NotFound


def setup_link(token: str, *, is_used: bool = False) -> Link | None:
    """The setup link with this token; None without a token, for organisers who may create events.

    With `is_used` nobody else can use it until the transaction ends. Refuses with `NotFound`, and without a token with
    `NotAllowed`.
    """
    if token:
        link = take_link(token) if is_used else open_link(token)
        if link.event_id is not None:
            raise NotFound
        return link
    if current_app.config["EVENTS"] != "organisers":
        raise NotFound
    if event_creator() is None:
        raise NotAllowed(_l("Only organisers of an event here can create another one."))
    return None
