"""Reads the body of a request from its connection, with strict chunks and bounds."""

import re
import socket
from contextlib import suppress
from typing import Any

from gevent.pywsgi import Input

from openspace.serving import waiting
from openspace.serving.waiting import TooSlow

# Chunks of one body; each costs time, however small it is.
MOST_CHUNKS = 10_000
# In bytes: what is still read and dropped after a refusal, so that the client reads the refusal.
MOST_DISCARDED = 64 * 2**20
# How long the client may be silent while its bytes are dropped.
LINGER_SECONDS = 5.0
_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")


class Body(Input):  # type: ignore[misc]  # gevent carries no types
    """gevent's input, with strict parsing of chunks and a bound on what is read after a refusal."""

    def __init__(self, connection: socket.socket, rfile: Any, like: Input) -> None:
        super().__init__(rfile, like.content_length, socket=like.socket, chunked_input=like.chunked_input)
        self.connection = connection
        self.chunk_count = 0
        self.chunk_left = 0
        self.is_ended = False

    @property
    def is_whole(self) -> bool:
        """Whether the body has been read to its end."""
        if self.chunked_input:
            return self.is_ended
        return bool(self.position >= (self.content_length or 0))

    def _do_read(self, length: int | None = None, use_readline: bool = False) -> bytes:
        """Return what has arrived, at most `length` bytes; without `length`, the rest of the body.

        It does not wait until `length` bytes are there, so that nothing is lost if no more come. Raises `OSError` if
        the body breaks off. `use_readline` is ignored, because nobody reads a body by lines here.
        """
        if length is None:
            return b"".join(iter(lambda: self._do_read(65536), b""))
        wanted = min(length, (self.content_length or 0) - self.position)
        if wanted <= 0:
            return b""
        self._send_100_continue()
        read: bytes = self.rfile.read1(wanted)
        if not read:
            raise OSError("a body that breaks off")
        self.position += len(read)
        return read

    def _chunked_read(self, length: int | None = None, use_readline: bool = False) -> bytes:
        """Return at most `length` bytes of one chunk; without `length`, the rest of the body.

        Raises `OSError` if a chunk is malformed. `use_readline` is ignored, because nobody reads a body by lines here.
        """
        if length is None:
            return b"".join(iter(lambda: self._chunked_read(65536), b""))
        self._send_100_continue()
        if self.chunk_left == 0 and not self.is_ended:
            self._begin_chunk()
        read: bytes = self.rfile.read1(min(length, self.chunk_left))
        if not read and self.chunk_left:
            raise OSError("a chunk that breaks off")
        self.chunk_left -= len(read)
        if self.chunk_left == 0 and not self.is_ended and self.rfile.read(2) != b"\r\n":
            raise OSError("a chunk without an end")
        return read

    def _begin_chunk(self) -> None:
        head = _CHUNK_HEAD.fullmatch(self.rfile.readline(12))
        self.chunk_count += 1
        if head is None or self.chunk_count > MOST_CHUNKS:
            raise OSError("no chunk")
        self.chunk_left = int(head[1], 16)
        if self.chunk_left == 0:
            # Trailers are refused: nobody here reads them.
            if self.rfile.read(2) != b"\r\n":
                raise OSError("a trailer")
            self.is_ended = True

    def _discard(self) -> None:
        """Drop what is left of the body, within bounds; gevent calls this after the answer, and then closes."""
        if self.is_whole:
            return
        left = min(self.content_length or MOST_DISCARDED, MOST_DISCARDED)
        with suppress(TooSlow, OSError), waiting.on(self.connection, waiting.transfer_seconds(left)):
            discard(self.connection, left)


def discard(connection: socket.socket, most: int) -> None:
    """Shut down our side, then read and drop up to `most` bytes: an earlier close could lose the answer (TCP reset)."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(LINGER_SECONDS)
    while most > 0 and (thrown := connection.recv(65536)):
        most -= len(thrown)
