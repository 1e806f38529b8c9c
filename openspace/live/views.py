"""Catching up: the one request behind reconnecting, waking up, and a hotel that blocks sockets."""

import json

from flask import request
from flask.typing import ResponseReturnValue

from openspace.access.glance import SeenMember
from openspace.access.guards import current_member, event_blueprint, listener, seen, was_seen
from openspace.access.models import Member
from openspace.config import LANGUAGES
from openspace.live import log
from openspace.live.fragments import admit, is_at_a_glance, personal
from openspace.live.packets import packet
from openspace.web import metrics
from openspace.web.i18n import language


def _seen() -> str:
    """The channel, if a glance is enough for it: not to a projector's key, nor where more is one's own than marks."""
    channel = request.args.get("channel", "")
    return channel if is_at_a_glance(channel) and not request.args.get("key") else ""


blueprint = event_blueprint("live", __name__, glances={"changes": _seen})


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What has changed in `channel` after revision `since`: a packet, as JSON, and what is `mine`."""
    channel, since = request.args.get("channel", ""), request.args.get("since", 0, type=int)
    who = listener(request.args.get("key", ""))
    admit(who, channel)
    assert who  # because they were let in
    member: Member | SeenMember | None
    if was_seen():
        member, present = seen().member, seen().revision
    else:
        member, present = current_member(), log.revision(who.event_id, channel)
    metrics.CATCH_UPS.inc()
    found = packet(who.event_id, channel, since, present, who.view(_language()))
    own = json.dumps(personal(member, channel, present), ensure_ascii=False, separators=(",", ":"))
    answer = found.shared.respond(f',"mine":{own}}}', "application/json")
    if not is_at_a_glance(channel):
        # More is one's own here than the marks on a board, which the browser may keep to be answered 304.
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _language() -> str:
    """The page's own language; a projector's need not be the one its browser would choose."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language()
