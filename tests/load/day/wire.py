"""HTTP/1.1 and WebSockets as bytes over asyncio: all of them are counted, and any can be cut in the middle."""

import asyncio
import base64
import json
import os
import time
import zlib
from collections.abc import Callable

import brotli

# As many connections as a browser opens to one host.
LINES = 6
# Seconds for which a connection that nobody reads any more stays open.
GHOST = 60.0
# As Chromium says it. The server may decline.
OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"


class Away(Exception):
    """There is no network at this phone. That is its own doing."""


class Broken(Exception):
    """The server hung up, or said what is no HTTP, though the network was fine."""


class Stale(Exception):
    """A kept connection had been closed meanwhile; a browser then opens another one."""


class Answer:
    """What came back: `body` as it travelled, `text` as it is read. `received` counts the head too."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes, sent: int, received: int) -> None:
        self.status, self.headers, self.body, self.sent, self.received = status, headers, body, sent, received
        self.seconds = 0.0

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    @property
    def text(self) -> str:
        packing = self.header("content-encoding")
        if packing == "br":
            return brotli.decompress(self.body).decode()
        # zlib checks the sum at the end of a gzip body.
        return (zlib.decompress(self.body, 31) if packing == "gzip" else self.body).decode()

    def json(self):
        return json.loads(self.text)


class Line:
    """One TCP connection for requests, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.used, self.was_cut = reader, writer, 0, False

    @classmethod
    async def open(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    @property
    def is_good(self) -> bool:
        return not (self.was_cut or self.reader.at_eof() or self.writer.is_closing())

    def cut(self) -> None:
        """End it at once."""
        self.was_cut = True
        self.writer.transport.abort()

    def leave(self) -> None:
        """Go without a word: for the server it is still open, and nothing is ever read again."""
        self.was_cut = True
        self.writer.transport.pause_reading()
        asyncio.get_running_loop().call_later(GHOST, self.writer.transport.abort)

    async def ask(self, request: bytes, *, cut: str = "") -> Answer:
        """The answer. `cut` is where the network ends: `before` the request, `within` it, or `after` it."""
        self.used += 1
        if cut:
            await self._send_in_part(request, cut)
            raise Away
        head = b""
        try:
            self.writer.write(request)
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
            status = int(first.split(" ")[1])
            body, more = await self._body(status, dict(headers))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise self._failure(error, head) from error
        if dict(headers).get("connection", "").lower() == "close":
            self.writer.close()
        return Answer(status, headers, body, len(request), len(head) + more)

    def _failure(self, error: Exception, head: bytes) -> Exception:
        if self.was_cut:
            return Away()
        if not head and self.used > 1 and not getattr(error, "partial", b""):
            return Stale()
        return Broken(f"{type(error).__name__} after {len(head)} bytes")

    async def _send_in_part(self, request: bytes, where: str) -> None:
        if where == "within":
            self.writer.write(request[: len(request) * 2 // 3])
            await asyncio.sleep(0.02)
        if where != "after":
            return self.cut()
        self.writer.write(request)
        await asyncio.sleep(0)
        return self.leave()

    async def _body(self, status: int, headers: dict[str, str]) -> tuple[bytes, int]:
        """The body, and how many bytes it took on its way."""
        if status in (204, 304) or status < 200:
            return b"", 0
        if "chunked" in headers.get("transfer-encoding", ""):
            return await self._chunks()
        if "content-length" in headers:
            body = await self.reader.readexactly(int(headers["content-length"]))
        else:
            body = await self.reader.read()
        return body, len(body)

    async def _chunks(self) -> tuple[bytes, int]:
        body, taken = b"", 0
        while True:
            size = await self.reader.readline()
            chunk = await self.reader.readexactly(int(size.split(b";")[0], 16) + 2)
            taken += len(size) + len(chunk)
            if len(chunk) == 2:
                return body, taken
            body += chunk[:-2]


class Lines:
    """A browser's connections to one host: kept open, and at most six."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle: list[Line] = []
        self.busy: set[Line] = set()
        self.turn = asyncio.Semaphore(LINES)

    async def ask(self, request: bytes, *, cut: str = "") -> Answer:
        async with self.turn:
            for _ in range(LINES + 1):
                line = await self._free()
                self.busy.add(line)
                try:
                    answer = await line.ask(request, cut=cut)
                except Stale:
                    line.cut()
                    continue
                except BaseException:
                    if not line.was_cut:
                        line.cut()
                    raise
                finally:
                    self.busy.discard(line)
                if line.is_good:
                    self.idle.append(line)
                return answer
        raise Broken("each kept connection had been closed")

    async def _free(self) -> Line:
        while self.idle:
            line = self.idle.pop()
            if line.is_good:
                return line
        try:
            return await Line.open(self.port)
        except OSError as error:
            raise Broken(f"no connection: {error}") from error

    def cut(self) -> None:
        for line in [*self.idle, *self.busy]:
            line.cut()
        self.idle.clear()


class Socket(asyncio.Protocol):
    """A WebSocket, from its greeting to its end.

    `on_text(text, size, moment)` gets each text with the bytes of its frame, and `on_end()` the end, once. Frames are
    read by hand, because a library takes several times as long, and 200 phones share one process.
    """

    def __init__(self, path: str, headers: list[str], on_text: Callable, on_end: Callable) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = [
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        self.greeting = "\r\n".join([f"GET {path} HTTP/1.1", *headers, *upgrade, OFFER, "", ""]).encode()
        self.on_text, self.on_end = on_text, on_end
        self.rest = b""
        self.is_open = self.is_frozen = self.forgets = False
        self.refused = ""
        self.transport = None
        self.decoder = zlib.decompressobj(-15)

    async def open(self, port: int) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)

    def connection_made(self, transport) -> None:
        self.transport = transport
        self._write(self.greeting)

    def _write(self, data: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        moment = time.monotonic()
        self.rest += data
        if not self.is_open and not self._greeted():
            return
        at = 0
        while frame := _frame_at(self.rest, at):
            begin, end = frame
            self._take(self.rest[at], self.rest[begin:end], end - at, moment)
            at = end
        self.rest = self.rest[at:]

    def _greeted(self) -> bool:
        """Whether the server's answer to the greeting has come and lets us in."""
        head, ended, rest = self.rest.partition(b"\r\n\r\n")
        if not ended:
            return False
        first, _, more = head.decode("latin-1").partition("\r\n")
        if " 101 " not in first:
            self.refused = first
            self.transport.abort()
            return False
        self.is_open, self.rest, self.forgets = True, rest, "server_no_context_takeover" in more
        return True

    def _take(self, first: int, payload: bytes, size: int, moment: float) -> None:
        opcode = first & 15
        if opcode == 1:
            self.on_text(self._inflated(payload) if first & 0x40 else payload, size, moment)
        elif opcode == 8:
            self.transport.close()
        elif opcode == 9:
            self._frame(10, payload)

    def _inflated(self, payload: bytes) -> bytes:
        if self.forgets:
            self.decoder = zlib.decompressobj(-15)
        return self.decoder.decompress(payload + b"\x00\x00\xff\xff")

    def connection_lost(self, error) -> None:
        on_end, self.on_end, self.on_text = self.on_end, None, lambda text, size, moment: None
        self.is_open = False
        if on_end:
            on_end(self)

    def say(self, text: str) -> None:
        self._frame(1, text.encode())

    def _frame(self, opcode: int, payload: bytes) -> None:
        mask, size = os.urandom(4), len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big")
        whole = int.from_bytes(payload, "big") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        self._write(bytes([0x80 | opcode]) + length + mask + whole.to_bytes(size, "big"))

    def goodbye(self) -> None:
        """As a browser that leaves the page."""
        self.on_end = None
        if self.is_open:
            self._frame(8, (1001).to_bytes(2, "big"))
        if self.transport:
            self.transport.close()

    def cut(self) -> None:
        """The connection is gone, and both sides learn of it."""
        if self.transport:
            self.transport.abort()

    def leave(self) -> None:
        """The phone has another address now: it knows that this connection is gone, and the server does not."""
        if self.transport and not self.transport.is_closing():
            self.transport.pause_reading()
            asyncio.get_running_loop().call_later(GHOST, self.transport.abort)
            self.connection_lost(None)

    def freeze(self) -> None:
        """The phone sleeps: nothing is read or answered."""
        if self.transport and not self.transport.is_closing():
            self.is_frozen = True
            self.transport.pause_reading()

    def thaw(self) -> None:
        if self.is_frozen and self.transport and not self.transport.is_closing():
            self.is_frozen = False
            self.transport.resume_reading()


def _frame_at(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at this place begins and ends; None if it is not all there yet."""
    if len(data) - at < 2:
        return None
    length, begin = data[at + 1], at + 2
    if length > 125:
        begin += 2 if length == 126 else 8
        length = int.from_bytes(data[at + 2 : begin], "big")
    return (begin, begin + length) if len(data) >= begin + length else None
