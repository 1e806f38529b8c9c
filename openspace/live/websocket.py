"""The server's side of a WebSocket. Writing never waits; wsproto parses what our short path for reading does not.

A connection has no greenlet: gevent's loop calls when something can be read. Bytes that the kernel does not take are
parked in memory, within bounds. A phone that exceeds these is cut off; it reconnects and catches up by GET.
"""

import socket
import time
import zlib
from collections.abc import Callable
from typing import Any

import gevent
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason, Opcode

from openspace.web import metrics

# How much may be parked for a phone, and for how long.
PARKED_BYTES = 256 * 1024
PARKED_SECONDS = 15.0
# The size of the kernel's send buffer for a phone; Linux doubles it.
KERNEL_BYTES = 64 * 1024
READ, WRITE = 1, 2
MASKED, COMPRESSED = 0x80, 0x40
# What a compressed message leaves out of its end (RFC 7692, section 7.2.1), and the least bytes that are compressed.
TAIL, WORTH = b"\x00\x00\xff\xff", 160
# The most bytes that are read at once.
RECEIVED = 64 * 1024
# How many received bytes are parsed at once, and the answer to a phone that offers compression: each message by itself.
PIECE = 1024
DEFLATE = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"


def framed(payload: bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    """A frame with this payload, unmasked as servers send it (RFC 6455, section 5.2)."""
    return _head(len(payload), opcode) + payload


def deflated(payload: bytes) -> bytes:
    """A frame with this text, compressed by itself (permessage-deflate without context takeover, RFC 7692)."""
    if len(payload) < WORTH:
        return framed(payload)
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    compressed = (deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)
    return _head(len(compressed), COMPRESSED | Opcode.TEXT) + compressed


def accepts_deflate(offers: str) -> bool:
    """Whether one of the `Sec-WebSocket-Extensions` that a phone offers is permessage-deflate with our window."""
    found = [[part.strip() for part in offer.split(";")] for offer in offers.split(",")]
    return any(
        name == "permessage-deflate" and not any(each.startswith("server_max_window_bits") for each in given)
        for name, *given in found
    )


def unframed(received: bytes, limit: int, *, deflates: bool = False) -> str | None:
    """The text, if the bytes are exactly one masked text frame of less than 64 KiB, as phones nearly always send.

    From a phone that `deflates` it may be compressed; None if it has more than `limit` bytes then.
    """
    is_compressed = deflates and bool(received) and bool(received[0] & COMPRESSED)
    begin = 8 if received[1:2] == b"\xfe" else 6
    mask, masked = received[begin - 4 : begin], received[begin:]
    kind = COMPRESSED | Opcode.TEXT if is_compressed else Opcode.TEXT
    if len(mask) < 4 or received[: begin - 4] != _head(len(masked), kind, MASKED):
        return None
    mask = (mask * (len(masked) // 4 + 1))[: len(masked)]
    message = (int.from_bytes(masked, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(masked), "big")
    try:
        return (_inflated(message, limit) if is_compressed else message).decode()
    except (UnicodeDecodeError, zlib.error):
        return None


def _inflated(message: bytes, limit: int) -> bytes:
    """The message without its compression, cut off one byte beyond the limit."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(message + TAIL, limit + 1)


def _head(size: int, opcode: int, masked: int = 0) -> bytes:
    if size < 126:
        return bytes((0x80 | opcode, masked | size))
    if size < 65536:
        return bytes((0x80 | opcode, masked | 126)) + size.to_bytes(2, "big")
    return bytes((0x80 | opcode, masked | 127)) + size.to_bytes(8, "big")


class WebSocket:
    """An open WebSocket. `on_message` is called with each text, and once with None at the end.

    It must neither wait nor raise, because gevent's loop calls it. A text of more than `limit` characters closes the
    connection. `deflates` says whether the phone has offered to take and send compressed messages.
    """

    __slots__ = (
        "_limit",
        "_on_message",
        "_parser",
        "_part",
        "_reads",
        "_socket",
        "_writes",
        "deflates",
        "parked",
        "send",
        "since",
    )

    # The version of all send lists (`rooms.SendList`). It grows when a WebSocket falls behind or has caught up. Lists
    # of older versions are then made anew.
    send_list_version = 0

    def __init__(
        self, plain: socket.socket, limit: int, on_message: Callable[[str | None], None], *, deflates: bool = False
    ) -> None:
        plain.setblocking(False)
        if plain.family != socket.AF_UNIX:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._socket, self._limit, self._on_message = plain, limit, on_message
        self.deflates = deflates
        # Made only for a phone that sends anything but single text frames: it would double the memory of a connection.
        self._parser: Connection | None = None
        self._part = ""
        self._writes: Any = None
        self._reads: Any = gevent.get_hub().loop.io(plain.fileno(), READ)
        self._reads.start(self._readable)
        # The socket's own method, which `Rooms` calls for many phones. To be used only while nothing is parked.
        self.send = plain.send
        self.parked: list[bytes] = []
        self.since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it can still be written to."""
        return self._on_message is not _nobody

    def write(self, frame: bytes) -> None:
        """Send a frame, and park what the kernel does not take now. A phone that exceeds the bounds is cut off."""
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
        """Keep bytes that could not be sent, until they can be. A phone for which too many are parked is cut off."""
        if sum(map(len, self.parked)) + len(rest) > PARKED_BYTES:
            self.cut()
            return
        self.parked.append(rest)
        if len(self.parked) > 1:
            return
        metrics.PARKED.inc()
        WebSocket.send_list_version += 1
        self.since = time.monotonic()
        self._writes = self._writes or gevent.get_hub().loop.io(self._socket.fileno(), WRITE)
        self._writes.start(self._writable)

    def is_overdue(self, now: float) -> bool:
        """Whether bytes have been parked for longer than `PARKED_SECONDS`. `now` is of the monotonic clock."""
        return bool(self.parked) and now - self.since > PARKED_SECONDS

    def cut(self) -> None:
        """Close the connection at once, without a close frame, and free what was parked."""
        if self.is_open:
            metrics.CUT.inc()
            self._hang_up()

    def close(self, code: int = CloseReason.NORMAL_CLOSURE) -> None:
        """Send a close frame with this code and close the connection."""
        self.write(framed(code.to_bytes(2, "big"), Opcode.CLOSE))
        self._hang_up()

    def _hang_up(self) -> None:
        if not self.is_open:
            return
        on_message, self._on_message = self._on_message, _nobody
        if self.parked:
            self.parked.clear()
            WebSocket.send_list_version += 1
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
        WebSocket.send_list_version += 1

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
            message = unframed(received, self._limit, deflates=self.deflates)
            if message is not None and len(message) <= self._limit:
                self._on_message(message)
                return
            self._parser = self._made_parser()
        # In short pieces, because the parser inflates each of them whole, to a thousand times as much at most.
        for begin in range(0, len(received), PIECE):
            self._parser.receive_data(received[begin : begin + PIECE])
            for event in self._parser.events():
                self._take(event)
            if not self.is_open:
                return

    def _made_parser(self) -> Connection:
        if not self.deflates:
            return Connection(ConnectionType.SERVER)
        extension = PerMessageDeflate()
        extension.accept(DEFLATE)
        return Connection(ConnectionType.SERVER, extensions=[extension])

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
            # wsproto reports violations of the protocol as this event too, with the code that names them.
            self.close(event.code if event.code != CloseReason.NO_STATUS_RCVD else CloseReason.NORMAL_CLOSURE)
        elif isinstance(event, BytesMessage):
            self.close(CloseReason.UNSUPPORTED_DATA)


def _nobody(message: str | None) -> None:
    """Ignore messages that arrive after the end."""
