"""Runs in the child process that a worker forks for each attempt: limits itself, works, and tells the worker."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from openspace import children
from openspace.jobs import queue, reasons
from openspace.jobs.kinds import Kind
from openspace.jobs.queue import Claimed
from openspace.store import transactions
from openspace.web.errors import Problem

Tell = Callable[..., None]


class Lost(Exception):
    """The job was cancelled, given to another worker, or deleted with its event. Nothing of this attempt counts."""


class Run:
    """One attempt at a job, as the job's function sees it."""

    def __init__(self, job: Claimed, tell: Tell) -> None:
        self.job_id, self.event_id, self.by_id = job.token.job_id, job.event_id, job.by_id
        self._token, self._tell = job.token, tell
        self.is_finished = False

    def progress(self, percent: int) -> None:
        """Say how far the job is. It is written down with the worker's next heartbeat."""
        self._tell(progress=max(0, min(100, percent)))

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """The transaction in which the job ends: what the block writes is kept only if the job is done with it.

        It begins anew: slow work comes before it, and what was written before it is lost. Refuses with `Lost` when the
        job is no longer this attempt's.
        """
        with transactions.writing():
            if not queue.finish(self._token):
                raise Lost
            yield
        self.is_finished = True


def work(app: Flask, job: Claimed, kind: Kind, parent: int, pipe: int) -> None:
    """Make the attempt, tell the worker through the pipe how it went, and end the process. Does not return."""

    def tell(**words: Any) -> None:
        os.write(pipe, json.dumps(words).encode() + b"\n")

    try:
        _settle_in(kind, parent)
        with app.app_context():
            tell(**_outcome(app, job, kind, tell))
    finally:
        os._exit(0)


def _settle_in(kind: Kind, parent: int) -> None:
    # A group of its own, that what it starts can be ended with it.
    os.setsid()
    # The worker's input and output are its line to the server. What a job says goes into the log.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    children.die_with_parent(parent)
    signal.set_wakeup_fd(-1)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_DFL)
    children.limit(CPU=kind.processor, AS=children.address_space() + kind.memory * 2**20, CORE=0)


def _outcome(app: Flask, job: Claimed, kind: Kind, tell: Tell) -> dict[str, Any]:
    run = Run(job, tell)
    try:
        kind.function(run, **job.arguments)
        if not run.is_finished:
            with run.finishing():
                pass
    except Lost:
        return {"ended": True}
    except MemoryError:
        return {"failed": reasons.in_english(reasons.MEMORY), "is_final": False}
    except Problem as problem:
        # A refusal will be the same the next time; a server that is busy will not.
        return {"failed": reasons.in_english(problem), "is_final": problem.status < 500}
    except Exception:
        # Whatever a job does, the queue goes on. The words are for the operator alone.
        app.logger.exception("jobs: %s %d failed", job.kind, job.token.job_id)
        return {"failed": reasons.in_english(reasons.BROKEN), "is_final": False}
    return {"ended": True}
