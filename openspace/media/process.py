"""Has dangerous or slow work on a file done in a child process that has limits and can be killed.

The child is a fresh Python (0.1 s) for each piece of work, which knows neither our settings nor our open files; what a
file does to it ends with it. `inside.py` is what runs there.
"""

import os
import socket
import sys
import time
from contextlib import suppress
from signal import SIGKILL
from threading import BoundedSemaphore
from typing import Any

from gevent import monkey

from openspace.media import Refused
from openspace.media.message import packed, unpacked
from openspace.web.errors import Busy

# How many children may work at once, how many requests may wait for their turn, and for how many seconds.
AT_ONCE, MOST_WAITING, PATIENCE = 2, 20, 15.0
# What a child may answer.
MOST_ANSWERED = 64 * 2**20

_turns = BoundedSemaphore(AT_ONCE)
_wait_for_turn = BoundedSemaphore(AT_ONCE + MOST_WAITING)


def work(name: str, *given: bytes, seconds: int = 10, memory: int = 512, **words: Any) -> list[bytes]:
    """Have a function of `openspace.media` run in a child, such as `pictures.squares`; return what it returns.

    It may use so many seconds of processor, three times as many on the clock, and so many MiB of memory. Refuses with
    `Refused`, also when it dies or is killed, and with `Busy` when too many others wait for their turn.
    """
    if not _wait_for_turn.acquire(blocking=False):
        raise Busy
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Busy
        try:
            return _worked({"name": name, "seconds": seconds, "memory": memory, "words": words}, given)
        finally:
            _turns.release()
    finally:
        _wait_for_turn.release()


def _worked(head: dict[str, Any], given: tuple[bytes, ...]) -> list[bytes]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        # gevent's sockets are not blocking; a child reads as usual.
        os.set_blocking(theirs.fileno(), True)
        child = _start(theirs)
        theirs.close()
        try:
            answered = _talk(ours, packed(head, given), deadline=time.monotonic() + 3 * head["seconds"])
            said, parts = unpacked(answered)
        except (OSError, ValueError):
            # Killed by a limit or by its file, or too late.
            raise Refused("killed") from None
        finally:
            _end(child)
    if refused := said.get("refused"):
        raise Refused(refused)
    return parts


def _start(theirs: socket.socket) -> int:
    # Not by `subprocess`: gevent's copies this whole process first. What Python opens is not handed on.
    environment = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
    command = [sys.executable, "-I", "-m", "openspace.media.inside"]
    ends = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), number) for number in (0, 1)]
    silence = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    spawn = monkey.get_original("os", "posix_spawn")
    child: int = spawn(sys.executable, command, environment, file_actions=[*ends, silence])
    return child


def _end(child: int) -> None:
    """Kill the child, if it has not ended by itself."""
    wait = monkey.get_original("os", "waitpid")
    # Somebody else may have waited for all children.
    with suppress(ChildProcessError):
        if wait(child, os.WNOHANG) == (0, 0):
            os.kill(child, SIGKILL)
            wait(child, 0)


def _talk(ours: socket.socket, message: bytes, *, deadline: float) -> bytes:
    ours.settimeout(deadline - time.monotonic())
    # One that dies does not take all of it.
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
