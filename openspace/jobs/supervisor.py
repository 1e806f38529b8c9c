"""The queue's supervisor in a server: starts a worker when there is work, and looks after jobs of dead workers.

On each machine one serving process supervises: the one that has the lock on `jobs.lock` in the data folder. When it
ends, however it ends, the kernel releases the lock, and another serving process gets it.
"""

import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from openspace import children
from openspace.config import create_private
from openspace.extensions import socketio
from openspace.jobs import queue
from openspace.jobs.watch import Watch
from openspace.web.errors import Busy

LOCK = "jobs.lock"
# The settings that a worker is given.
HANDED_ON = ("SQLALCHEMY_DATABASE_URI", "SECRET_KEY", "BASE_URL", "JOBS_HEARTBEAT", "JOBS_IDLE", "JOBS_PAUSE")
# What it must not have: it would count among the serving processes.
NOT_HANDED_ON = "PROMETHEUS_MULTIPROC_DIR"


class Supervisor:
    """Runs beside the requests of a serving process. `when_done` is called each time a job has ended here."""

    def __init__(self, app: Flask, when_done: Callable[[], None]) -> None:
        self._app, self._when_done = app, when_done
        self._watch = Watch()
        self._called = threading.Event()
        self._lock: IO[str] | None = None
        self._line: socket.socket | None = None
        self._started_at = float("-inf")

    def start(self) -> None:
        """Begin; called once by a serving process, after gevent has patched."""
        # At once, for who finds the lock free takes it that no server runs here.
        self._is_supervisor()
        queue.when_called.append(self.wake)
        socketio.start_background_task(self._run)

    def wake(self) -> None:
        """Say that the queue has changed."""
        self._called.set()

    def _run(self) -> None:
        heartbeat: float = self._app.config["JOBS_HEARTBEAT"]
        while True:
            is_called = self._called.wait(heartbeat)
            self._called.clear()
            try:
                with self._app.app_context():
                    self._look(is_called)
            except (SQLAlchemyError, Busy, OSError) as error:
                self._app.logger.warning("jobs: nobody looks after the queue, trying again: %s", error)

    def _look(self, is_called: bool) -> None:
        if not self._is_supervisor():
            return
        self._watch.look()
        if self._line and is_called:
            # One that reads no more, or has just ended, needs no call.
            with suppress(OSError):
                os.write(self._line.fileno(), b"\n")
        elif not self._line and self._app.config["JOBS_HERE"] and queue.has_due():
            self._start_worker()

    def _is_supervisor(self) -> bool:
        if self._lock is None:
            path = self._app.config["DATA"] / LOCK
            create_private(path)
            file = path.open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            self._lock = file
        return True

    def _start_worker(self) -> None:
        # One that cannot even begin is not started again and again.
        if time.monotonic() - self._started_at < self._app.config["JOBS_HEARTBEAT"]:
            return
        self._started_at = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if name != NOT_HANDED_ON}
        config = {name: self._app.config[name] for name in HANDED_ON} | {"DATA": str(self._app.config["DATA"])}
        line, theirs = socket.socketpair()
        try:
            with theirs:
                child = children.start(["-m", self._app.config["JOBS_WORKER"]], theirs, environment, is_heard=True)
            line.sendall(json.dumps(config).encode() + b"\n")
        except OSError:
            line.close()
            raise
        self._line = line
        socketio.start_background_task(self._hear, line, child)

    def _hear(self, line: socket.socket, child: int) -> None:
        """Listen to the worker until it ends."""
        with line, suppress(OSError):
            while line.recv(4096):
                self._when_done()
        children.end(child)
        self._line = None
        # A job may have come just as it went.
        self.wake()
