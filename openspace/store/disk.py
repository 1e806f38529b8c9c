"""Media files in a folder: `ab/cdef…` holds the content with the digest `abcdef…`, `pieces/` pieces of uploads."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from openspace.store.files import (
    BLOCK,
    NO_ROOM,
    File,
    Full,
    Missing,
    Piece,
    Store,
    Stored,
    aside,
    check_digest,
    check_key,
    waits,
)


class Disk(Store):
    """Keeps media files in a folder of this machine. Its folders are made as they are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begun = folder / "begun"
        self._pieces = folder / "pieces"

    @property
    def is_used(self) -> bool:  # type: ignore[override]  # of an attribute
        """Whether there is a folder."""
        return self.folder.exists()

    @waits
    @aside
    def put(self, file: BinaryIO) -> Stored:
        with self._writing() as (path, target):
            digest, size = hashlib.sha256(), 0
            while block := file.read(BLOCK):
                target.write(block)
                digest.update(block)
                size += len(block)
            target.flush()
            os.fsync(target.fileno())
            stored = Stored(digest.hexdigest(), size)
            with self._locked():
                _move(path, self._path(stored.digest))
        return stored

    @waits
    @aside
    def open(self, digest: str) -> BinaryIO:
        try:
            return open(self._path(digest), "rb")
        except FileNotFoundError:
            raise Missing from None

    @waits
    @aside
    def size(self, digest: str) -> int:
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            raise Missing from None

    def read(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        # Opened at once: `Missing` comes before the first block, and what is deleted meanwhile is sent to its end.
        return _blocks(self.open(digest), start, end)

    @waits
    @aside
    def delete(self, digest: str, *, older_than: datetime | None = None) -> bool:
        path = self._path(digest)
        with suppress(FileNotFoundError), self._locked():
            if older_than and _modified(path.stat()) >= older_than:
                return False
            path.unlink()
            return True
        return False

    @waits
    @aside
    def list(self) -> Sequence[File]:
        return [
            File(folder.name + entry.name, _modified(entry.stat()))
            for folder in self._folders()
            for entry in os.scandir(folder)
        ]

    @waits
    @aside
    def put_piece(self, key: str, content: bytes) -> None:
        with self._writing() as (path, target):
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
            _move(path, self._pieces / check_key(key))

    @waits
    @aside
    def read_piece(self, key: str) -> bytes:
        try:
            return (self._pieces / check_key(key)).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise Missing from None

    @waits
    @aside
    def pieces(self, prefix: str = "") -> Sequence[Piece]:
        top = self._pieces / check_key(prefix) if prefix else self._pieces
        found = ((Path(folder, name)) for folder, _, names in os.walk(top) for name in names)
        return sorted(self._piece(path) for path in found)

    @waits
    @aside
    def delete_piece(self, key: str) -> None:
        path = self._pieces / check_key(key)
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            path.unlink()
        # Other pieces may be there; their folder stays then.
        with suppress(OSError):
            path.parent.rmdir()

    @waits
    @aside
    def delete_pieces(self, prefix: str) -> None:
        top = self._pieces / check_key(prefix)
        for folder, _, names in os.walk(top, topdown=False):
            for name in names:
                Path(folder, name).unlink(missing_ok=True)
            # Another piece may have come meanwhile; its folder stays then.
            with suppress(OSError):
                os.rmdir(folder)

    @waits
    @aside
    def tidy(self, *, older_than: datetime) -> None:
        with suppress(FileNotFoundError):
            for entry in os.scandir(self._begun):
                with suppress(FileNotFoundError):
                    if _modified(entry.stat()) < older_than:
                        os.unlink(entry)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file that is deleted when the block ends, unless the block has moved it. Refuses with `Full`."""
        path = self._begun / secrets.token_hex(16)
        try:
            _make(self._begun)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                yield path, target
        except OSError as error:
            if error.errno in NO_ROOM:
                raise Full from error
            raise
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold a lock of all processes, so that no file is put between a look at its age and its deletion."""
        with open(os.open(self.folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, digest: str) -> Path:
        return self.folder / check_digest(digest)[:2] / digest[2:]

    def _folders(self) -> Sequence[Path]:
        return [path for path in self.folder.glob("[0-9a-f][0-9a-f]") if path.is_dir()]

    def _piece(self, path: Path) -> Piece:
        status = path.stat()
        return Piece(str(path.relative_to(self._pieces)), status.st_size, _modified(status))


def _blocks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        read = aside(file.read)
        while start < end and (block := read(min(BLOCK, end - start))):
            start += len(block)
            yield block


def _make(folder: Path) -> None:
    """Make a folder and those above it, readable by this account alone, so that they survive a power cut."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _move(path: Path, to: Path) -> None:
    """Give the file its name, in place of another one of that name, so that it survives a power cut."""
    _make(to.parent)
    path.replace(to)
    _sync(to.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _modified(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)
