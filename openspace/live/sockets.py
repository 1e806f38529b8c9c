"""The sockets: they only push. A phone says which page it has open and is put into that page's room."""

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
from openspace.http import Sessions
from openspace.live.fragments import View, is_for_seats, knows
from openspace.live.hub import Listener, Room, hub

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


class _Entrance:
    """Seats each socket by the same rule as the page: members, the public of a public board, a projector's key."""

    def __init__(self, app: Flask, server: Any) -> None:
        self.app, self.server = app, server
        self.sessions = cast(Sessions, app.session_interface)

    def __call__(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        asked = auth if isinstance(auth, dict) else {}
        channel, language = str(asked.get("channel", "")), str(asked.get("language", ""))
        if not knows(channel) or language not in LANGUAGES:
            raise ConnectionRefusedError("unknown")
        with self.app.app_context():
            slug = str(asked.get("event", ""))
            door = hub.doors.get(slug) or doors.door_of(slug)
            if door is None:
                raise ConnectionRefusedError("unknown")
            key = "" if is_for_seats(channel) else str(asked.get("key", ""))
            listener = self._listener(door, channel, language, key, environ)
            self.server.enter_room(sid, listener.room.name)
            # Only now, and in a fresh transaction: what is committed from here on reaches the room as a packet.
            if db.session.registry.has():
                db.session.rollback()
            revision = hub.enter(sid, listener, door)
        version = self.app.config["VERSION"]
        joined = {"channel": channel, "revision": revision, "version": version, "now": now().timestamp()}
        self.server.emit("joined", joined, to=sid)

    def _listener(self, door: doors.Door, channel: str, language: str, key: str, environ: dict[str, Any]) -> Listener:
        seat = self._seat(door.event_id, environ.pop("HTTP_COOKIE", ""))
        audience = door.audience(projector_key=key, seat=seat)
        if audience is None:
            raise ConnectionRefusedError("forbidden")
        return Listener(_room(door.event_id, channel, language, audience), key, seat)

    def _seat(self, event_id: int, cookies: str) -> str:
        cookie = parse_cookie(cookies).get(self.app.config["SESSION_COOKIE_NAME"], "")
        token = (self.sessions.said(cookie).get("seats") or {}).get(str(event_id))
        return hashed(token) if token else ""


@lru_cache(maxsize=1024)
def _room(event_id: int, channel: str, language: str, audience: str) -> Room:
    """One for all who are in it: with its words it is as large as a fifth of a phone."""
    return Room(event_id, channel, View(language, audience))


def _left(sid: str, reason: Any = None) -> None:
    hub.leave(sid)
