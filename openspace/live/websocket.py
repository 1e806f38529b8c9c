"""One phone's WebSocket as the server holds it: written to without ever waiting, and read through wsproto at need.

There is no greenlet for a phone: gevent's loop calls when something can be read. What the kernel does not take is
parked, within bounds; a phone that exceeds them is cut, comes back, and catches up by GET.
"""

import socket
import time
from collections.abc import Callable
from typing import Any

import gevent
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason, Opcode

from openspace.web import metrics

PARKED_BYTES = 256 * 1024
PARKED_SECONDS = 15.0
# The kernel's side of the same bound; Linux doubles it.
KERNEL_BYTES = 64 * 1024
READ, WRITE = 1, 2
MASKED = 0x80
RECEIVED = 64 * 1024


def framed(payload: bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    """A whole unmasked frame, as a server sends it (RFC 6455, section 5.2)."""
    return _head(len(payload), opcode) + payload


def unframed(received: bytes) -> str | None:
    """The text of a whole masked frame of less than 64 KiB, as nearly all that phones send; None if it is not that."""
    begin = 8 if received[1:2] == b"\xfe" else 6
    mask, masked = received[begin - 4 : begin], received[begin:]
    if len(mask) < 4 or received[: begin - 4] != _head(len(masked), Opcode.TEXT, MASKED):
        return None
    mask = (mask * (len(masked) // 4 + 1))[: len(masked)]
    try:
        return (int.from_bytes(masked, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(masked), "big").decode()
    except UnicodeDecodeError:
        return None


def _head(size: int, opcode: Opcode, masked: int = 0) -> bytes:
    if size < 126:
        return bytes((0x80 | opcode, masked | size))
    if size < 65536:
        return bytes((0x80 | opcode, masked | 126)) + size.to_bytes(2, "big")
    return bytes((0x80 | opcode, masked | 127)) + size.to_bytes(8, "big")


class WebSocket:
    """An open WebSocket. `on_message` gets each text, and None once at the end; it must neither wait nor raise."""

    __slots__ = ("_limit", "_on_message", "_parser", "_part", "_reads", "_socket", "_writes", "parked", "send", "since")

    # How often any phone has fallen behind or caught up: a list of `send`s is good while this stands still.
    turns = 0

    def __init__(self, plain: socket.socket, limit: int, on_message: Callable[[str | None], None]) -> None:
        plain.setblocking(False)
        if plain.family != socket.AF_UNIX:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._socket, self._limit, self._on_message = plain, limit, on_message
        # Made for who sends anything but a whole text at a time: it would double what a phone takes in memory.
        self._parser: Connection | None = None
        self._part = ""
        self._writes: Any = None
        self._reads: Any = gevent.get_hub().loop.io(plain.fileno(), READ)
        self._reads.start(self._readable)
        # The bare call, for whoever writes to many: see `Rooms`. Only while nothing is parked.
        self.send = plain.send
        self.parked: list[bytes] = []
        self.since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it can still be written to."""
        return self._on_message is not _nobody

    def write(self, frame: bytes) -> None:
        """Send a frame, or park what the kernel does not take now. A phone past its bounds is cut."""
        if not self.is_open:
            return
        if self.parked:
            self.park(frame)
            return
        try:
            sent = self.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent < len(frame):
            self.park(frame[sent:])

    def park(self, rest: bytes) -> None:
        """Keep what could not be sent, until it can."""
        if sum(map(len, self.parked)) + len(rest) > PARKED_BYTES:
            self.cut()
            return
        self.parked.append(rest)
        if len(self.parked) > 1:
            return
        metrics.PARKED.inc()
        WebSocket.turns += 1
        self.since = time.monotonic()
        self._writes = self._writes or gevent.get_hub().loop.io(self._socket.fileno(), WRITE)
        self._writes.start(self._writable)

    def is_overdue(self, now: float) -> bool:
        """Whether the phone has not caught up for too long."""
        return bool(self.parked) and now - self.since > PARKED_SECONDS

    def cut(self) -> None:
        """Give the phone up at once and free what was parked for it."""
        if self.is_open:
            metrics.CUT.inc()
            self._hang_up()

    def close(self, code: int = CloseReason.NORMAL_CLOSURE) -> None:
        """Say goodbye and hang up."""
        self.write(framed(code.to_bytes(2, "big"), Opcode.CLOSE))
        self._hang_up()

    def _hang_up(self) -> None:
        if not self.is_open:
            return
        on_message, self._on_message = self._on_message, _nobody
        if self.parked:
            self.parked.clear()
            WebSocket.turns += 1
        if self._writes:
            self._writes.close()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            self._forget()
        on_message(None)

    def _forget(self) -> None:
        self._reads.close()
        self._socket.close()

    def _writable(self) -> None:
        while self.parked:
            try:
                sent = self.send(self.parked[0])
            except BlockingIOError:
                return
            except OSError:
                self.cut()
                return
            self.parked[0] = self.parked[0][sent:]
            if not self.parked[0]:
                del self.parked[0]
        self._writes.stop()
        WebSocket.turns += 1

    def _readable(self) -> None:
        try:
            received = self._socket.recv(RECEIVED)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self._hang_up()
            self._forget()
            return
        if not self.is_open:
            return
        if self._parser is None:
            message = unframed(received)
            if message is not None and len(message) <= self._limit:
                self._on_message(message)
                return
            self._parser = Connection(ConnectionType.SERVER)
        self._parser.receive_data(received)
        for event in self._parser.events():
            self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, TextMessage):
            self._part += event.data
            if len(self._part) > self._limit:
                self.close(CloseReason.MESSAGE_TOO_BIG)
            elif event.message_finished:
                message, self._part = self._part, ""
                self._on_message(message)
        elif isinstance(event, Ping):
            self.write(framed(bytes(event.payload), Opcode.PONG))
        elif isinstance(event, CloseConnection):
            # Also what breaks the protocol comes as this event, with the code that says how.
            self.close(event.code if event.code != CloseReason.NO_STATUS_RCVD else CloseReason.NORMAL_CLOSURE)
        elif isinstance(event, BytesMessage):
            self.close(CloseReason.UNSUPPORTED_DATA)


def _nobody(message: str | None) -> None:
    """Who hears of messages after the end."""
