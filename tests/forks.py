"""Starts processes as forks of one that has imported what they run: tests start some hundred, and importing is dear.

`Forked` is used like `subprocess.Popen`. It asks for a fork from the process of `python -m tests.forks MODULE`, which
imports the module and never does anything else; it is started with the first fork. Each fork calls the module's `main`.
"""

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache

# By name, as they are before a module lets gevent patch them: its `close` waits for its loop.
from os import close, fork, waitpid
from typing import NoReturn


class Forked:
    """A process that runs `main(*words)` of a module, with pipes as its standard files."""

    def __init__(self, module: str, *words: str) -> None:
        (stdin, ours), (theirs, stdout), (error, stderr) = os.pipe(), os.pipe(), os.pipe()
        self.stdin, self.stdout, self.stderr = os.fdopen(ours, "w"), os.fdopen(theirs), os.fdopen(error)
        self._told, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = [stdin, stdout, stderr, telling.detach()]
        socket.send_fds(_parent_of(module), [json.dumps(words).encode()], given)
        for descriptor in given:
            close(descriptor)
        self.pid = int(self._told.recv(20))
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, or the negative number of the signal that ended the process."""
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = int(self._told.recv(20))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(str(self.pid), timeout) from None
        return self.returncode

    def poll(self) -> int | None:
        """Return what `wait` does, or None while the process runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def _parent_of(module: str) -> socket.socket:
    """Start the process that imports the module; returns the socket on which it takes orders."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen([sys.executable, "-m", "tests.forks", module], stdin=theirs)
    atexit.register(lambda: (ours.close(), process.wait()))
    return ours


def fork_on_order(orders: socket.socket) -> list[str]:
    """Fork as often as ordered, until nobody is there to order; returns only in each fork, with its words."""
    while True:
        message, given, _, _ = socket.recv_fds(orders, 65536, 4)
        _clear_away_ended()
        if not message:
            os._exit(0)
        if fork() == 0 and _become(given):
            return json.loads(message)
        for descriptor in given:
            close(descriptor)


def _clear_away_ended() -> None:
    try:
        while waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _become(given: list[int]) -> bool:
    """Fork once more: the child takes the standard files, and its parent tells its end and ends."""
    *standard, telling = given
    child = fork()
    if child == 0:
        for number, descriptor in enumerate(standard):
            os.dup2(descriptor, number)
        for descriptor in given:
            close(descriptor)
        return True
    for descriptor in standard:
        close(descriptor)
    os.write(telling, b"%d" % child)
    _, status = waitpid(child, 0)
    # Whoever started it may have ended meanwhile.
    with suppress(BrokenPipeError):
        os.write(telling, b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run(main: Callable[..., None], words: list[str]) -> NoReturn:
    """Run and exit, but without Python's end: it would wait for threads that gevent has lost in a fork."""
    status = 0
    try:
        main(*words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    orders = socket.socket(fileno=0)
    main = importlib.import_module(sys.argv[1]).main
    _run(main, fork_on_order(orders))
