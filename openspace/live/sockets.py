"""Socket.IO connections, on which the server only sends. A page names its channels and is put into their rooms."""

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

# The most channels of a page. None of ours needs more, and each costs a query and a place in a room.
MOST_CHANNELS = 4
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Json:
    """The JSON module that python-socketio uses: it writes no blanks, and Cyrillic letters without escapes."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **more: Any) -> str:
        """The value as compact JSON. The options that python-socketio passes are ignored."""
        return ENCODER.encode(value)


def init_app(app: Flask, socketio: SocketIO) -> None:
    """Bind Socket.IO to the app: WebSocket only, for our origin only, and on gevent with `engine` and `rooms`."""
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
        # Packets are a few kilobytes now and then. Compressing them for each phone costs more than it saves.
        websocket_compression=False,
        manage_session=False,
        json=Json,
        **fast,
    )
    # Not through Flask-SocketIO, which would make a Flask request for each connection and disconnection.
    socketio.server.on("connect", _Entrance(app, socketio.server))
    socketio.server.on("disconnect", _left)
    socketio.server.on("probe", _answered)


class _Entrance:
    """Handles `connect`: lets a socket in if it may follow every channel that it names (`fragments.admit`).

    Otherwise it refuses with `unknown`, `forbidden`, or `full`. A page that is let in gets the event `joined` with its
    channels' revisions.
    """

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
            # PostgreSQL refuses to compare with a text that it cannot store, such as one with a NUL.
            is_address = slug.isascii() and slug.isprintable()
            door = hub.doors.get(slug) or doors.door_of(slug) if is_address else None
            if door is None:
                raise ConnectionRefusedError("unknown")
            page = self._page(door, channels, language, str(asked.get("key", "")), environ)
            if not hub.accepts(page):
                metrics.SHUT_OUT.inc()
                raise ConnectionRefusedError("full")
            for room in page.rooms:
                self.server.enter_room(sid, room.name)
            # Read revisions only now, in a new transaction: what is committed later reaches the room as a packet.
            if db.session.registry.has():
                db.session.rollback()
            revisions = hub.enter(sid, page, door)
            announced = hub.announced(page.event_id)
        self._mark_introduced(sid)
        joined = {"revisions": revisions, "version": self.app.config["VERSION"], "now": now().timestamp()}
        if announced:
            joined["announced"] = announced
        if "channels" not in asked:
            joined |= {"channel": channels[0], "revision": revisions[channels[0]]}
        self.server.emit("joined", joined, to=sid)

    def _mark_introduced(self, sid: str) -> None:
        """Note that the phone was let in; others are disconnected after a while."""
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
        # Only the key or seat that let the page in is kept, by which pages are counted: anybody can make up keys.
        is_member = listener.member_id is not None
        return OpenPage(rooms, key if listener.has_key else "", seat if is_member else "", listener.audience)

    def _seat(self, event_id: int, cookies: str) -> str:
        """The hash of the token that the session cookie holds for the event; empty without one."""
        cookie = parse_cookie(cookies).get(self.app.config["SESSION_COOKIE_NAME"], "")
        token = (self.sessions.read(cookie).get("seats") or {}).get(str(event_id))
        return hashed(token) if token else ""


def _channels(asked: dict[str, Any]) -> tuple[str, ...]:
    """The names of the channels that a page asks for, each once; empty if there are none, or too many.

    They are a list in `channels`. Pages of version 0.1 and other clients name a single `channel` instead.
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
    """A room. All pages in it share the object, which with its texts takes a fifth of the memory of a connection."""
    return Room(event_id, channel, view)


def _answered(sid: str) -> None:
    """Acknowledge the event `probe`, by which a phone that woke up asks whether its socket still works."""


def _left(sid: str, reason: Any = None) -> None:
    hub.leave(sid)
