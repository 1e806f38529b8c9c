"""A TCP proxy between browsers and the server, which plays a captive portal, loses data, or hangs."""

import contextlib
import socket
import threading
from collections.abc import Iterator

CHUNK = 65536


class Network:
    """A TCP proxy on a port of its own. `url` is the server's address as a browser in this network knows it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._dead: set[socket.socket] = set()
        # Sent as answer to each new request instead of asking the server; None in a healthy network.
        self._portal = b""
        # How many requests have been answered so.
        self.answered = 0
        self._hangs = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def portal(self, answer: bytes) -> None:
        """Answer every request with these bytes from now on."""
        self._portal = answer
        self._cut()

    def swallow(self) -> None:
        """Lose all data on connections that are open now, without closing them; new ones work."""
        for pair in self._pairs:
            self._dead.update(pair)

    def hang(self) -> None:
        """Let no connection, old or new, transfer anything."""
        self._hangs = True
        self.swallow()

    def heal(self) -> None:
        """Let new connections reach the server again; lost data stays lost."""
        self._portal, self._hangs = b"", False

    def reset(self) -> None:
        """Heal, and close all open connections on both sides."""
        self.heal()
        self._cut()

    def close(self) -> None:
        """Close the proxy and its connections."""
        self._listener.close()
        self._cut()

    def _cut(self) -> None:
        for pair in self._pairs:
            for each in pair:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        if self._portal:
            with contextlib.suppress(OSError), phone:
                _read_request(phone)
                phone.sendall(self._portal)
                self.answered += 1
            return
        server = socket.create_connection(("127.0.0.1", self._port))
        self._pairs.append((phone, server))
        if self._hangs:
            self._dead.update((phone, server))
        threading.Thread(target=self._pump, args=(phone, server), daemon=True).start()
        self._pump(server, phone)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while received := source.recv(CHUNK):
                if source not in self._dead:
                    sink.sendall(received)
        if source not in self._dead:
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)


def _read_request(phone: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += phone.recv(CHUNK)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = int(lengths[0]) if lengths else 0
    while len(body) < size:
        body += phone.recv(CHUNK)


def http_answer(status: str, body: str = "", *headers: str, kind: str = "text/html") -> bytes:
    """Return an HTTP answer that does not come from our server."""
    content = body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}; charset=utf-8", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "Connection: close", *headers, "", ""]).encode() + content


@contextlib.contextmanager
def network_to(port: int) -> Iterator[Network]:
    """Open a network to the server on a port; it is closed after the `with` block."""
    network = Network(port)
    yield network
    network.close()
