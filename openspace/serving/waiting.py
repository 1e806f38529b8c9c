"""How long the server waits for a client's next bytes, and for how many clients at once.

A connection that waits within a request costs a greenlet and its buffers (about 30 KiB) and an open file, but no lock
and no database connection; between two requests only its socket and the file. Both are bounded: each wait has a
deadline, and when too many wait, the longest wait is ended.
"""

import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import gevent

from openspace.live import engine

# Seconds for the head of a request, from its first byte to its last; on a new connection, from its beginning.
HEAD_SECONDS = 15.0
# Seconds until an unused keep-alive connection is closed. Longer than proxies keep theirs (Caddy: 120), so that they
# never send a request on a connection that is just being closed.
IDLE_SECONDS = 130.0
# A body or an answer has so many seconds, and one more for each `SLOWEST_RATE` bytes.
TRANSFER_SECONDS = 15.0
SLOWEST_RATE = 64 * 1024
# How many connections may wait at once.
MOST_WAITING = 8192
# How many files the process may have open; how many of them are no connections: of the database, and what is sent; and
# the share of the rest that phones which listen may take, so that pages are served however many of them there are.
MOST_OPEN_FILES = 65536
KEPT_FILES = 64
PHONES_SHARE = 0.75

# The connections that wait, the longest first; those that wait for a further request are in `_idle`.
_waiting: dict[socket.socket, None] = {}
_idle: dict[socket.socket, None] = {}
_hangs_up_idle = False


class TooSlow(Exception):
    """The client did not send or take its bytes in time."""


def transfer_seconds(size: int) -> float:
    """Return how many seconds a client may take to send or receive `size` bytes."""
    return TRANSFER_SECONDS + size / SLOWEST_RATE


@contextmanager
def on(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Mark the connection as waiting for its client within the `with` block. Raises `TooSlow` after `seconds`.

    If it is shut down for others (`MOST_WAITING`), its greenlet reads the end of the stream, or cannot write.
    """
    _waiting[connection] = None
    _make_room()
    try:
        with gevent.Timeout(seconds, TooSlow):
            yield
    finally:
        _waiting.pop(connection, None)


def watch(connection: socket.socket, wake: Callable[[], object]) -> bool:
    """Call `wake` in the hub when an idle connection has bytes to read, or has ended; after `IDLE_SECONDS` it ends.

    Returns False, and does not call it, if the server stops.
    """
    if _hangs_up_idle:
        return False
    loop = gevent.get_hub().loop
    readable, late = loop.io(connection.fileno(), 1), loop.timer(IDLE_SECONDS)

    def stop() -> None:
        for watcher in (readable, late):
            watcher.stop()
            watcher.close()
        _idle.pop(connection, None)
        wake()

    _idle[connection] = None
    readable.start(stop)
    late.start(hang_up, connection)
    _make_room()
    return True


def _make_room() -> None:
    """If too many wait, or files run out, shut down the one that has been idle, or else has waited, for the longest."""
    if len(_waiting) + len(_idle) > min(MOST_WAITING, MOST_OPEN_FILES - KEPT_FILES - engine.phones()):
        hang_up(next(iter(_idle or _waiting)))


def hang_up(connection: socket.socket) -> None:
    """Shut a waiting connection down."""
    _waiting.pop(connection, None)
    _idle.pop(connection, None)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def hang_up_idle() -> None:
    """Shut down idle keep-alive connections, now and from now on: a server that stops need not wait for them."""
    global _hangs_up_idle  # noqa: PLW0603  # a process stops only once
    _hangs_up_idle = True
    for connection in list(_idle):
        hang_up(connection)


def allow_open_files() -> int:
    """Raise the limit of open files to what the system permits, at most `MOST_OPEN_FILES`. Returns the limit."""
    global MOST_OPEN_FILES  # noqa: PLW0603  # known only when the process has started
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        MOST_OPEN_FILES = min(MOST_OPEN_FILES, soft)
    engine.most_phones = most_phones()
    return MOST_OPEN_FILES


def has_room(lines: int) -> bool:
    """Whether there may be more than so many connections. Idle ones go earlier, but that takes a moment each."""
    return lines + engine.phones() < MOST_OPEN_FILES - KEPT_FILES // 2


def most_phones() -> int:
    """How many phones may listen to this process at once."""
    return int((MOST_OPEN_FILES - KEPT_FILES) * PHONES_SHARE)
