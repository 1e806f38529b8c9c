"""Real workers in processes of their own, on the databases of all tests."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import select, text

from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.models import Job, State
from openspace.store import transactions
from tests.forks import Forked
from tests.jobs import kinds

T = TypeVar("T")
QUICK = {"JOBS_HEARTBEAT": 0.5, "JOBS_PAUSE": 0.01}


class Crew:
    """Workers, and what they do."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.workers: list[Forked] = []

    def start(self, **settings: Any) -> Forked:
        """Start a worker on its own."""
        known = {name: self.app.config[name] for name in ("SQLALCHEMY_DATABASE_URI", "SECRET_KEY")}
        settings = {"DATA": str(self.app.config["DATA"]), **known, **QUICK, **settings}
        self.workers.append(Forked("tests.jobs.worker", json.dumps(settings)))
        return self.workers[-1]

    def kill(self, worker: Forked) -> None:
        worker.kill()
        worker.wait()
        self.workers.remove(worker)

    def end(self) -> None:
        for worker in list(self.workers):
            self.kill(worker)

    def enqueue(self, kind: str, arguments: dict | None = None, **more: Any) -> int:
        """Put a job into the queue and return its id."""
        with self.app.app_context(), transactions.writing():
            return queue.enqueue(kind, arguments or {}, **more).id

    def job(self, job_id: int) -> Job:
        with self.app.app_context():
            return db.session.scalars(select(Job).where(Job.id == job_id)).one()

    def waits_for(self, job_id: int, *states: State) -> Job:
        """The job as soon as it is in one of these states."""
        until(lambda: self.job(job_id).state in states)
        return self.job(job_id)

    def ledger(self) -> list[int]:
        """The numbers that jobs have written down."""
        with self.app.app_context():
            return sorted(db.session.scalars(text("SELECT number FROM ledger")))


def until(is_so: Callable[[], T], seconds: float = 60) -> T:
    """Wait until it is so, long enough for a busy machine; returns what was true then."""
    end = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def begun(folder: Path) -> list[int]:
    """The processes in which jobs have begun to linger."""
    return [int(path.suffix[1:]) for path in folder.glob("end.*")]


@pytest.fixture
def crew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """A queue, and workers that end with the test."""
    for name, value in QUICK.items():
        monkeypatch.setitem(app.config, name, value)
    with app.app_context(), transactions.writing():
        db.session.execute(text(kinds.LEDGER))
    crew = Crew(app)
    yield crew
    crew.end()
    with app.app_context(), transactions.writing():
        db.session.execute(text("DROP TABLE ledger"))
