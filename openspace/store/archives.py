"""ZIP archives that are written while they are sent: however large, a block of them is in memory."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import Any, NamedTuple
from zipfile import ZIP64_LIMIT, ZipFile, ZipInfo

from flask import Response

from openspace.clock import now
from openspace.store import private_files, transactions
from openspace.store.files import BLOCK


class Entry(NamedTuple):
    """A file of an archive: its name, its size in bytes, and its content in blocks."""

    name: str
    size: int
    blocks: Iterable[bytes]


def whole(name: str, content: bytes) -> Entry:
    """A file whose content is in memory."""
    return Entry(name, len(content), [content])


def answer(entries: Iterable[Entry], name: str) -> Response:
    """Answer with an archive to download; `name` must be plain ASCII. While it goes out no transaction is open.

    If an entry cannot be read to its end the connection breaks, and the browser says that the download has failed.
    """
    transactions.let_go()
    private_files.keep_little_unsent()
    response = Response(zipped(entries), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the bytes of an archive. Nothing is compressed: pictures and films are already."""
    written = _Written()
    with ZipFile(written, "w") as archive:
        for entry in entries:
            about = ZipInfo(entry.name, now().timetuple()[:6])
            about.external_attr = 0o644 << 16
            with archive.open(about, "w", force_zip64=entry.size > ZIP64_LIMIT) as target:
                for block in entry.blocks:
                    target.write(block)
                    if written.size >= BLOCK:
                        yield written.taken()
    yield written.taken()


class _Written(RawIOBase):
    """What has been written since it was taken last. It cannot seek, so that `ZipFile` never goes back."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._blocks.append(bytes(block))
        self.size += len(block)
        return len(block)

    def taken(self) -> bytes:
        """Return what was written, and forget it."""
        taken = b"".join(self._blocks)
        self._blocks.clear()
        self.size = 0
        return taken
