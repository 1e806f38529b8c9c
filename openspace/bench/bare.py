"""The lower bound to compare with: a bare gevent server that writes one prepared frame to every socket.

`python openspace/bench/bare.py PORT`; on `emit K` it sends K frames to all, as `server.py` does.
"""

import base64
import hashlib
import json
import socket
import sys
import time

import gevent
from gevent.fileobject import FileObjectThread
from gevent.server import StreamServer

sockets: dict[int, object] = {}


def handle(connection, address) -> None:  # type: ignore[no-untyped-def]  # gevent carries no types
    """Answer the WebSocket handshake and keep the socket until it is closed."""
    # As the other servers do. Otherwise small frames would be joined, and cost less than theirs.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = b""
    while b"\r\n\r\n" not in request:
        received = connection.recv(4096)
        if not received:
            return
        request += received
    key = next(line.split(b": ")[1] for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    proof = base64.b64encode(
        hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
    )
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"
    )
    sockets[id(connection)] = connection._sock
    try:
        while connection.recv(4096):
            pass
    except OSError:
        pass
    del sockets[id(connection)]


def obey() -> None:
    """Execute the orders that come as lines on standard input."""
    text = ("42" + json.dumps(["changes", {"fill": "x" * 684}], separators=(",", ":"))).encode()
    frame = b"\x81\x7e" + len(text).to_bytes(2, "big") + text
    for line in FileObjectThread(sys.stdin):
        began = []
        for _ in range(int(line.split()[1])):
            began.append(time.monotonic_ns())
            for each in list(sockets.values()):
                each.send(frame)  # type: ignore[attr-defined]
            gevent.sleep(0)
        print(json.dumps({"began": began}), flush=True)


if __name__ == "__main__":
    gevent.spawn(obey)
    gevent.spawn_later(0, print, "{}", flush=True)
    StreamServer(("127.0.0.1", int(sys.argv[1])), handle, backlog=4096).serve_forever()
