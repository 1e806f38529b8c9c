"""Runs dangerous or slow work on files in a child process with limits, which can be killed.

The child (`inside.py`) is a new Python for each call, which takes 0.1 s to start. It has neither our settings nor our
open files, so what a malicious file does to it ends with it.
"""

import socket
import time
from contextlib import suppress
from threading import BoundedSemaphore
from typing import Any

from openspace import children
from openspace.media import Refused
from openspace.media.message import packed, unpacked
from openspace.web.errors import Busy

# How many children run at once, how many requests may wait for a turn, and for how many seconds.
AT_ONCE, MOST_WAITING, PATIENCE = 2, 20, 15.0
# The largest answer of a child, in bytes.
MOST_ANSWERED = 64 * 2**20
COMMAND = ["-I", "-m", "openspace.media.inside"]
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}

_turns = BoundedSemaphore(AT_ONCE)
_wait_for_turn = BoundedSemaphore(AT_ONCE + MOST_WAITING)


def run(name: str, *files: bytes, seconds: int = 10, memory: int = 512, **options: Any) -> list[bytes]:
    """Run a function of `openspace.media`, such as `pictures.squares`, in a child, and return what it returns.

    It may use `seconds` of processor, three times as many of wall time, and `memory` MiB. Raises `Refused`, also when
    the child dies or is killed. Refuses with `Busy` when too many calls wait for their turn.
    """
    if not _wait_for_turn.acquire(blocking=False):
        raise Busy
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Busy
        try:
            return _run({"name": name, "seconds": seconds, "memory": memory, "options": options}, files)
        finally:
            _turns.release()
    finally:
        _wait_for_turn.release()


def _run(head: dict[str, Any], files: tuple[bytes, ...]) -> list[bytes]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = children.start(COMMAND, theirs, ENVIRONMENT, is_heard=False)
        theirs.close()
        try:
            answered = _talk(ours, packed(head, files), deadline=time.monotonic() + 3 * head["seconds"])
            result, parts = unpacked(answered)
        except (OSError, ValueError):
            # It was killed by a limit, crashed, or was too late.
            raise Refused("killed") from None
        finally:
            children.end(child)
    if refused := result.get("refused"):
        raise Refused(refused)
    return parts


def _talk(ours: socket.socket, message: bytes, *, deadline: float) -> bytes:
    ours.settimeout(deadline - time.monotonic())
    # A child that dies does not read to the end.
    with suppress(BrokenPipeError):
        ours.sendall(message)
        ours.shutdown(socket.SHUT_WR)
    answered = bytearray()
    while True:
        ours.settimeout(max(deadline - time.monotonic(), 0.01))
        received = ours.recv(65536)
        answered += received
        if not received or len(answered) > MOST_ANSWERED:
            return bytes(answered)
