"""Processes, phones, and a network between them that drops, delays, doubles and reorders.

Real hubs, real log, real catch-up; the phone follows static/js/live.js line by line.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from openspace.live.fragments import View
from openspace.live.hub import Hub, OpenPage, Room
from tests.live.page import Page


@dataclass
class Phone:
    """A phone with the board open."""

    view: View
    page: Page
    revision: int
    process: "Process | None" = None
    # Under way to the phone: packets of the socket, and the answer to its request.
    packets: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    wanted: int = 0
    asks: bool = False
    reloads: bool = False

    def joined(self, revision: int) -> None:
        """Take the revision that the server tells a phone that joins a room."""
        if revision != self.revision:
            self.catch_up_to(revision)

    def take(self, packet: dict[str, Any]) -> None:
        """Apply a packet, from the socket or as an answer."""
        if packet.get("reload"):
            self.reloads = True
        elif packet["to"] <= self.revision:
            return
        elif packet["from"] > self.revision:
            self.catch_up_to(packet["to"])
        else:
            # Until the page is reloaded, it applies the patches it can.
            self.reloads = self.reloads or any(ident == "page" for ident, _ in packet["patches"])
            self.revision = packet["to"]
            self.page.apply([patch for patch in packet["patches"] if patch[0] != "page"])

    def catch_up_to(self, revision: int) -> None:
        """Request a catch-up, unless an answer is under way; if that is too old, request again when it has come."""
        self.wanted = max(self.wanted, revision)
        self.asks = True

    def take_answer(self) -> None:
        """Let the answer to the request arrive."""
        packet, self.answer = self.answer, None
        assert packet is not None
        self.take(packet)
        if self.revision < self.wanted and not self.reloads:
            self.asks = True


class Process:
    """A server process: its hub, and the phones that are connected to it."""

    def __init__(self) -> None:
        self.hub = Hub(self)
        self.phones: dict[str, Phone] = {}

    def connect(self, phone: Phone, room: Room, door) -> None:
        """Join the phone to a room, as `live/sockets.py` does."""
        sid = str(id(phone))
        self.phones[sid] = phone
        phone.process = self
        phone.joined(self.hub.enter(sid, OpenPage(room, "", "", room.view.audience), door))

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
            if self.hub._pages[sid].room.name == to:
                phone.packets.append(sent)

    def disconnect(self, sid: str) -> None:
        """Disconnect a phone."""
        self.lose(self.phones[sid])
