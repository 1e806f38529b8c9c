"""Answers of which nearly all is the same for everybody: that is compressed once, one's own end is put behind it."""

import gzip
import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakSet

import brotli
from flask import Response, request

ALONE = 65535
T = TypeVar("T")


class Shared:
    """The common beginning of an answer, ready to be sent to anybody."""

    def __init__(self, text: str) -> None:
        self._body = text.encode()
        self._digest = hashlib.sha256(self._body).hexdigest()[:16]

    def answer(self, own: str, mimetype: str, *, passing: str = "", bound: str = "") -> Response:
        """The whole answer with somebody's `own` end; 304 without a body if the browser has just that.

        What is `passing` comes last, and may be older in what the browser has, as long as what it is `bound` to is
        the same: such as a token that is good for one session.
        """
        end = "".join((own, passing)).encode()
        response = Response(mimetype=mimetype)
        etag = f"{self._digest}-{hashlib.sha256(f'{bound} {own}'.encode()).hexdigest()[:12]}"
        response.set_etag(etag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Accept-Encoding, Accept-Language, Accept, Cookie"
        if request.if_none_match.contains_weak(etag):
            response.status_code = 304
            return response
        accepted = request.headers.get("Accept-Encoding", "")
        if len(end) > ALONE or not ("br" in accepted or "gzip" in accepted):
            response.set_data(self._body + end)
        elif "br" in accepted:
            response.headers["Content-Encoding"] = "br"
            response.set_data(self._brotli + _brotli_end(end))
        else:
            response.headers["Content-Encoding"] = "gzip"
            response.set_data(self._gzip + self._gzip_end(end))
        return response

    @cached_property
    def _brotli(self) -> bytes:
        compressor = brotli.Compressor(quality=9)
        begun: bytes = compressor.process(self._body) + compressor.flush()
        return begun

    @cached_property
    def _gzip(self) -> bytes:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return gzip.compress(b"", mtime=0)[:10] + deflate.compress(self._body) + deflate.flush(zlib.Z_SYNC_FLUSH)

    def _gzip_end(self, end: bytes) -> bytes:
        """A last stored block (RFC 1951, section 3.2.4) and the trailer (RFC 1952, section 2.3.1)."""
        size, whole = len(end), len(self._body) + len(end)
        header = b"\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        check = zlib.crc32(end, self._body_check)
        return header + end + check.to_bytes(4, "little") + (whole & 0xFFFFFFFF).to_bytes(4, "little")

    @cached_property
    def _body_check(self) -> int:
        return zlib.crc32(self._body)


class Drawn:
    """What has been drawn already, by a key that names all it depends on; the oldest goes first."""

    def __init__(self, size: int) -> None:
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._size = size
        _all_drawn.add(self)

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """The kept value for `key`, made now if there is none."""
        if key in self._kept:
            self._kept.move_to_end(key)
            found: T = self._kept[key]
            return found
        made = make()
        self._kept[key] = made
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


_all_drawn: WeakSet[Drawn] = WeakSet()


def forget_everything_drawn() -> None:
    """Empty every `Drawn` of this process, as a test does that begins on another database."""
    for each in _all_drawn:
        each.clear()


def _brotli_end(end: bytes) -> bytes:
    """An uncompressed meta-block and the empty last one (RFC 7932, section 9.2)."""
    if not end:
        return b"\x03"
    # Bits from the lowest: not the last, four nibbles of length, the length less one, uncompressed.
    header = (len(end) - 1) << 3 | 1 << 19
    return header.to_bytes(3, "little") + end + b"\x03"
