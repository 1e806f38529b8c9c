"""Catching up: the request by which a page asks what has changed, after reconnecting, waking up, or without sockets."""

import json

from flask import request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.config import LANGUAGES
from openspace.live.fragments import admit, is_cacheable, is_registered, personal_json
from openspace.live.packets import packet
from openspace.web import metrics
from openspace.web.i18n import language


def _channel() -> str:
    """The name of the channel that the request asks for; empty if no feature has registered its kind."""
    channel = request.args.get("channel", "")
    return channel if is_registered(channel) else ""


blueprint = event_blueprint("live", __name__, channel=_channel)


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What has changed in `channel` after revision `since`: a packet as JSON (`packets.packet`), with `mine` added.

    `mine` is the visitor's personal JSON. Refuses with `NotJoined` or `NotFound` as the channel's page does.
    """
    channel, since = request.args.get("channel", ""), request.args.get("since", 0, type=int)
    who = visitor.listener(request.args.get("key", ""))
    admit(who, channel)
    assert who  # because they were let in
    metrics.CATCH_UPS.inc()
    found = packet(who.event_id, channel, since, visitor.revision, who.view(_language()))
    personal = personal_json(visitor.member_snapshot, channel, visitor.revision)
    own = json.dumps(personal, ensure_ascii=False, separators=(",", ":"))
    answer = found.shared.respond(f',"mine":{own}}}', "application/json")
    if not is_cacheable(channel):
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _language() -> str:
    """The language of the page that asks, `?language=`: a projector's page need not be in its browser's language."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language()
