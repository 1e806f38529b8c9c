"""All that touches the inside of engine.io, so that a phone's WebSocket costs neither a greenlet nor a queue.

Three things are not public there, hence the bounds on its version in setup.cfg:

- the table of a driver (`engineio.async_drivers.gevent._async`), to hand it our WebSocket instead of simple-websocket,
  which loses bytes of a slow phone and buffers without bound;
- the class `engineio.socket.Socket`, to write without its queue, its writer greenlet and its ping greenlet per phone;
- the request's own socket in the WSGI environment, as simple-websocket takes it too, to give it to gevent's loop.

Where they are not as expected (another version, another mode, TLS ending here), the stock way is taken.
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

from openspace.live.websocket import WebSocket, framed
from openspace.web import metrics

TESTED = ((4, 15), (4, 16))
PONG = str(packet.PONG)
# All that a phone has to say: who it is, whether its socket lives, and goodbye (Engine.IO 4, Socket.IO 5).
_SENSIBLE = re.compile(r"40(\{.*\})?|41|1|42\d{0,9}\[\"probe\"\]", re.DOTALL)
# So many messages at once, and then one a second.
MOST_MESSAGES = 30
# Seconds within which a phone says who it is, and how many may be about to at a time:
# more than a full hall that comes back at once after its network was away.
INTRODUCED_WITHIN, MOST_STRANGERS = 10.0, 6000
PING = packet.Packet(packet.PING)
MOST_WAITING = 64
AT_A_TIME = 500

logger = logging.getLogger(__name__)
StockSocket: Any = engineio.socket.Socket
StockDriver = driver._async["websocket"]
# The phones that have not said yet who they are: counted as they come and go, for thousands may come at once.
_strangers: WeakSet["PhoneSocket"] = WeakSet()


def install() -> bool:
    """Let engine.io make our sockets from now on, if its inside is known."""
    found = tuple(int(part) for part in version("python-engineio").split(".")[:2])
    if TESTED[0] <= found < TESTED[1]:
        driver._async["websocket"] = Driver
        engineio.socket.Socket = PhoneSocket
    else:
        logger.warning("live: stock sockets, for engine.io is %s.%s: slower with many phones", *found)
    return is_installed()


def is_installed() -> bool:
    """Whether engine.io makes our sockets."""
    return bool(engineio.socket.Socket is PhoneSocket)


class Driver:
    """What engine.io's gevent driver calls for a WebSocket: shakes hands, then takes the socket from the web server."""

    def __init__(self, handler: Any, server: engineio.Server) -> None:
        self.handler, self.server = handler, server

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        patched, ends_by_exception = _socket_of(environ)
        phone = self.handler.__self__
        if patched is None or phone.connected or not isinstance(phone, PhoneSocket):
            stock: Iterable[bytes] = StockDriver(self.handler, self.server)(environ, start_response)
            return stock
        if refusal := _refusal(environ) or _crowded():
            phone.close(wait=False, abort=True)
            start_response(refusal, [("Sec-WebSocket-Version", "13"), ("Content-Length", "0")])
            return []
        plain = monkey.get_original("socket", "socket")(fileno=patched.detach())
        phone.attach(plain, _accepted(environ["HTTP_SEC_WEBSOCKET_KEY"]))
        # Of the request only this is needed; the rest would be kept for as long as the phone stays.
        cookies = environ.get("HTTP_COOKIE", "")
        environ.clear()
        environ["HTTP_COOKIE"] = cookies
        if ends_by_exception:
            raise StopIteration
        return []


def _socket_of(environ: dict[str, Any]) -> tuple[Any, bool]:
    """The request's socket as each web server hands it on, and whether that server expects StopIteration after."""
    if "gunicorn.socket" in environ:
        found, ends = environ["gunicorn.socket"], True
    else:
        body = environ["wsgi.input"]
        found, ends = getattr(getattr(getattr(body, "rfile", body), "raw", None), "_sock", None), False
    # On TLS the bytes are not the kernel's: that socket cannot be taken over.
    return (None if hasattr(found, "cipher") else found), ends


def _refusal(environ: dict[str, Any]) -> str:
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return "426 Upgrade Required"
    try:
        fine = len(base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)) == 16
    except ValueError:
        fine = False
    return "" if fine else "400 Bad Request"


def _crowded() -> str:
    if len(_strangers) < MOST_STRANGERS:
        return ""
    metrics.SHUT_OUT.inc()
    return "503 Service Unavailable"


def _accepted(key: str) -> bytes:
    """The server's handshake (RFC 6455, section 4.2.2)."""
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + generate_accept_token(key.encode()) + b"\r\n\r\n"
    )


class PhoneSocket(StockSocket):  # type: ignore[misc]  # engine.io carries no types
    """An engine.io socket that writes straight to its WebSocket; without one it is the stock socket."""

    websocket: WebSocket | None = None
    ping_due: float | None = None
    last_ping: float | None
    queue: Any
    closing: bool
    closed: bool

    def attach(self, plain: Any, greeting: bytes) -> None:
        """Take a WebSocket over from the web server: greet, and send what has been waiting for it."""
        self.connected = self.upgraded = True
        self.waiting: list[str | None] = []
        self.attached_at = time.monotonic()
        self.messages = 0
        self.is_working = False
        _strangers.add(self)
        self.websocket = WebSocket(plain, self.server.max_http_buffer_size, self._arrived)
        while not self.queue.empty():
            greeting += _frame(self.queue.get())
        self.queue = None
        self.websocket.write(greeting)

    @property
    def is_introduced(self) -> bool:
        """Whether it has said who it is and was let in: the entrance in `sockets.py` sets it."""
        return self not in _strangers

    @is_introduced.setter
    def is_introduced(self, _: bool) -> None:
        _strangers.discard(self)

    def send(self, pkt: packet.Packet) -> None:
        """Send one packet to this phone alone."""
        if self.websocket is None:
            super().send(pkt)
        else:
            self.websocket.write(_frame(pkt))

    def schedule_ping(self) -> None:
        """Note when the next ping is due: one task pings all."""
        self.last_ping = None
        self.ping_due = time.monotonic() + self.server.ping_interval

    def keep_alive(self, now: float) -> None:
        """Ping if it is time, and let go of whoever does not answer or does not catch up."""
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
        """Stock asks this before it writes; `keep_alive` has seen to it."""
        return True

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Tell the app that the phone is gone, once, and hang up."""
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
        """Called by gevent's loop, which must not wait: whatever is more than a pong goes to a greenlet, in order."""
        if message == PONG:
            self.schedule_ping()
            return
        self.messages += 1
        if message is not None and (not _is_sensible(message) or self._says_too_much()):
            metrics.MALFORMED.inc()
            # As if it had hung up. Not logged, but counted: who sends such things sends many.
            message = None
        self.waiting.append(message)
        if len(self.waiting) > MOST_WAITING and self.websocket:
            self.websocket.cut()
        if not self.is_working:
            self.is_working = True
            gevent.spawn(self._work)

    def _says_too_much(self) -> bool:
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
                # Not engine.io, whatever it is.
                self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)
        self.is_working = False


def _is_sensible(message: str) -> bool:
    if not _SENSIBLE.fullmatch(message):
        return False
    try:
        return not message.startswith("40{") or isinstance(json.loads(message[2:]), dict)
    except (ValueError, RecursionError):
        return False


def _frame(pkt: packet.Packet) -> bytes:
    encoded = pkt.encode()
    return framed(encoded.encode() if isinstance(encoded, str) else encoded)


def keep_alive(server: engineio.Server) -> None:
    """The one task that pings all phones."""
    while True:
        gevent.sleep(1)
        for number, phone in enumerate(list(server.sockets.values()), 1):
            try:
                phone.keep_alive(time.monotonic())
            except EngineIOError:
                logger.exception("live: a phone could not be pinged")
            if number % AT_A_TIME == 0:
                gevent.sleep(0)
