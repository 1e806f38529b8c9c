"""The sockets: they only push. A phone names the channels of the page that it has open, and is put into their rooms."""

import json
from functools import lru_cache
from typing import Any, cast

from flask import Flask
from flask_socketio import ConnectionRefusedError, SocketIO
from werkzeug.http import parse_cookie

from openspace.access import doors
from openspace.access.rules import hashed
from openspace.clock import now
from openspace.config import LANGUAGES
from openspace.extensions import db
from openspace.live.fragments import View, admit
from openspace.live.hub import OpenPage, Room, hub
from openspace.web import metrics
from openspace.web.errors import NotFound, Problem
from openspace.web.http import Sessions

# No page of ours needs more; each costs a query and a place in a room.
MOST_CHANNELS = 4
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Json:
    """JSON as it is sent: Cyrillic as it is, no blanks."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **more: Any) -> str:
        """The short form, whatever python-socketio asks for."""
        return ENCODER.encode(value)


def init_app(app: Flask, socketio: SocketIO) -> None:
    """Bind Socket.IO: WebSocket only, for this origin only, and on gevent the fast way."""
    from gevent import monkey  # here because only the server and its tests need to know

    mode = "gevent" if monkey.is_module_patched("socket") else "threading"
    fast: dict[str, Any] = {}
    if mode == "gevent":
        from openspace.live import engine, rooms

        if engine.install():
            fast = {"client_manager": rooms.Rooms(), "monitor_clients": False}
    socketio.init_app(
        app,
        async_mode=mode,
        transports=["websocket"],
        cors_allowed_origins=app.config["BASE_URL"] or None,
        ping_interval=app.config["PING_INTERVAL"],
        ping_timeout=app.config["PING_TIMEOUT"],
        max_http_buffer_size=16 * 1024,
        # A board is a few kilobytes now and then: compressing for each phone costs more than it saves.
        websocket_compression=False,
        manage_session=False,
        json=Json,
        **fast,
    )
    # Not through Flask-SocketIO: it would make a request of every coming and going.
    socketio.server.on("connect", _Entrance(app, socketio.server))
    socketio.server.on("disconnect", _left)
    socketio.server.on("probe", _answered)


class _Entrance:
    """Lets each socket in if it may hear of every channel that it names: see `fragments.register`."""

    def __init__(self, app: Flask, server: Any) -> None:
        self.app, self.server = app, server
        self.sessions = cast(Sessions, app.session_interface)

    def __call__(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        asked = auth if isinstance(auth, dict) else {}
        channels, language = _channels(asked), str(asked.get("language", ""))
        if not channels or language not in LANGUAGES:
            raise ConnectionRefusedError("unknown")
        with self.app.app_context():
            slug = str(asked.get("event", ""))
            # A database refuses to look for a text that it could not keep, such as one with a NUL.
            is_address = slug.isascii() and slug.isprintable()
            door = hub.doors.get(slug) or doors.door_of(slug) if is_address else None
            if door is None:
                raise ConnectionRefusedError("unknown")
            page = self._page(door, channels, language, str(asked.get("key", "")), environ)
            if not hub.has_room_for(page):
                metrics.SHUT_OUT.inc()
                raise ConnectionRefusedError("full")
            for room in page.rooms:
                self.server.enter_room(sid, room.name)
            # Only now, and in a fresh transaction: what is committed from here on reaches the room as a packet.
            if db.session.registry.has():
                db.session.rollback()
            revisions = hub.enter(sid, page, door)
        self._introduce(sid)
        joined = {"revisions": revisions, "version": self.app.config["VERSION"], "now": now().timestamp()}
        if "channels" not in asked:
            joined |= {"channel": channels[0], "revision": revisions[channels[0]]}
        self.server.emit("joined", joined, to=sid)

    def _introduce(self, sid: str) -> None:
        """Who has not come so far is hung up on after a while."""
        phone = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(sid, "/"))
        if phone:
            phone.is_introduced = True

    def _page(
        self, door: doors.Door, channels: tuple[str, ...], language: str, key: str, environ: dict[str, Any]
    ) -> OpenPage:
        seat = self._seat(door.event_id, environ.pop("HTTP_COOKIE", ""))
        listener = door.listener(projector_key=key, seat=seat)
        try:
            for channel in channels:
                admit(listener, channel)
        except Problem as problem:
            raise ConnectionRefusedError("unknown" if isinstance(problem, NotFound) else "forbidden") from None
        assert listener  # because it was let in
        rooms = _rooms(door.event_id, channels, listener.view(language))
        # What did not let them in is not counted under either: anybody can make up any number of keys.
        is_projector, is_member = listener.audience == "projector", listener.member_id is not None
        return OpenPage(rooms, key if is_projector else "", seat if is_member else "", listener.audience)

    def _seat(self, event_id: int, cookies: str) -> str:
        cookie = parse_cookie(cookies).get(self.app.config["SESSION_COOKIE_NAME"], "")
        token = (self.sessions.read(cookie).get("seats") or {}).get(str(event_id))
        return hashed(token) if token else ""


def _channels(asked: dict[str, Any]) -> tuple[str, ...]:
    """The names of the channels that a page asks for, each once; empty if there are none, or too many.

    `channels` is a list. Pages of version 0.1 and clients of others name one `channel` instead.
    """
    named = asked.get("channels", [asked.get("channel", "")])
    if not isinstance(named, list) or len(named) > MOST_CHANNELS:
        return ()
    return tuple(dict.fromkeys(str(name) for name in named))


@lru_cache(maxsize=1024)
def _rooms(event_id: int, channels: tuple[str, ...], view: View) -> tuple[Room, ...]:
    """The rooms of a page. All pages with the same channels and view share the tuple, to save memory."""
    return tuple(_room(event_id, channel, view) for channel in channels)


@lru_cache(maxsize=1024)
def _room(event_id: int, channel: str, view: View) -> Room:
    """One for all who are in it: with its words it is as large as a fifth of a phone."""
    return Room(event_id, channel, view)


def _answered(sid: str) -> None:
    """Acknowledge a phone that woke up and asks whether its socket still lives."""


def _left(sid: str, reason: Any = None) -> None:
    hub.leave(sid)
