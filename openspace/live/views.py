"""Catching up: the one request behind reconnecting, waking up, and a hotel that blocks sockets."""

import json

from flask import request
from flask.typing import ResponseReturnValue

from openspace import metrics
from openspace.access.guards import audience_of, current_event, current_member, event_blueprint
from openspace.config import LANGUAGES
from openspace.errors import NotFound, NotJoined
from openspace.i18n import language
from openspace.live import log
from openspace.live.fragments import View, is_for_seats, knows, personal
from openspace.live.packets import packet

blueprint = event_blueprint("live", __name__)


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What has changed in `channel` after revision `since`: a packet, as JSON, and what is `mine`."""
    event = current_event()
    channel, since = request.args.get("channel", ""), request.args.get("since", 0, type=int)
    audience = audience_of(event, "" if is_for_seats(channel) else request.args.get("key", ""))
    if audience is None:
        raise NotJoined
    if not knows(channel):
        raise NotFound
    metrics.CATCH_UPS.inc()
    present = log.revision(event.id, channel)
    found = packet(event, channel, since, present, View(_language(), audience))
    own = personal(current_member(), channel, present)
    mine = json.dumps(own, ensure_ascii=False, separators=(",", ":"))
    return found.shared.answer(f',"mine":{mine}}}', "application/json")


def _language() -> str:
    """The page's own language; a projector's need not be the one its browser would choose."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language()
