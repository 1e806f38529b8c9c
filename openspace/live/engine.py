"""All code that depends on the internals of engine.io, so that a phone's WebSocket needs no greenlet and no queue.

Three things that it uses are not public, hence the bounds on the version of python-engineio in setup.cfg:

- the table of a driver (`engineio.async_drivers.gevent._async`), to hand it our WebSocket instead of simple-websocket,
  which loses bytes of a slow phone and buffers without bound;
- the class `engineio.socket.Socket`, to write without its queue, its writer greenlet and its ping greenlet per phone;
- the request's own socket in the WSGI environment, which simple-websocket uses too, to watch it in gevent's loop.

Where they are not as expected (another version, another mode, TLS in this process), engine.io's own code is used.
"""

import base64
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any
from weakref import WeakSet

import engineio
import gevent
from engineio import packet
from engineio.async_drivers import gevent as driver
from engineio.exceptions import EngineIOError
from gevent import monkey
from wsproto.utilities import generate_accept_token

from openspace.extensions import socketio
from openspace.live.websocket import DEFLATE, WebSocket, accepts_deflate, deflated, framed
from openspace.web import metrics

TESTED = ((4, 15), (4, 16))
PONG = str(packet.PONG)
# The only messages that our pages send: connect with an object, disconnect, close, and the event `probe` (packets of
# Engine.IO 4 and Socket.IO 5).
_SENSIBLE = re.compile(r"40(\{.*\})?|41|1|42\d{0,9}\[\"probe\"\]", re.DOTALL)
# A phone may send so many messages at once, and then one a second.
MOST_MESSAGES = 30
# Seconds within which a phone must connect to Socket.IO, and how many phones may be about to. That is more than a full
# hall whose network was away and which reconnects at once.
INTRODUCED_WITHIN, MOST_STRANGERS = 10.0, 6000
PING = packet.Packet(packet.PING)
# How many phones may be connected; the server lowers it to what its limit of open files allows.
most_phones = 65536
# A phone with more messages than this waiting to be handled is cut off.
MOST_WAITING = 64
# How many phones are pinged before other greenlets get a turn.
AT_A_TIME = 500

logger = logging.getLogger(__name__)
StockSocket: Any = engineio.socket.Socket
StockDriver = driver._async["websocket"]
# The phones that have not connected to Socket.IO yet. Kept as a set, because counting all sockets would be slow when
# thousands connect at once.
_strangers: WeakSet["PhoneSocket"] = WeakSet()


def install() -> bool:
    """Let engine.io use `PhoneSocket` and `Driver` from now on, if its version is one of `TESTED`. Returns whether."""
    found = tuple(int(part) for part in version("python-engineio").split(".")[:2])
    if TESTED[0] <= found < TESTED[1]:
        driver._async["websocket"] = Driver
        engineio.socket.Socket = PhoneSocket
    else:
        logger.warning("live: stock sockets, because engine.io is %s.%s: slower with many phones", *found)
    return is_installed()


def is_installed() -> bool:
    """Whether engine.io uses `PhoneSocket`."""
    return bool(engineio.socket.Socket is PhoneSocket)


class Driver:
    """Called by engine.io for an upgrade to WebSocket: takes the socket from the web server and answers."""

    def __init__(self, handler: Any, server: engineio.Server) -> None:
        self.handler, self.server = handler, server

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        patched, ends_by_exception = _socket_of(environ)
        phone = self.handler.__self__
        if patched is None or phone.connected or not isinstance(phone, PhoneSocket):
            stock: Iterable[bytes] = StockDriver(self.handler, self.server)(environ, start_response)
            return stock
        if refusal := _refusal(environ) or _no_place():
            phone.close(wait=False, abort=True)
            start_response(refusal, [("Sec-WebSocket-Version", "13"), ("Content-Length", "0")])
            return []
        plain = monkey.get_original("socket", "socket")(fileno=patched.detach())
        deflates = accepts_deflate(environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
        phone.attach(plain, _accepted(environ["HTTP_SEC_WEBSOCKET_KEY"], deflates=deflates), deflates=deflates)
        # engine.io keeps the request's environment while the phone is connected. Only the cookies are needed of it.
        cookies = environ.get("HTTP_COOKIE", "")
        environ.clear()
        environ["HTTP_COOKIE"] = cookies
        if ends_by_exception:
            raise StopIteration
        return []


def _socket_of(environ: dict[str, Any]) -> tuple[Any, bool]:
    """The request's socket, None if it cannot be taken over; and whether the web server then expects StopIteration."""
    if "gunicorn.socket" in environ:
        found, ends = environ["gunicorn.socket"], True
    else:
        body = environ["wsgi.input"]
        found, ends = getattr(getattr(getattr(body, "rfile", body), "raw", None), "_sock", None), False
    # A TLS socket cannot be taken over, because the kernel has only its encrypted bytes.
    return (None if hasattr(found, "cipher") else found), ends


def _refusal(environ: dict[str, Any]) -> str:
    """The HTTP status that refuses a malformed upgrade (RFC 6455, section 4.2.1); empty if it is well-formed."""
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return "426 Upgrade Required"
    try:
        fine = len(base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)) == 16
    except ValueError:
        fine = False
    return "" if fine else "400 Bad Request"


def phones() -> int:
    """How many phones are connected."""
    return len(socketio.server.eio.sockets) if socketio.server else 0


def _no_place() -> str:
    """The HTTP status that refuses a phone when too many are connected, or about to be; empty if there are not."""
    if len(_strangers) < MOST_STRANGERS and phones() <= most_phones:
        return ""
    metrics.SHUT_OUT.inc()
    return "503 Service Unavailable"


def _accepted(key: str, *, deflates: bool) -> bytes:
    """The head of the answer to an upgrade with this Sec-WebSocket-Key (RFC 6455, section 4.2.2)."""
    extension = f"Sec-WebSocket-Extensions: {DEFLATE}\r\n".encode() if deflates else b""
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + generate_accept_token(key.encode()) + b"\r\n" + extension + b"\r\n"
    )


class PhoneSocket(StockSocket):  # type: ignore[misc]  # engine.io carries no types
    """An engine.io socket that writes straight to its WebSocket. Without one it behaves as its base class."""

    websocket: WebSocket | None = None
    ping_due: float | None = None
    last_ping: float | None
    queue: Any
    closing: bool
    closed: bool

    def attach(self, plain: Any, greeting: bytes, *, deflates: bool = False) -> None:
        """Take over a socket from the web server. Sends `greeting` and the packets that engine.io has queued so far."""
        self.connected = self.upgraded = True
        self.waiting: list[str | None] = []
        self.attached_at = time.monotonic()
        self.messages = 0
        self.is_working = False
        _strangers.add(self)
        self.websocket = WebSocket(plain, self.server.max_http_buffer_size, self._arrived, deflates=deflates)
        while not self.queue.empty():
            greeting += _frame(self.queue.get(), self.websocket)
        self.queue = None
        self.websocket.write(greeting)

    @property
    def is_introduced(self) -> bool:
        """Whether it has connected to Socket.IO and was let in. The entrance in `sockets.py` sets it."""
        return self not in _strangers

    @is_introduced.setter
    def is_introduced(self, _: bool) -> None:
        _strangers.discard(self)

    def send(self, pkt: packet.Packet) -> None:
        """Send a packet to this phone."""
        if self.websocket is None:
            super().send(pkt)
        else:
            self.websocket.write(_frame(pkt, self.websocket))

    def schedule_ping(self) -> None:
        """Note when the next ping is due. The task `keep_alive` sends it."""
        self.last_ping = None
        self.ping_due = time.monotonic() + self.server.ping_interval

    def keep_alive(self, now: float) -> None:
        """Ping the phone if that is due. Close it if it did not answer, connect or read what was sent in time."""
        if self.closed or self.closing:
            return
        if self.websocket and self.websocket.is_overdue(now):
            self.websocket.cut()
        elif self.websocket and not self.is_introduced and now - self.attached_at > INTRODUCED_WITHIN:
            metrics.SHUT_OUT.inc()
            self.close(wait=False, reason=self.server.reason.PING_TIMEOUT)
        elif self.last_ping and now - self.last_ping > self.server.ping_timeout:
            self.close(wait=False, reason=self.server.reason.PING_TIMEOUT)
        elif self.ping_due and now >= self.ping_due:
            self.ping_due, self.last_ping = None, now
            self.send(PING)

    def check_ping_timeout(self) -> bool:
        """True always: engine.io asks this before it writes, but here `keep_alive` closes phones that do not answer."""
        return True

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Close the connection, after a `disconnect` event for the app. A second call does nothing."""
        if self.websocket is None:
            super().close(wait=wait, abort=abort, reason=reason)
        elif not self.closed and not self.closing:
            self.closing = True
            reason = reason or self.server.reason.SERVER_DISCONNECT
            self.server._trigger_event("disconnect", self.sid, reason, run_async=False)
            self.closed = True
            self.server.sockets.pop(self.sid, None)
            _strangers.discard(self)
            self.websocket.close()

    def _arrived(self, message: str | None) -> None:
        """Handle a message. gevent's loop calls this, so it must not wait: greenlets handle all but pongs, in order."""
        if message == PONG:
            self.schedule_ping()
            return
        self.messages += 1
        if message is not None and (not _is_sensible(message) or self._says_too_much()):
            metrics.MALFORMED.inc()
            # It is treated as if it had closed the connection. That is counted and not logged: one attacker sends many.
            message = None
        self.waiting.append(message)
        if len(self.waiting) > MOST_WAITING and self.websocket:
            self.websocket.cut()
        if not self.is_working:
            self.is_working = True
            gevent.spawn(self._work)

    def _says_too_much(self) -> bool:
        """Whether it has sent more than `MOST_MESSAGES`, and one a second since it connected."""
        return self.messages > MOST_MESSAGES + time.monotonic() - self.attached_at

    def _work(self) -> None:
        while self.waiting:
            message = self.waiting.pop(0)
            try:
                if message is None:
                    self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
                else:
                    self.receive(packet.Packet(encoded_packet=message))
            except (EngineIOError, ValueError):
                # The message is no packet of engine.io.
                self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)
        self.is_working = False


def _is_sensible(message: str) -> bool:
    """Whether one of our pages can have sent the message."""
    if not _SENSIBLE.fullmatch(message):
        return False
    try:
        return not message.startswith("40{") or isinstance(json.loads(message[2:]), dict)
    except (ValueError, RecursionError):
        return False


def _frame(pkt: packet.Packet, websocket: WebSocket) -> bytes:
    encoded = pkt.encode()
    payload = encoded.encode() if isinstance(encoded, str) else encoded
    return deflated(payload) if websocket.deflates else framed(payload)


def keep_alive(server: engineio.Server) -> None:
    """Ping all phones when it is time, in one endless task."""
    while True:
        gevent.sleep(1)
        for number, phone in enumerate(list(server.sockets.values()), 1):
            try:
                phone.keep_alive(time.monotonic())
            except EngineIOError:
                logger.exception("live: a phone could not be pinged")
            if number % AT_A_TIME == 0:
                gevent.sleep(0)
