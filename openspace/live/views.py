"""Catching up: the one request behind reconnecting, waking up, and a hotel that blocks sockets."""

import json

from flask import request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.config import LANGUAGES
from openspace.live.fragments import admit, is_drawn, is_kept, personal
from openspace.live.packets import packet
from openspace.web import metrics
from openspace.web.i18n import language


def _channel() -> str:
    """The channel asked for; empty if no feature draws its kind."""
    channel = request.args.get("channel", "")
    return channel if is_drawn(channel) else ""


blueprint = event_blueprint("live", __name__, channel=_channel)


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What has changed in `channel` after revision `since`: a packet, as JSON, and what is `mine`."""
    channel, since = request.args.get("channel", ""), request.args.get("since", 0, type=int)
    who = visitor.listener(request.args.get("key", ""))
    admit(who, channel)
    assert who  # because they were let in
    metrics.CATCH_UPS.inc()
    found = packet(who.event_id, channel, since, visitor.revision, who.view(_language()))
    mine = personal(visitor.member_snapshot, channel, visitor.revision)
    own = json.dumps(mine, ensure_ascii=False, separators=(",", ":"))
    answer = found.shared.respond(f',"mine":{own}}}', "application/json")
    if not is_kept(channel):
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _language() -> str:
    """The page's own language; a projector's need not be the one its browser would choose."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language()
