"""Who may read an event's programme without a page: conference apps and calendars, which have no cookie."""

from flask import request

from openspace.access.visitor import visitor
from openspace.access.wanted import refuse_stranger
from openspace.web.errors import NotFound


def check_reader() -> bool:
    """Return whether whoever asks is inside, as a member or by the event's key in `?key=`; else the board is public.

    Refuses with `NotFound` a key that was replaced, and with `NotJoined` a stranger whose event is not public.
    """
    key = request.args.get("key", "")
    if key and key != visitor.event.feed_key:
        raise NotFound
    is_inside = bool(key) or visitor.member_id is not None
    if not (is_inside or visitor.event_snapshot.is_public):
        refuse_stranger()
    return is_inside
