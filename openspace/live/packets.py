"""Packets: the patches that bring a page from one revision to another, rendered once for all pages with one view."""

import json
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import force_locale

from openspace.clock import now
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.web.cache import LruCache
from openspace.web.spliced import SharedBody

# A page that has missed more subjects than this is loaded anew, which is less to send.
MOST_SUBJECTS = 150
packet_cache = LruCache(128)


class Packet(NamedTuple):
    """A packet as sockets send it, and its JSON without the last brace, to which `/live` appends the personal JSON."""

    content: dict[str, Any]
    shared: SharedBody


def packet(event_id: int, channel: str, since: int, present: int, view: View) -> Packet:
    """The packet with a channel's changes after the revision `since`. `present` is the channel's revision now.

    Its content is {channel, from, to, patches: [[element id, HTML or null]], version}, or {channel, reload, version} if
    the page is too far behind. It is cached within the minute, because the HTML shows minutes.
    """
    key = (event_id, channel, since, present, view, int(now().timestamp() // 60))
    return packet_cache.get(key, lambda: _drawn(event_id, channel, since, view))


def _drawn(event_id: int, channel: str, since: int, view: View) -> Packet:
    subjects = log.subjects_since(event_id, channel, since)
    if subjects is None or len(subjects.names) > MOST_SUBJECTS:
        return _packet({"channel": channel, "reload": True})
    with force_locale(view.language):
        patches = draw(event_id, channel, subjects.names, view)
    return _packet({"channel": channel, "from": since, "to": subjects.revision, "patches": patches})


def _packet(content: dict[str, Any]) -> Packet:
    content["version"] = current_app.config["VERSION"]
    return Packet(content, SharedBody(json.dumps(content, ensure_ascii=False, separators=(",", ":"))[:-1]))
