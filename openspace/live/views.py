"""Catching up: the one request behind reconnecting, waking up, and a hotel that blocks sockets."""

import json

from flask import request
from flask.typing import ResponseReturnValue

from openspace import metrics
from openspace.access.glance import SeenMember
from openspace.access.guards import (
    audience_of,
    current_event,
    current_member,
    event_blueprint,
    seen,
    was_seen,
)
from openspace.access.models import Member
from openspace.config import LANGUAGES
from openspace.errors import NotFound, NotJoined
from openspace.i18n import language
from openspace.live import log
from openspace.live.fragments import View, is_for_seats, knows, personal
from openspace.live.packets import packet


def _seen() -> str:
    """The channel, if a glance is enough for it: not to a projector's key, nor where more is one's own than marks."""
    channel = request.args.get("channel", "")
    return "" if request.args.get("key") or is_for_seats(channel) else channel


blueprint = event_blueprint("live", __name__, glances={"changes": _seen})


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What has changed in `channel` after revision `since`: a packet, as JSON, and what is `mine`."""
    channel, since = request.args.get("channel", ""), request.args.get("since", 0, type=int)
    audience: str | None
    member: Member | SeenMember | None
    if was_seen():
        event_id, audience, member, present = seen().event.id, seen().audience, seen().member, seen().revision
    else:
        event, member = current_event(), current_member()
        event_id, present = event.id, log.revision(event.id, channel)
        audience = audience_of(event, "" if is_for_seats(channel) else request.args.get("key", ""))
    if audience is None:
        raise NotJoined
    if not knows(channel):
        raise NotFound
    metrics.CATCH_UPS.inc()
    found = packet(event_id, channel, since, present, View(_language(), audience))
    own = json.dumps(personal(member, channel, present), ensure_ascii=False, separators=(",", ":"))
    return found.shared.answer(f',"mine":{own}}}', "application/json")


def _language() -> str:
    """The page's own language; a projector's need not be the one its browser would choose."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language()
