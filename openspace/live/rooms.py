"""Socket.IO's rooms, made fast: a packet for a room is encoded once, and its bytes are written to each WebSocket."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import gevent
from engineio import packet as engine
from socketio import Manager, packet

from openspace.live.websocket import WebSocket, deflated, framed

# How many WebSockets are written to before other greenlets get a turn.
AT_A_TIME = 500


class SendList(NamedTuple):
    """A cached list of a room's WebSockets and their `send` methods, in the same order.

    It is valid while `WebSocket.send_list_version` equals `version`.
    """

    version: int
    websockets: list[WebSocket]
    sends: list[Any]


class Members(NamedTuple):
    """The members of a room: those who take compressed frames, those who do not, and the engine.io ids of the others,
    who are without a WebSocket of ours."""

    deflating: SendList
    plain: SendList
    others: list[str]


class Rooms(Manager):  # type: ignore[misc]  # python-socketio carries no types
    """A manager of Socket.IO's rooms that sends plain packets to whole rooms itself. `Manager` does the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._send_lists: dict[str, Members] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Add a phone to a room. Socket.IO's room for each single phone (named `sid`) is left out, to save memory."""
        if room == sid:
            return
        self._send_lists.pop(str(room), None)
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Remove a phone from a room."""
        self._send_lists.pop(str(room), None)
        super().basic_leave_room(sid, namespace, room)

    def get_participants(self, namespace: str, room: Any) -> Iterable[tuple[str, str]]:
        """The members of a room as pairs of Socket.IO id and engine.io id, as `Manager` asks for them."""
        return list(self._members(namespace, room).items())

    def emit(self, event: str, data: Any, namespace: str, room: str | None = None, **more: Any) -> None:
        """Send an event to all members of a room. Other greenlets get a turn after every `AT_A_TIME` members."""
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
        payload, found = message.encode().encode(), self._send_list(str(room), members)
        if found.deflating.sends:
            _send(deflated(payload), found.deflating)
        if found.plain.sends:
            _send(framed(payload), found.plain)
        for eio_sid in found.others:
            self.server._send_eio_packet(eio_sid, message)

    def _members(self, namespace: str, room: Any) -> Mapping[str, str]:
        """The members of a room, engine.io id by Socket.IO id. A phone's own id is a room of that phone alone."""
        rooms = self.rooms.get(namespace, {})
        alone = rooms.get(None, {}).get(room)
        found: Mapping[str, str] = {room: alone} if alone else rooms.get(room, {})
        return found

    def _send_list(self, room: str, members: Any) -> Members:
        """The room's cached send lists, made anew if they are of an older version."""
        found = self._send_lists.get(room)
        if found and found.plain.version == WebSocket.send_list_version:
            return found
        sockets = {ident: self.server.eio.sockets.get(ident) for ident in members.values()}
        found_by = {ident: getattr(phone, "websocket", None) for ident, phone in sockets.items() if phone}
        ours = [websocket for websocket in found_by.values() if websocket]
        made = Members(
            _listed([websocket for websocket in ours if websocket.deflates]),
            _listed([websocket for websocket in ours if not websocket.deflates]),
            [ident for ident, websocket in found_by.items() if websocket is None],
        )
        self._send_lists[room] = made
        return made


def _listed(websockets: list[WebSocket]) -> SendList:
    """These WebSockets as a send list, those for which bytes are parked last."""
    free = [each for each in websockets if not each.parked]
    behind = [each for each in websockets if each.parked]
    sends = [each.send for each in free] + [each.write for each in behind]
    return SendList(WebSocket.send_list_version, free + behind, sends)


def _send(frame: bytes, send_list: SendList) -> None:
    """Write a frame to all WebSockets of the list without waiting; what the kernel does not take is parked."""
    size = len(frame)
    for first in range(0, len(send_list.sends), AT_A_TIME):
        if first:
            gevent.sleep(0)
        if WebSocket.send_list_version != send_list.version:
            # A WebSocket fell behind or caught up meanwhile: a bare `send` could get ahead of what is parked for it.
            for websocket in send_list.websockets[first:]:
                websocket.write(frame)
            return
        for place, send in enumerate(send_list.sends[first : first + AT_A_TIME], first):
            try:
                sent = send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                send_list.websockets[place].cut()
                continue
            if sent is not None and sent < size:
                send_list.websockets[place].park(frame[sent:])
