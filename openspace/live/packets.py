"""Packets: the patches that bring a page from one revision to another, rendered once for all pages with one view."""

import json
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import force_locale

from openspace.clock import now
from openspace.live import log
from openspace.live.fragments import Patch, View, draw, read_once
from openspace.web.cache import LruCache
from openspace.web.spliced import SharedBody

# A page that has missed more subjects than this is loaded anew, which is less to send.
MOST_SUBJECTS = 150
packet_cache = LruCache(128)
# What the log says for packets that differ in their view alone.
subjects_cache = LruCache(128)
# The patches of one subject as it was at one revision, of which packets are put together.
piece_cache = LruCache(512)


class Packet(NamedTuple):
    """A packet as sockets send it, and its JSON without the last brace, to which `/live` appends the personal JSON."""

    content: dict[str, Any]
    shared: SharedBody


def packet(event_id: int, channel: str, since: int, present: int, view: View) -> Packet:
    """The packet with a channel's changes after the revision `since`. `present` is the channel's revision now.

    Its content is {channel, from, to, patches: [[element id, HTML or null]], version}, or {channel, reload, version} if
    the page is too far behind. It is cached within the minute, because the HTML shows minutes.
    """
    key = (event_id, channel, since, present, view, _minute())
    return packet_cache.get(key, lambda: _drawn(event_id, channel, since, present, view))


def _drawn(event_id: int, channel: str, since: int, present: int, view: View) -> Packet:
    subjects = _subjects(event_id, channel, since, present)
    if subjects is None or len(subjects.changed) > MOST_SUBJECTS:
        return _packet({"channel": channel, "reload": True})
    patches: dict[str, str | None] = {}
    for subject, revision in subjects.changed.items():
        for ident, html in _piece(event_id, channel, subject, revision, view):
            # The later piece has the present element; and it may lie within an earlier one.
            patches.pop(ident, None)
            patches[ident] = html
    return _packet({"channel": channel, "from": since, "to": subjects.revision, "patches": list(patches.items())})


def _subjects(event_id: int, channel: str, since: int, present: int) -> log.Subjects | None:
    """What changed after the revision `since`, as `log.subjects_since` says; nothing if that is the present one."""
    if since == present:
        return log.Subjects(present, {})
    # As what a change is drawn of, so that no view gets a later revision of it than the one that is drawn.
    return read_once(_logged, event_id, channel, since, present)


def _logged(event_id: int, channel: str, since: int, present: int) -> log.Subjects | None:
    key = (event_id, channel, since, present)
    return subjects_cache.get(key, lambda: log.subjects_since(event_id, channel, since))


def _piece(event_id: int, channel: str, subject: str, revision: int, view: View) -> list[Patch]:
    """The patches of a subject that last changed at this revision: the same until it changes again, or for a minute."""

    def drawn() -> list[Patch]:
        with force_locale(view.language):
            return draw(event_id, channel, [subject], view)

    return piece_cache.get((event_id, channel, subject, revision, view, _minute()), drawn)


def _minute() -> int:
    return int(now().timestamp() // 60)


def _packet(content: dict[str, Any]) -> Packet:
    content["version"] = current_app.config["VERSION"]
    return Packet(content, SharedBody(json.dumps(content, ensure_ascii=False, separators=(",", ":"))[:-1]))
