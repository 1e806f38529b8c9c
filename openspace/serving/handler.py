"""HTTP/1.1 of gevent for the embedded server and gunicorn's workers, with deadlines, bounds and strict framing.

gevent waits without limit for a head, for a body, and for a client to take an answer; here each has a deadline
(`waiting`). A head that two servers could read differently is refused (RFC 9112, section 11.2).
"""

import errno
import logging
import re
from contextlib import suppress
from functools import partial
from http.client import HTTPMessage
from io import BytesIO
from typing import Any

import gevent
from gevent.pywsgi import OldMessage, WSGIHandler, WSGIServer

from openspace.serving import waiting
from openspace.serving.body import MOST_DISCARDED, Body, discard
from openspace.serving.waiting import TooSlow
from openspace.web import metrics

# Seconds until a server that can accept no more connections looks again.
FULL_SECONDS = 0.02
# In bytes.
MOST_LINE, MOST_HEAD = 8192, 32 * 1024
MOST_HEADERS = 100
# How much of a connection is read at once: one head. Each connection keeps so much memory while it is not idle.
READ_AHEAD = 2048
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
# A person who searched for a whole page of text may see this. In all languages, for the head that tells theirs is not
# read.
_TOO_LARGE = (
    "Ця адреса задовга. Скоротіть її, будь ласка.\nThis address is too long. Please shorten it.\n"
    "Diese Adresse ist zu lang. Bitte kürzen.\nЭтот адрес слишком длинный. Сократите его, пожалуйста.\n"
).encode()
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(_TOO_LARGE), _TOO_LARGE)
)
# Headers that may come only once, for they decide where a request ends or which host it is for.
_ONCE = ("Content-Length", "Transfer-Encoding", "Host")
# The request's line, and headers with a name (RFC 9110, section 5.6.2) on one line each.
_HEAD = re.compile(rb"[^\r\n\0]+\r?\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r?\n)*")


class HeadTooLarge(Exception):
    """The head of a request exceeds `MOST_LINE` or `MOST_HEAD`."""


class Server(WSGIServer):  # type: ignore[misc]  # gevent carries no types
    """gevent's server with our `Handler`, as the embedded server and as gunicorn's worker make it."""

    # How many connections there are, phones that listen left out.
    lines = 0

    def full(self) -> bool:
        """Whether no more connections can be accepted now. While files are running out, they wait in the kernel."""
        if waiting.has_room(self.lines):
            return self.pool is not None and bool(self.pool.full())
        gevent.spawn_later(FULL_SECONDS, self._start_accepting_if_started)
        return True

    def do_handle(self, *line: Any) -> None:
        """Serve an accepted connection."""
        self.lines += 1
        try:
            self._spawn(self._serve, *line)
        except BaseException:
            self._end(*line)
            raise

    def _serve(self, connection: Any, address: Any) -> None:
        """Answer requests until there is none to read, then leave the connection to `waiting` or close it.

        The next byte begins a new greenlet: an idle one would keep its stack and buffers, 20 KiB for each connection.
        """
        is_watched = False
        try:
            if Handler(connection, address, self).answer_all():
                # Through a greenlet of its own, because a worker's pool may have to be waited for.
                wake = partial(gevent.spawn, self._spawn, self._serve, connection, address)
                is_watched = waiting.watch(connection, wake)
        finally:
            if not is_watched:
                self._end(connection, address)

    def _end(self, connection: Any, address: Any) -> None:
        self.lines -= 1
        self.do_close(connection, address)

    def __init__(self, listener: Any, application: Any, *, spawn: Any = "default", environ: Any = None, **_: Any):
        super().__init__(
            listener,
            application,
            spawn=spawn,
            environ=environ,
            log=None,
            error_log=logging.getLogger("server"),
            handler_class=Handler,
        )
        # With a pool, gevent has put the method of that in the place of ours.
        self.__dict__.pop("full", None)


class Handler(WSGIHandler):  # type: ignore[misc]  # gevent carries no types
    """Handles the requests of one connection, one after the other."""

    is_new = True
    socket: Any
    wsgi_input: Any

    def __init__(self, sock: Any, *more: Any, **options: Any) -> None:
        super().__init__(sock, *more, **options)
        self.rfile = sock.makefile("rb", READ_AHEAD)

    def answer_all(self) -> bool:
        """Answer the requests that can be read. Returns whether the connection is still open, for further ones."""
        self.is_idle = False
        self.handle()
        return self.is_idle

    def log_request(self) -> None:
        """Do not log requests: formatting lines that nobody reads costs time."""

    def handle_one_request(self) -> Any:
        """Wait for a request's head, then have the request answered. Returns what gevent's own method does."""
        try:
            self.head = self._receive_head()
        except HeadTooLarge:
            metrics.REFUSED.labels("head").inc()
            return self._refuse(TOO_LARGE)
        except TooSlow:
            metrics.REFUSED.labels("slow").inc()
            return None
        except (OSError, ValueError):
            # The client has gone, or the stream has been closed.
            return None
        result = super().handle_one_request()
        # A refusal comes back as its status and bytes, which gevent would send without a deadline.
        return self._refuse(result[1]) if isinstance(result, tuple) else result

    def _refuse(self, answer: bytes) -> None:
        with suppress(TooSlow, OSError), waiting.on(self.socket, waiting.HEAD_SECONDS):
            self.socket.sendall(answer)
            discard(self.socket, MOST_DISCARDED)

    def _receive_head(self) -> BytesIO:
        if not self.is_new and not self._has_more():
            # gevent closes the socket that it finds here at the end; without one, the connection stays open.
            self.is_idle, self.socket = True, None
            return BytesIO()
        self.is_new = False
        head = BytesIO()
        with waiting.on(self.socket, waiting.HEAD_SECONDS):
            while (line := self.rfile.readline(MOST_LINE)) not in {b"", b"\r\n", b"\n"}:
                head.write(line)
                if len(line) >= MOST_LINE or head.tell() > MOST_HEAD:
                    raise HeadTooLarge
        if not line:
            # The end of the stream: nothing, or half a head.
            return BytesIO()
        head.seek(0)
        return head

    def _has_more(self) -> bool:
        """Whether another request can be read right now."""
        if self.socket.fileno() < 0:
            # It has become a WebSocket.
            raise ConnectionAbortedError
        self.socket.settimeout(0)
        has_more = bool(self.rfile.peek(1))
        self.socket.settimeout(None)
        if has_more:
            # A client may send many requests at once: let other greenlets run between them.
            gevent.sleep(0)
        return has_more

    def read_requestline(self) -> str:
        """Return the first line of the head."""
        return self.head.readline().decode("latin-1")

    def MessageClass(self, *_: Any) -> HTTPMessage:
        """Parse the headers. Raises `ValueError` when they can be read in two ways."""
        if not _HEAD.fullmatch(self.head.getvalue()):
            raise ValueError("a line that is no header")
        headers: HTTPMessage = OldMessage()
        # As all lines are known to be headers, the standard library's parser of e-mails would only take its time.
        for line in self.head.read().decode("latin-1").split("\n")[:-1]:
            name, value = line.split(":", 1)
            headers[name] = value.strip(" \t\r")
        if len(headers) > MOST_HEADERS:
            raise ValueError("too many headers")
        check_framing(headers)
        return headers

    def _handle_client_error(self, error: Exception) -> tuple[str, bytes]:
        # Counted and not logged, lest malformed requests fill the disk.
        metrics.REFUSED.labels("malformed").inc()
        return "400", BAD_REQUEST

    def _connection_upgrade_requested(self) -> bool:
        # For any request with this header, gevent would pass on the bare connection as an endless body.
        has_body = "Content-Length" in self.headers or "Transfer-Encoding" in self.headers
        return self.command == "GET" and not has_body and bool(super()._connection_upgrade_requested())

    def get_environ(self) -> dict[str, Any]:
        """Return the WSGI environment, with a bounded `Body`, and the socket under `openspace.connection`."""
        environ: dict[str, Any] = super().get_environ()
        body = Body(self.socket, self.rfile, self.wsgi_input)
        if environ["wsgi.input"] is self.wsgi_input:
            environ["wsgi.input"] = body
        self.wsgi_input = body
        environ["openspace.connection"] = self.socket
        return environ

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """Begin the answer; the connection closes after it if the request was not read completely."""
        if self.server.closed or not self.wsgi_input.is_whole:
            self.close_connection = True
            headers = [*headers, ("Connection", "close")]
        return super().start_response(status, headers, exc_info)

    def _sendall(self, data: bytes | memoryview) -> None:
        # Most answers fit into the kernel's buffer and need no deadline. An error is raised by the second attempt.
        with suppress(OSError):
            data = memoryview(data)[self.socket._sock.send(data) :]
        if not data:
            return
        try:
            with waiting.on(self.socket, waiting.transfer_seconds(len(data))):
                super()._sendall(data)
        except TooSlow:
            metrics.REFUSED.labels("slow reader").inc()
            # gevent ignores this error and closes the connection.
            raise BrokenPipeError(errno.EPIPE, "the client takes nothing") from None


def check_framing(headers: HTTPMessage) -> None:
    """Refuse headers in which two servers could see different ends of the request. Raises `ValueError`."""
    if any(len(headers.get_all(name, ())) > 1 for name in _ONCE):
        raise ValueError("a header twice")
    length, encoding = headers.get("Content-Length"), headers.get("Transfer-Encoding")
    if length is not None and encoding is not None:
        raise ValueError("two ends")
    if length is not None and not re.fullmatch(r"[0-9]{1,15}", length.strip(" \t")):
        raise ValueError("no length")
    if encoding is not None and encoding.strip(" \t").lower() != "chunked":
        raise ValueError("an unknown encoding")
