"""Workers that are killed at any moment: every job is done exactly once, or has visibly failed."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from openspace.extensions import db
from openspace.jobs import models, queue
from openspace.jobs.models import State
from openspace.store import transactions
from tests.jobs.conftest import Crew, begun, until

JOBS, KILLS = 200, 6


def counted(crew: Crew) -> dict[State, int]:
    with crew.app.app_context():
        return models.count_by_state()


def processes(crew: Crew) -> set[int]:
    with crew.app.app_context():
        return set(db.session.scalars(text("SELECT process FROM ledger")))


def open_jobs(crew: Crew) -> int:
    counts = counted(crew)
    return counts[State.WAITING] + counts[State.RUNNING]


def enqueue_many(crew: Crew, seconds: float, jobs: int = JOBS) -> set[int]:
    with crew.app.app_context(), transactions.writing():
        numbers = range(jobs)
        for number in numbers:
            queue.enqueue("count often", {"number": number, "seconds": seconds})
        return set(numbers)


def kill_at_work(crew: Crew, file: Path) -> None:
    """Kill the worker of the one job that lingers until there is this file, and then let it end."""
    child = until(lambda: begun(file.parent))[0]
    parent = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
    crew.kill(next(worker for worker in crew.workers if worker.pid == parent))
    file.touch()


def test_two_hundred_jobs_are_each_done_once_whichever_worker_is_killed(crew, tmp_path):
    file = tmp_path / "end"
    crew.enqueue("linger", {"number": JOBS, "until": str(file)})
    numbers = {JOBS, *enqueue_many(crew, 0.02, JOBS - 1)}
    for _ in range(2):
        crew.start(at_once=2)

    # Whether the others hit a job at work is chance.
    kill_at_work(crew, file)
    crew.start(at_once=2)
    for kill in range(1, KILLS):
        until(lambda: counted(crew)[State.DONE] > kill * JOBS // (KILLS + 2), 60)  # noqa: B023
        time.sleep(random.uniform(0, 0.1))
        crew.kill(random.choice(crew.workers))
        crew.start(at_once=2)

    until(lambda: not open_jobs(crew), 60)
    done = Counter(crew.ledger())
    counts = counted(crew)
    assert set(done.values()) == {1}, "a job was done twice"
    assert set(done) <= numbers
    assert len(done) == counts[State.DONE]
    assert counts[State.DONE] + counts[State.FAILED] == JOBS
    with crew.app.app_context():
        assert db.session.scalar(text("SELECT max(failures) FROM job")) >= 1, "no kill hit a job"


@pytest.mark.parametrize("an_app", ["postgresql"], indirect=True)
def test_two_workers_share_the_jobs_and_do_each_once(crew):
    numbers = enqueue_many(crew, 0.01)

    workers = [crew.start() for _ in range(2)]
    until(lambda: not open_jobs(crew), 60)

    assert crew.ledger() == sorted(numbers)
    assert counted(crew)[State.DONE] == JOBS
    assert processes(crew) == {worker.pid for worker in workers}
