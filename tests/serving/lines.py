"""Raw connections of clients that are slow, silent, or send malformed requests."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

MULTIPART = "multipart/form-data; boundary=x"
FORM = "application/x-www-form-urlencoded"
# For each kind of request: method, path, content type, claimed size of the body, and the part of it that is sent.
WRITES = {
    "sign-in": ("POST", "sign-in", FORM, 50, "a="),
    "join": ("POST", "join/AB12", FORM, 50, "name=Ол"),
    "topic": ("POST", "topics", FORM, 500, "title=Во"),
    "interest": ("PUT", "topics/1/interest", FORM, 50, "kind=g"),
    "taken back": ("DELETE", "topics/1/interest", FORM, 50, "kind=g"),
    "photo": (
        "PUT",
        "contacts/mine/photo",
        MULTIPART,
        2_000_000,
        '--x\r\nContent-Disposition: form-data; name="photo"; filename="me.jpg"\r\n\r\n' + "x" * 50_000,
    ),
    "by query": ("POST", "topics/1/interest?method=PUT", FORM, 50, "kind=g"),
    "chunked": ("POST", "topics", FORM, None, "5\r\ntitle\r\n5\r\n="),
    "no such page": ("POST", "no/such/page", FORM, 50, "a="),
    "reading": ("GET", "", FORM, 50, "a="),
    "upgrade": ("POST", "topics", FORM, None, "title=x"),
}


def half(event: str, kind: str, cookie: str) -> bytes:
    """Return the bytes of an unfinished request of one kind."""
    method, path, mimetype, size, begun = WRITES[kind]
    lines = [f"{method} /{event}/{path} HTTP/1.1", "Host: x", f"Cookie: {cookie}", f"Content-Type: {mimetype}"]
    if kind == "chunked":
        lines.append("Transfer-Encoding: chunked")
    if kind == "upgrade":
        lines += ["Upgrade: websocket", "Connection: Upgrade"]
    if size:
        lines.append(f"Content-Length: {size}")
    return ("\r\n".join([*lines, "", ""]) + begun).encode()


def connected(port: int, receive: int = 0) -> socket.socket:
    line = socket.socket()
    if receive:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    line.settimeout(20)
    line.connect(("127.0.0.1", port))
    return line


@contextmanager
def lines(port: int, count: int, sent: bytes, receive: int = 0) -> Iterator[list[socket.socket]]:
    """Open `count` connections that send the given bytes and then nothing; they are closed after the `with` block."""
    opened = []
    try:
        for _ in range(count):
            opened.append(connected(port, receive))
            if sent:
                opened[-1].sendall(sent)
        yield opened
    finally:
        for line in opened:
            line.close()


def answer(line: socket.socket) -> bytes:
    """Read until the server closes or resets the connection."""
    received = b""
    try:
        while part := line.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


def asked(port: int, sent: bytes) -> bytes:
    """Send bytes and nothing after them; return the whole answer."""
    with connected(port) as line:
        line.sendall(sent)
        return answer(line)


def is_open(line: socket.socket) -> bool:
    """Whether the server has not closed the connection."""
    line.setblocking(False)
    try:
        return line.recv(65536) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        line.settimeout(20)


def tap(url: str, cookie: str, *, timeout: float) -> float:
    """Take a chair; returns the seconds until the answer. Raises `OSError` if it is late or its status is not 200."""
    request = Request(f"{url}/topics/1/interest", b"kind=go", method="PUT")
    request.add_header("Cookie", cookie)
    request.add_header("Accept", "application/json")
    begun = time.monotonic()
    with urlopen(request, timeout=timeout) as answered:
        json.load(answered)
    return time.monotonic() - begun
