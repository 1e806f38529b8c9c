"""Catching up: the one request behind reconnecting, waking up, and a hotel that blocks sockets."""

from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from openspace.access.guards import audience_of, current_event, current_member, event_blueprint
from openspace.config import LANGUAGES
from openspace.errors import NotFound, NotJoined
from openspace.i18n import language
from openspace.live import log
from openspace.live.fragments import Drawn, View, draw, knows, personal

blueprint = event_blueprint("live", __name__)
drawn = Drawn()

# A page that has missed more than this loads itself anew: that is shorter.
MOST_SUBJECTS = 150


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What has changed in `channel` after revision `since`, as patches to the page.

    JSON {channel, from, to, patches: [[id, html or null]], version, mine}; {reload: true} to a page too far behind.
    """
    event = current_event()
    audience = audience_of(event, request.args.get("key", ""))
    if audience is None:
        raise NotJoined
    channel, since = request.args.get("channel", ""), request.args.get("since", 0, type=int)
    if not knows(channel):
        raise NotFound
    version = current_app.config["STATIC_VERSION"]
    revision, subjects = log.subjects_since(event.id, channel, since)
    if since > log.revision(event.id, channel) or len(subjects) > MOST_SUBJECTS:
        return jsonify(channel=channel, reload=True, version=version)
    view = View(_language_asked(), audience)
    with force_locale(view.language):
        patches = drawn.get((event.id, channel, since, revision, view), lambda: draw(event, channel, subjects, view))
    packet = {"channel": channel, "from": since, "to": revision, "patches": patches, "version": version}
    return jsonify(packet | {"mine": personal(current_member())})


def _language_asked() -> str:
    """The page's own language; a projector's need not be the one its browser would choose."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language()
