"""Processes, phones, and a network between them that drops, delays, doubles and reorders.

Real hubs, real log, real catch-up; a phone does what static/js/live.js and channel.js do.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from openspace.live.fragments import View
from openspace.live.hub import Hub, OpenPage, Room
from tests.live.page import Page


@dataclass
class Followed:
    """One channel of an open page, as static/js/channel.js follows it."""

    name: str
    revision: int
    wanted: int = 0
    asks: bool = False
    # The answer to its request, while that is under way.
    answer: dict[str, Any] | None = None

    def catch_up_to(self, revision: int) -> None:
        """Request a catch-up, unless an answer is under way; if that is too old, request again when it has come."""
        if revision != self.revision:
            self.wanted = max(self.wanted, revision)
            self.asks = True


@dataclass
class Phone:
    """An open page and the channels it follows over one socket."""

    view: View
    page: Page
    channels: dict[str, Followed]
    process: "Process | None" = None
    # Packets of the socket that are under way to the phone.
    packets: list[dict[str, Any]] = field(default_factory=list)
    reloads: bool = False

    def joined(self, revisions: dict[str, int]) -> None:
        """Take the revisions that the server tells a phone whose socket joins its rooms."""
        for name, revision in revisions.items():
            self.channels[name].catch_up_to(revision)

    def take(self, packet: dict[str, Any]) -> None:
        """Apply a packet, from the socket or as an answer."""
        followed = self.channels[packet["channel"]]
        if packet.get("reload"):
            self.reloads = True
        elif packet["to"] <= followed.revision:
            return
        elif packet["from"] > followed.revision:
            followed.catch_up_to(packet["to"])
        else:
            # Until the page is reloaded, it applies the patches it can.
            self.reloads = self.reloads or any(ident == "page" for ident, _ in packet["patches"])
            followed.revision = packet["to"]
            self.page.apply([patch for patch in packet["patches"] if patch[0] != "page"])

    def asking(self) -> list[Followed]:
        """Return the channels that want a catch-up and have no answer under way."""
        return [followed for followed in self.channels.values() if followed.asks and not followed.answer]

    def answered(self) -> list[Followed]:
        """Return the channels with an answer under way."""
        return [followed for followed in self.channels.values() if followed.answer]

    def take_answer(self, followed: Followed) -> None:
        """Let the answer to the request of a channel arrive."""
        packet, followed.answer = followed.answer, None
        assert packet is not None
        self.take(packet)
        if followed.revision < followed.wanted and not self.reloads:
            followed.asks = True


class Process:
    """A server process: its hub, and the phones that are connected to it."""

    def __init__(self) -> None:
        self.hub = Hub(self)
        self.phones: dict[str, Phone] = {}

    def connect(self, phone: Phone, event_id: int, door) -> None:
        """Seat the phone, as live/sockets.py does."""
        sid = str(id(phone))
        self.phones[sid] = phone
        phone.process = self
        rooms = tuple(Room(event_id, name, phone.view) for name in phone.channels)
        phone.joined(self.hub.enter(sid, OpenPage(rooms, "", "", phone.view.audience), door))

    def lose(self, phone: Phone) -> None:
        """Drop the phone's socket, with the packets under way."""
        sid = str(id(phone))
        del self.phones[sid]
        self.hub.leave(sid)
        phone.process = None
        phone.packets.clear()

    def emit(self, name: str, packet: dict[str, Any], to: str) -> None:
        """Send a packet of the hub into the network."""
        assert name == "changes"
        sent = json.loads(json.dumps(packet))
        for sid, phone in self.phones.items():
            if any(room.name == to for room in self.hub._pages[sid].rooms):
                phone.packets.append(sent)

    def disconnect(self, sid: str) -> None:
        """Disconnect a phone."""
        self.lose(self.phones[sid])
