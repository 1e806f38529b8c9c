"""Reads the content of an upload out of its pieces."""

import io
from bisect import bisect_right
from collections.abc import Sequence
from typing import BinaryIO, cast

from openspace.store import media
from openspace.uploads.models import Upload, pieces_of


def open_content(upload: Upload) -> BinaryIO:
    """Open the bytes of an upload that have arrived, as a binary stream in which one can seek.

    It holds one piece in memory at a time, and no row. It is to be read outside of transactions that write, because
    the store may be slow.
    """
    found = pieces_of(upload)
    content = _Content([piece.start for piece in found], [piece.key for piece in found], upload.offset)
    return cast(BinaryIO, io.BufferedReader(content))


class _Content(io.RawIOBase):
    def __init__(self, starts: Sequence[int], keys: Sequence[str], size: int) -> None:
        super().__init__()
        self._starts, self._keys, self._size = starts, keys, size
        self._position = 0
        # The piece that was read last, by its place in the order.
        self._number, self._piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as the documentation says
        if self._position >= self._size:
            return 0
        number = bisect_right(self._starts, self._position) - 1
        if number != self._number:
            self._number, self._piece = number, media.store().read_piece(self._keys[number])
        begin = self._position - self._starts[number]
        part = self._piece[begin : begin + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)
