"""The sockets: they only push. A phone says which page it has open and is put into that page's room."""

from typing import Any

from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room
from sqlalchemy import select

from openspace.access.guards import audience_of
from openspace.config import LANGUAGES
from openspace.events.models import Event
from openspace.extensions import db, socketio
from openspace.live import log
from openspace.live.fragments import View, knows
from openspace.live.hub import Room, hub


@socketio.on("connect")
def connect(auth: Any) -> None:
    """Seat the socket by the same rule as the page: members, the public of a public board, a projector's key."""
    asked = auth if isinstance(auth, dict) else {}
    event = db.session.scalar(select(Event).where(Event.slug == str(asked.get("event", ""))))
    channel, language = str(asked.get("channel", "")), str(asked.get("language", ""))
    if event is None or not knows(channel) or language not in LANGUAGES:
        raise ConnectionRefusedError("unknown")
    audience = audience_of(event, str(asked.get("key", "")))
    if audience is None:
        raise ConnectionRefusedError("forbidden")
    room = Room(event.id, channel, View(language, audience))
    join_room(room.name)
    # Only now, and in a fresh transaction: what is committed from here on reaches the room as a packet.
    db.session.rollback()
    revision = log.revision(room.event_id, channel)
    hub.enter(room, revision)
    _rooms[_sid()] = room
    socketio.emit("joined", {"channel": channel, "revision": revision}, to=_sid())
    db.session.remove()


@socketio.on("disconnect")
def disconnect(reason: Any = None) -> None:
    """Count the listener out."""
    room = _rooms.pop(_sid(), None)
    if room:
        hub.leave(room)


_rooms: dict[str, Room] = {}


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # set by Flask-SocketIO on its events
    return sid


def init_app(app: Flask, server: SocketIO) -> None:
    """Bind Socket.IO: WebSocket only, on gevent when gevent is at the wheel, for this origin only."""
    from gevent import monkey  # here because only the server and its tests need to know

    server.init_app(
        app,
        async_mode="gevent" if monkey.is_module_patched("socket") else "threading",
        transports=["websocket"],
        cors_allowed_origins=app.config["BASE_URL"] or None,
        ping_interval=25,
        ping_timeout=20,
        max_http_buffer_size=16 * 1024,
        # A board is a few kilobytes now and then: compressing for each phone costs more than it saves.
        websocket_compression=False,
        manage_session=False,
    )
