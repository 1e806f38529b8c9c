"""What every store of media files does: it keeps files named by their content, and pieces of uploads named by keys."""

import errno
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar, copy_context
from datetime import datetime
from functools import wraps
from typing import BinaryIO, NamedTuple, ParamSpec, TypeVar

from flask_babel import lazy_gettext as _l

from openspace.store import transactions
from openspace.web.errors import NotFound, Problem

P = ParamSpec("P")
T = TypeVar("T")

# Bytes that are read and written at once. A slow reader keeps one block in memory, and has 16 s to take it
# (`serving/waiting.py`).
BLOCK = 64 * 1024
# What the system says where a disk or a quota is full.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_is_aside: ContextVar[bool] = ContextVar("in a thread beside gevent", default=False)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


class Missing(NotFound):
    """No file has this digest, or no piece this key."""


class Full(Problem):
    """The disk or the quota of the store is full. Of the file that was being written nothing is left."""

    status = 507
    words = _l("This server has no room left for files. Please tell the organisers, and try again later.")


class Stored(NamedTuple):
    """A file in the store: the SHA-256 of its content in hexadecimal digits, and its size in bytes."""

    digest: str
    size: int


class File(NamedTuple):
    """A file in the store, and when it was last put there."""

    digest: str
    modified_at: datetime


class Piece(NamedTuple):
    """A piece of an upload: its key, its size in bytes, and when it was put there."""

    key: str
    size: int
    modified_at: datetime


class Store(ABC):
    """Keeps files under the SHA-256 of their content, and apart from them pieces of uploads under keys.

    Nothing here may be called within a transaction that writes: it is slow, and ends one that reads.
    """

    # Whether a file may ever have been put; known without waiting.
    is_used = True

    @abstractmethod
    def put(self, file: BinaryIO) -> Stored:
        """Store what `file`, in which one can seek, holds from where it stands to its end: all of it, or nothing.

        The same content is one file; putting it again makes it as young as a new one. Refuses with `Full`.
        """

    @abstractmethod
    def open(self, digest: str) -> BinaryIO:
        """Open a file of this machine, in which one can seek, with the content. Refuses with `Missing`."""

    @abstractmethod
    def size(self, digest: str) -> int:
        """The size in bytes. Refuses with `Missing`."""

    @abstractmethod
    def read(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to and without `end`, at most `BLOCK` at once. Refuses with `Missing`.

        Between two blocks no connection is kept."""

    @abstractmethod
    def delete(self, digest: str, *, older_than: datetime | None = None) -> bool:
        """Delete a file, unless it was put there at `older_than` or later. Returns whether there was one to delete."""

    @abstractmethod
    def list(self) -> Sequence[File]:
        """All files, in no order."""

    @abstractmethod
    def put_piece(self, key: str, content: bytes) -> None:
        """Store a piece in place of one with the same key; whole or not at all. Refuses with `Full`.

        Keys are words of letters, digits, - and _, joined by slashes."""

    @abstractmethod
    def read_piece(self, key: str) -> bytes:
        """The content of a piece. Refuses with `Missing`."""

    @abstractmethod
    def pieces(self, prefix: str = "") -> Sequence[Piece]:
        """The pieces whose keys begin with `prefix` and a slash, or all, sorted by key."""

    @abstractmethod
    def delete_piece(self, key: str) -> None:
        """Delete the piece with this key, if there is one."""

    @abstractmethod
    def delete_pieces(self, prefix: str) -> None:
        """Delete the pieces whose keys begin with `prefix` and a slash."""

    @abstractmethod
    def tidy(self, *, older_than: datetime) -> None:
        """Remove what writers that were killed have left half done before that time."""


def waits(work: Callable[P, T]) -> Callable[P, T]:
    """Decorate a method that waits for a disk or a network.

    It ends a transaction that reads, and raises `RuntimeError` within one that writes.
    """

    @wraps(work)
    def wrapped(*arguments: P.args, **named: P.kwargs) -> T:
        transactions.let_go()
        return work(*arguments, **named)

    return wrapped


def aside(work: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function that waits for a disk: on gevent it runs in a thread, and others are answered meanwhile.

    There it has the context of its caller, such as the current app.
    """

    @wraps(work)
    def wrapped(*arguments: P.args, **named: P.kwargs) -> T:
        from gevent import get_hub, monkey  # here because commands and jobs do without

        if _is_aside.get() or not monkey.is_module_patched("threading"):
            return work(*arguments, **named)
        context = copy_context()
        context.run(_is_aside.set, True)
        made: T = get_hub().threadpool.apply(context.run, (work, *arguments), named)
        return made

    return wrapped


def check_digest(digest: str) -> str:
    """Return what is a digest. Refuses other words with `Missing`: they could be paths."""
    if not _DIGEST.fullmatch(digest):
        raise Missing
    return digest


def check_key(key: str) -> str:
    """Return what is a key or a prefix of keys. Raises `ValueError` for other words: they could be paths."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"no key of a piece: {key!r}")
    return key
