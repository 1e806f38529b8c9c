"""A worker: takes jobs from the queue and has each done in a child process of its own."""

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from openspace.jobs import kinds, queue, reasons
from openspace.jobs.attempt import Attempt
from openspace.jobs.calls import Calls
from openspace.jobs.queue import Claimed, Hold
from openspace.jobs.watch import LET_GO, Watch
from openspace.web.errors import Busy

R = TypeVar("R")

INPUT, OUTPUT = 0, 1
# Seconds that jobs which have begun are given when the worker is told to stop.
GRACE = 3.0
# Seconds after a heartbeat at which a call brings the next one.
SOON = 0.5
NEVER = float("inf")


class Worker:
    """Does one job at a time, or more at once. It has one thread, for it forks.

    With `has_server` it listens to a server on its standard input, and goes when it has had no work for a while;
    without one it goes after `idle` seconds.
    """

    def __init__(self, app: Flask, *, at_once: int = 1, has_server: bool = False, idle: float = NEVER) -> None:
        self._app, self._at_once, self._has_server = app, at_once, has_server
        self._heartbeat: float = app.config["JOBS_HEARTBEAT"]
        self._idle: float = app.config["JOBS_IDLE"] if has_server else idle
        self._attempts: list[Attempt] = []
        self._watch = Watch()
        self._calls = None if has_server else Calls(app)
        self._input = INPUT if has_server else None
        self._stop_by = NEVER
        self._worked_at = self._beaten_at = time.monotonic()
        self._beat_at = self._beaten_at

    def run(self) -> None:
        """Work until told to stop by SIGTERM or SIGINT, by the end of the server, or for want of work."""
        hearing, speaking = socket.socketpair()
        hearing.setblocking(False)
        speaking.setblocking(False)
        # A signal ends the wait for other things.
        signal.set_wakeup_fd(speaking.fileno())
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: self._stop())
        # This also while the worker waits for a database that does not answer.
        signal.signal(signal.SIGALRM, lambda *_: self._let_go())
        signal.setitimer(signal.ITIMER_REAL, self._heartbeat / 2, self._heartbeat / 2)
        while self._goes_on():
            self._take()
            self._wait(hearing)
            self._follow()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _stop(self) -> None:
        self._stop_by = min(self._stop_by, time.monotonic() + GRACE)

    def _let_go(self) -> None:
        """End the attempts of which the queue has heard nothing for so long that others will soon begin them anew."""
        for attempt in self._attempts:
            if time.monotonic() - attempt.confirmed > LET_GO * self._heartbeat:
                attempt.kill(reasons.DIED)

    def _goes_on(self) -> bool:
        if self._attempts:
            return True
        return self._stop_by == NEVER and time.monotonic() - self._worked_at < self._idle

    def _ask(self, question: Callable[..., R], *about: Any) -> R | None:
        """Ask the database; None when it is away."""
        try:
            with self._app.app_context():
                return question(*about)
        except (SQLAlchemyError, Busy) as error:
            self._app.logger.warning("jobs: the database is away, trying again: %s", error)
            return None

    def _take(self) -> None:
        """Begin as many jobs as are due and may run at once."""
        while self._stop_by == NEVER and len(self._attempts) < self._at_once and self._ask(queue.has_due):
            job = self._ask(queue.claim)
            if job is None:
                return
            self._begin(job)

    def _begin(self, job: Claimed) -> None:
        self._worked_at = time.monotonic()
        kind = kinds.find(job.kind)
        if kind:
            self._attempts.append(Attempt(self._app, job, kind))
        else:
            # Not for good at once: perhaps another worker is of a newer version.
            self._ask(queue.fail, job.token, reasons.REMOVED)

    def _wait(self, signals: socket.socket) -> None:
        """Until a job tells something, a call or a signal comes, or something is due."""
        caller = self._calls.descriptor() if self._calls else self._input
        waited = [signals.fileno(), *(attempt.pipe for attempt in self._attempts)]
        waited += [caller] if caller is not None else []
        ends = [each.ends_by for each in self._attempts] or [self._worked_at + self._idle]
        ends += [self._beat_at, self._stop_by]
        # What waits for its time comes without a call.
        timeout = min(self._heartbeat, *(end - time.monotonic() for end in ends))
        ready, _, _ = select.select(waited, [], [], max(0.0, timeout))
        if caller in ready:
            self._hear()
        with suppress(BlockingIOError):
            signals.recv(4096)

    def _hear(self) -> None:
        self._beat_at = min(self._beat_at, self._beaten_at + SOON)
        if self._calls:
            self._calls.take()
        elif not os.read(INPUT, 4096):
            # The server has ended.
            self._input = None
            self._stop()

    def _follow(self) -> None:
        """See how the jobs go: end what takes too long, keep up the heartbeat, and note what has ended."""
        moment = time.monotonic()
        is_time = moment >= self._beat_at
        if is_time:
            self._beaten_at, self._beat_at = moment, moment + self._heartbeat
        for attempt in list(self._attempts):
            if attempt.has_ended():
                self._settle(attempt)
            elif moment >= self._stop_by:
                attempt.kill(None)
            elif moment >= attempt.ends_by:
                attempt.kill(reasons.TIME)
            elif is_time:
                self._beat(attempt)
        if is_time:
            # After our own heartbeats, lest we take ourselves for dead.
            self._ask(self._watch.look)

    def _beat(self, attempt: Attempt) -> None:
        match self._ask(queue.beat, attempt.token, attempt.progress):
            case Hold.KEPT:
                attempt.confirmed = time.monotonic()
            case Hold.CANCELLED:
                attempt.kill(reasons.DIED)
            case Hold.LOST:
                attempt.kill(None)

    def _settle(self, attempt: Attempt) -> None:
        """Note how an attempt ended. If the database is away, the missing heartbeat will tell."""
        self._attempts.remove(attempt)
        self._worked_at = time.monotonic()
        end = attempt.end()
        if end.is_stopped or (end.has_died and self._stop_by < NEVER):
            self._ask(queue.put_back, attempt.token)
        elif end.reason is not None:
            self._ask(lambda: queue.fail(attempt.token, end.reason, is_final=end.is_final))
        if self._has_server:
            # Its hub looks for what the job has changed.
            with suppress(BrokenPipeError):
                os.write(OUTPUT, b"\n")
