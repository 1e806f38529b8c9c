"""Runs dangerous or slow work on files in a child process with limits, which can be killed.

The child (`inside.py`) is a new Python for each call, which takes 0.1 s to start. It has neither our settings nor our
open files, except those it is handed. Once it has loaded what it needs, it can open no file and no socket any more. So
what a malicious file does to it ends with it.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore
from typing import Any, BinaryIO, NamedTuple

from openspace import children
from openspace.media import Refused
from openspace.media.message import head_of, packed, unpacked
from openspace.web.errors import Busy

# How many children run at once, how many requests may wait for a turn, and for how many seconds.
AT_ONCE, MOST_WAITING, PATIENCE = 2, 20, 15.0
# The largest answer of a child, in bytes.
MOST_ANSWERED = 64 * 2**20
COMMAND = ["-I", "-m", "openspace.media.inside"]
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}

Answer = tuple[dict[str, Any], list[bytes]]

_turns = BoundedSemaphore(AT_ONCE)
_wait_for_turn = BoundedSemaphore(AT_ONCE + MOST_WAITING)


class Made(NamedTuple):
    """What a child has made: facts as JSON has them, such as width and height, and files."""

    facts: dict[str, Any]
    parts: list[bytes]


def run(
    name: str,
    *given: bytes | BinaryIO,
    seconds: int = 10,
    memory: int = 512,
    written: int = 0,
    progress: Callable[[int], None] | None = None,
    **options: Any,
) -> Made:
    """Call a function of `openspace.media`, such as `pictures.squares`, in a child, and return what it returns.

    It is called with the bytes that are given, then with the open files, which it may read, seek and write. What is
    large belongs in files: bytes are copied. It may use `seconds` of processor, three times as many of wall time, and
    `memory` MiB, and no file may become larger than `written` MiB. `progress` is told the percentages that it reports.

    Raises `Refused`, also when the child dies or is killed. Refuses with `Busy` when too many calls wait for a turn.
    """
    head: dict[str, Any] = {"name": name, "seconds": seconds, "memory": memory, "written": written, "options": options}
    head |= {"is_followed": progress is not None, "parent": os.getpid()}
    message = packed(head, [each for each in given if isinstance(each, bytes)])
    files = [each.fileno() for each in given if not isinstance(each, bytes)]
    with _turn():
        answer, parts = _answered(message, files, progress or (lambda percent: None), 3 * seconds)
    if "refused" in answer:
        raise Refused(answer["refused"])
    return Made(answer["facts"], parts)


@contextmanager
def _turn() -> Iterator[None]:
    if not _wait_for_turn.acquire(blocking=False):
        raise Busy
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            _turns.release()
    finally:
        _wait_for_turn.release()


def _answered(message: bytes, files: list[int], progress: Callable[[int], None], seconds: float) -> Answer:
    deadline = time.monotonic() + seconds
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = children.start(COMMAND, theirs, ENVIRONMENT, is_heard=False)
        theirs.close()
        try:
            _send(ours, message, files, deadline)
            return _heard(ours, progress, deadline)
        except (OSError, ValueError):
            # It was killed by a limit, crashed, or was too late.
            raise Refused("killed") from None
        finally:
            children.end(child)


def _send(ours: socket.socket, message: bytes, files: list[int], deadline: float) -> None:
    ours.settimeout(deadline - time.monotonic())
    # A child that dies does not read to the end.
    with suppress(BrokenPipeError):
        # Files travel with the first bytes.
        sent = socket.send_fds(ours, [message[:65536]], files)
        ours.sendall(memoryview(message)[sent:])
        ours.shutdown(socket.SHUT_WR)


def _heard(ours: socket.socket, progress: Callable[[int], None], deadline: float) -> Answer:
    answered = bytearray()
    while len(answered) <= MOST_ANSWERED:
        ours.settimeout(max(deadline - time.monotonic(), 0.01))
        received = ours.recv(65536)
        if not received:
            break
        answered += received
        while (percent := _percent(answered)) is not None:
            progress(percent)
    head, parts = unpacked(bytes(answered))
    if not {"facts", "refused"} & head.keys():
        raise ValueError("no answer")
    return head, parts


def _percent(answered: bytearray) -> int | None:
    """Take the first message from what was answered if it tells progress, and return its percentage."""
    end = answered.find(b"\n")
    if end < 0 or "progress" not in (head := head_of(bytes(answered[:end]))):
        return None
    del answered[: end + 1]
    return int(head["progress"])
