"""An attempt at a job, as seen by the worker that forked its child process: progress, and how it ended."""

import json
import os
import signal
import time
from contextlib import suppress
from typing import Any, NamedTuple

from flask import Flask

from openspace.clock import now
from openspace.extensions import db
from openspace.jobs import reasons, run
from openspace.jobs.kinds import Kind
from openspace.jobs.queue import Claimed


class End(NamedTuple):
    """How an attempt ended. Without a `reason` the job is done, or this attempt has lost it to a later one."""

    reason: Any = None
    is_final: bool = False
    # It was killed by nobody's fault, and can begin again.
    is_stopped: bool = False
    # It ended without a word.
    has_died: bool = False


class Attempt:
    """A child process at work on a job."""

    def __init__(self, app: Flask, job: Claimed, kind: Kind) -> None:
        self.token, self.progress = job.token, 0
        # When the queue last said that the job is ours, and when it must be over, by time.monotonic().
        self.confirmed = time.monotonic()
        self.ends_by = self.confirmed + _seconds(job, kind)
        self._killed: End | None = None
        self._told: dict[str, Any] = {}
        self._heard = b""
        self.pipe, writing = os.pipe()
        # No connection to a database may be there twice, and a child must not find traces of one in SQLite's memory.
        with app.app_context():
            db.engine.dispose()
        parent = os.getpid()
        self._child = os.fork()
        if not self._child:
            run.work(app, job, kind, parent, writing)
        os.close(writing)
        os.set_blocking(self.pipe, False)

    def has_ended(self) -> bool:
        """Take in what the child has told since, and say whether it has ended.

        The pipe alone does not tell: a process that the job has left behind may hold it open.
        """
        has_died = self._has_died()
        with suppress(BlockingIOError):
            while received := os.read(self.pipe, 65536):
                self._heard += received
            has_died = True
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            # What the job itself has printed there is no word of ours.
            with suppress(ValueError, TypeError):
                self._told |= json.loads(line)
        self.progress = self._told.get("progress", 0)
        return has_died

    def _has_died(self) -> bool:
        # Not waited for yet, so that its number stays its own until `end`. Python has this on macOS since 3.13 only.
        if not hasattr(os, "waitid"):
            return False
        return os.waitid(os.P_PID, self._child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self, reason: Any) -> None:
        """End the child, for this reason; without one the job is to begin again."""
        self._killed = self._killed or End(reason, is_stopped=reason is None)
        os.kill(self._child, signal.SIGKILL)

    def end(self) -> End:
        """Clear away the child that has ended and what it has started, and say how it ended."""
        os.close(self.pipe)
        # Before its number is free for others. One that was killed at once has no group yet.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child, signal.SIGKILL)
        _, status = os.waitpid(self._child, 0)
        if "failed" in self._told:
            return End(self._told["failed"], self._told["is_final"])
        if "ended" in self._told:
            return End()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            return End(reasons.PROCESSOR)
        return self._killed or End(reasons.DIED, has_died=True)


def _seconds(job: Claimed, kind: Kind) -> float:
    if job.deadline is None:
        return kind.seconds
    return min(kind.seconds, (job.deadline - now()).total_seconds())
