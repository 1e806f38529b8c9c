"""A WebSocket client on a raw socket, which can also misbehave."""

import base64
import json
import os
import socket
import struct
import time
from typing import Any

from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Message, Ping, Pong, TextMessage
from wsproto.extensions import PerMessageDeflate

PATH = "/socket.io/?EIO=4&transport=websocket"
TCP_REPAIR = 19


class Phone:
    """One connection; what it receives is read only on demand."""

    def __init__(
        self, port: int, cookie: str = "", *, receive: int = 0, deflates: bool = False, **headers: str
    ) -> None:
        self.socket = socket.socket()
        if receive:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(10)
        self.headers = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Cookie": cookie,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        extension = PerMessageDeflate()
        if deflates:
            self.headers["Sec-WebSocket-Extensions"] = "permessage-deflate; client_max_window_bits"
            extension.finalize("permessage-deflate; client_no_context_takeover; server_no_context_takeover")
        self.parser = Connection(ConnectionType.CLIENT, extensions=[extension] if deflates else [])
        # The head of the server's answer, and how many bytes came after it.
        self.head, self.size = b"", 0
        self.texts: list[str] = []
        self.pongs: list[bytes] = []
        self.closed: int | None = None
        # Whether the last reading ended because nothing came.
        self.is_silent = False
        self.part = ""
        self.answers_pings = True

    def handshake(self) -> str:
        """Request the upgrade to a WebSocket; returns the status line of the answer."""
        lines = [f"GET {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items() if value)]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            received = self.socket.recv(1)
            if not received:
                break
            answer += received
        self.head = answer
        return answer.partition(b"\r\n")[0].decode()

    def join(self, event: str, **auth: str) -> "Phone":
        """Connect the WebSocket and join the room of the board."""
        assert "101" in self.handshake()
        self.say("40" + json.dumps({"event": event, "channel": "board", "language": "uk", **auth}))
        self.until(lambda: any('"joined"' in text for text in self.texts))
        return self

    def say(self, text: str) -> None:
        self.socket.sendall(self.parser.send(Message(text)))

    def raw(self, opcode: int, payload: bytes = b"", *, fin: bool = True, mask: bool = True, rsv: int = 0) -> bytes:
        """Return a WebSocket frame (RFC 6455), valid or not."""
        first = (0x80 if fin else 0) | rsv << 4 | opcode
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size)
        if size > 65535:
            length = b"\x7f" + struct.pack("!Q", size)
        if not mask:
            return bytes([first]) + length + payload
        return bytes([first, length[0] | 0x80]) + length[1:] + bytes(4) + payload

    def read(self, most: int = 65536) -> bool:
        """Read what has arrived; False at the end of the stream."""
        try:
            received = self.socket.recv(most)
        except (ConnectionError, TimeoutError) as error:
            self.is_silent = isinstance(error, TimeoutError)
            return False
        if not received:
            return False
        self.size += len(received)
        self.parser.receive_data(received)
        for event in self.parser.events():
            if isinstance(event, TextMessage):
                self.part += event.data
                if event.message_finished:
                    self.texts.append(self.part)
                    if self.part == "2" and self.answers_pings:
                        self.say("3")
                    self.part = ""
            elif isinstance(event, Pong):
                self.pongs.append(bytes(event.payload))
            elif isinstance(event, Ping):
                self.socket.sendall(self.parser.send(event.response()))
            elif isinstance(event, CloseConnection):
                self.closed = int(event.code)
        return True

    def until(self, done: Any, seconds: float = 10) -> None:
        """Read until `done()` is true, for at most `seconds`."""
        deadline = time.monotonic() + seconds
        self.socket.settimeout(seconds)
        while not done():
            assert time.monotonic() < deadline, f"waited in vain; heard {self.texts[-3:]}, closed {self.closed}"
            assert self.read() or done(), f"the connection ended; heard {self.texts[-3:]}, closed {self.closed}"

    def end(self) -> int | None:
        """Read to the end; returns the code of the close frame, or None. Fails if it stays open in silence."""
        while self.read():
            pass
        assert not self.is_silent, "the server did not end the connection"
        return self.closed

    def numbers(self) -> list[int]:
        """Return the numbers of the test packets received so far."""
        packets = [json.loads(text[2:]) for text in self.texts if text.startswith('42["numbered"')]
        return [packet[1]["number"] for packet in packets]

    def vanish(self) -> None:
        """Close without sending FIN, as when a phone's battery dies. Needs root on Linux."""
        self.socket.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        self.socket.close()
