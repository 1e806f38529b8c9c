"""Who gets which packet: a packet for a room is made once, and the same bytes are written to each phone."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import gevent
from engineio import packet as engine
from socketio import Manager, packet

from openspace.live.websocket import WebSocket, framed

AT_A_TIME = 500


class Crowd(NamedTuple):
    """A room laid flat: its WebSockets with their bare `send`s, good for as long as `turn` stands."""

    turn: int
    websockets: list[WebSocket]
    sends: list[Any]
    others: list[str]


class Rooms(Manager):  # type: ignore[misc]  # python-socketio carries no types
    """Socket.IO's rooms. What is not a plain packet to a whole room goes the stock way."""

    def __init__(self) -> None:
        super().__init__()
        self._crowds: dict[str, Crowd] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Let a phone in; not into a room of its own as well, which is named as it is."""
        if room == sid:
            return
        self._crowds.pop(str(room), None)
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Let a phone out."""
        self._crowds.pop(str(room), None)
        super().basic_leave_room(sid, namespace, room)

    def get_participants(self, namespace: str, room: Any) -> Iterable[tuple[str, str]]:
        """Who is in the room, for the stock way."""
        return list(self._members(namespace, room).items())

    def emit(self, event: str, data: Any, namespace: str, room: str | None = None, **more: Any) -> None:
        """Send to everybody in the room; between some hundreds others get a turn."""
        room = more.pop("to", None) or room
        members = self._members(namespace, room)
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, data]).encode()
        is_plain = namespace == "/" and isinstance(room, str) and isinstance(encoded, str)
        if not is_plain or not members or any(more.values()):
            super().emit(event, data, namespace, room=room, **more)
            return
        message = engine.Packet(engine.MESSAGE, encoded)
        if len(members) == 1:
            self.server._send_eio_packet(next(iter(members.values())), message)
            return
        crowd = self._crowd(str(room), members)
        _send(framed(message.encode().encode()), crowd)
        for eio_sid in crowd.others:
            self.server._send_eio_packet(eio_sid, message)

    def _members(self, namespace: str, room: Any) -> Mapping[str, str]:
        """Who is in the room, or the one phone whose name it is."""
        rooms = self.rooms.get(namespace, {})
        alone = rooms.get(None, {}).get(room)
        found: Mapping[str, str] = {room: alone} if alone else rooms.get(room, {})
        return found

    def _crowd(self, room: str, members: Any) -> Crowd:
        found = self._crowds.get(room)
        if found and found.turn == WebSocket.turns:
            return found
        sockets = {ident: self.server.eio.sockets.get(ident) for ident in members.values()}
        found_by = {ident: getattr(phone, "websocket", None) for ident, phone in sockets.items() if phone}
        free = [w for w in found_by.values() if w and not w.parked]
        behind = [w for w in found_by.values() if w and w.parked]
        made = Crowd(
            WebSocket.turns,
            free + behind,
            [w.send for w in free] + [w.write for w in behind],
            [ident for ident, w in found_by.items() if w is None],
        )
        self._crowds[room] = made
        return made


def _send(frame: bytes, crowd: Crowd) -> None:
    size = len(frame)
    for first in range(0, len(crowd.sends), AT_A_TIME):
        if first:
            gevent.sleep(0)
        if WebSocket.turns != crowd.turn:
            # Somebody fell behind or caught up: a bare send could now cut into what is parked.
            for websocket in crowd.websockets[first:]:
                websocket.write(frame)
            return
        for place, send in enumerate(crowd.sends[first : first + AT_A_TIME], first):
            try:
                sent = send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                crowd.websockets[place].cut()
                continue
            if sent is not None and sent < size:
                crowd.websockets[place].park(frame[sent:])
