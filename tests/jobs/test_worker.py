"""Real workers: what they do, and what nothing that a job does can make them do."""

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from openspace.extensions import db
from openspace.jobs import queue, reasons
from openspace.jobs.models import Job, State
from openspace.store import transactions
from tests.jobs.conftest import begun, until


def is_alive(process: int) -> bool:
    try:
        # A child that waits to be cleared away is not.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def cancel(crew, job_id):
    with crew.app.app_context(), transactions.writing():
        queue.cancel(job_id)


def test_a_job_is_done_in_a_process_of_its_own_with_what_it_writes(crew):
    job_id = crew.enqueue("count", {"number": 7})

    crew.start()

    job = crew.waits_for(job_id, State.DONE)
    assert crew.ledger() == [7]
    assert (job.progress, job.attempt, job.failures, job.problem) == (100, 1, 0, "")
    assert job.ended_at


def test_a_job_that_fails_writes_nothing_and_holds_up_nobody(crew):
    bad = crew.enqueue("write and fail", {"number": 1})
    good = crew.enqueue("count", {"number": 2})

    crew.start()

    crew.waits_for(good, State.DONE)
    assert crew.job(bad).state == State.FAILED
    assert crew.job(bad).reason == str(reasons.BROKEN)
    assert crew.ledger() == [2]


def test_a_job_is_tried_again_after_a_pause_and_then_done(crew, tmp_path):
    job_id = crew.enqueue("fail twice", {"number": 3, "counter": str(tmp_path / "counter")})

    crew.start()

    job = crew.waits_for(job_id, State.DONE)
    assert (job.failures, job.attempt, crew.ledger()) == (2, 3, [3])


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("eat memory", reasons.MEMORY), ("use processor", reasons.PROCESSOR), ("die", reasons.DIED)],
)
def test_what_a_job_does_beyond_its_limits_ends_it_alone(crew, kind, reason):
    job_id = crew.enqueue(kind)
    after = crew.enqueue("count", {"number": 4})

    worker = crew.start()

    job = crew.waits_for(job_id, State.FAILED)
    assert job.reason == str(reason)
    crew.waits_for(after, State.DONE)
    assert worker.poll() is None


def test_a_job_that_takes_too_long_is_ended_with_all_it_has_started(crew, tmp_path):
    started = tmp_path / "started"
    job_id = crew.enqueue("take long", {"started": str(started)})

    crew.start()

    assert crew.waits_for(job_id, State.FAILED).reason == str(reasons.TIME)
    until(lambda: not is_alive(int(started.read_text())))


def test_a_refusal_is_told_in_its_own_words_and_not_tried_again(crew):
    job_id = crew.enqueue("refuse")

    crew.start()

    job = crew.waits_for(job_id, State.FAILED)
    assert (job.failures, job.reason) == (1, "The organisers have closed the entrance. Please ask at the desk.")


def test_a_kind_that_is_gone_fails_with_words(crew):
    with crew.app.app_context(), transactions.writing():
        gone = Job(kind="of an older version", arguments={})
        db.session.add(gone)
        db.session.flush()
        job_id = gone.id

    crew.start()

    job = crew.waits_for(job_id, State.FAILED)
    assert (job.failures, job.title) == (3, "of an older version")
    assert job.reason == "This version of the app no longer knows this kind of work."


def test_progress_is_seen_while_a_job_runs(crew, tmp_path):
    job_id = crew.enqueue("linger", {"number": 5, "until": str(tmp_path / "end")})

    crew.start()

    until(lambda: crew.job(job_id).progress == 40)
    (tmp_path / "end").touch()
    assert crew.waits_for(job_id, State.DONE).progress == 100


def test_a_running_job_is_cancelled_and_leaves_nothing(crew, tmp_path):
    job_id = crew.enqueue("linger", {"number": 6, "until": str(tmp_path / "end")})
    crew.start()
    until(lambda: begun(tmp_path))

    cancel(crew, job_id)

    job = crew.waits_for(job_id, State.CANCELLED)
    until(lambda: not any(map(is_alive, begun(tmp_path))))
    assert job.ended_at
    assert crew.ledger() == []


def test_a_job_cancelled_before_it_begins_never_does(crew):
    job_id = crew.enqueue("count", {"number": 1})
    cancel(crew, job_id)
    after = crew.enqueue("count", {"number": 2})

    crew.start()

    crew.waits_for(after, State.DONE)
    assert (crew.job(job_id).state, crew.job(job_id).attempt, crew.ledger()) == (State.CANCELLED, 0, [2])


def test_a_worker_told_to_stop_lets_another_one_begin_its_job_again(crew, tmp_path):
    job_id = crew.enqueue("linger", {"number": 8, "until": str(tmp_path / "end")})
    worker = crew.start(grace=0.1)
    until(lambda: begun(tmp_path))

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(10) == 0
    job = crew.job(job_id)
    assert (job.state, job.failures) == (State.WAITING, 0)
    assert not any(map(is_alive, begun(tmp_path)))
    (tmp_path / "end").touch()
    crew.start()
    crew.waits_for(job_id, State.DONE)


def test_the_job_of_a_killed_worker_ends_with_it_and_is_taken_up(crew, tmp_path):
    job_id = crew.enqueue("linger", {"number": 9, "until": str(tmp_path / "end")})
    worker = crew.start()
    until(lambda: begun(tmp_path))

    crew.kill(worker)

    until(lambda: not any(map(is_alive, begun(tmp_path))))
    (tmp_path / "end").touch()
    crew.start()
    job = crew.waits_for(job_id, State.DONE)
    assert (job.attempt, job.failures, crew.ledger()) == (2, 1, [9])


def test_a_worker_that_slept_too_long_finds_its_job_given_away(crew, tmp_path):
    job_id = crew.enqueue("linger", {"number": 1, "until": str(tmp_path / "end")})
    sleeper = crew.start(JOBS_HEARTBEAT=60)
    until(lambda: begun(tmp_path))
    [child] = begun(tmp_path)
    # Its first heartbeat is over, and it waits: else it would sleep with SQLite's lock.
    time.sleep(0.5)
    for process in (sleeper.pid, child):
        os.kill(process, signal.SIGSTOP)

    crew.start()
    until(lambda: len(begun(tmp_path)) == 2)
    # Both children may end now.
    (tmp_path / "end").touch()
    for process in (child, sleeper.pid):
        os.kill(process, signal.SIGCONT)

    job = crew.waits_for(job_id, State.DONE)
    until(lambda: not is_alive(child))
    assert (job.attempt, crew.ledger()) == (2, [1])


@pytest.mark.parametrize("an_app", ["postgresql"], indirect=True)
def test_postgresql_calls_a_worker_that_has_nothing_to_do(crew):
    crew.start(JOBS_HEARTBEAT=60)
    crew.waits_for(crew.enqueue("count", {"number": 1}), State.DONE)

    crew.waits_for(crew.enqueue("count", {"number": 2}), State.DONE)


@pytest.mark.parametrize("an_app", ["postgresql"], indirect=True)
def test_a_worker_whose_calls_are_cut_works_on_and_listens_again(crew):
    listening = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN openspace_jobs'"
    crew.start(JOBS_HEARTBEAT=0.3)
    crew.waits_for(crew.enqueue("nothing"), State.DONE)

    with crew.app.app_context():
        assert db.session.scalars(text(listening)).all() == [True]

    crew.waits_for(crew.enqueue("nothing"), State.DONE)
    with crew.app.app_context():
        until(lambda: db.session.scalars(text(listening)).all() == [True])


@pytest.mark.parametrize("an_app", ["postgresql"], indirect=True)
def test_a_worker_whose_database_does_not_answer_lets_its_job_go_before_others_take_it(crew, tmp_path):
    job_id = crew.enqueue("linger", {"number": 1, "until": str(tmp_path / "end")})
    crew.start(SQLALCHEMY_DATABASE_URI=crew.app.config["SQLALCHEMY_DATABASE_URI"] + "&application_name=worker")
    until(lambda: begun(tmp_path))
    [child] = begun(tmp_path)

    def serving() -> list[int]:
        with crew.app.app_context():
            found = "SELECT pid FROM pg_stat_activity WHERE application_name = 'worker'"
            return list(db.session.scalars(text(found)))

    # The first heartbeat opens a connection that stays. Then all that serve the worker stand still: it gets no answer.
    until(lambda: crew.job(job_id).beat > 0)
    backends = serving()
    for backend in backends:
        os.kill(backend, signal.SIGSTOP)

    try:
        until(lambda: not is_alive(child))
        assert crew.job(job_id).state == State.RUNNING, "it ended before anybody took it"
    finally:
        for backend in backends:
            os.kill(backend, signal.SIGCONT)

    (tmp_path / "end").touch()
    job = crew.waits_for(job_id, State.DONE)
    assert (job.attempt, job.failures, crew.ledger()) == (2, 1, [1])


def test_what_a_job_says_and_reads_does_not_reach_the_servers_line(crew, tmp_path):
    told = tmp_path / "told"

    crew.waits_for(crew.start() and crew.enqueue("look around", {"told": str(told)}), State.DONE)

    assert told.read_text() == os.devnull


def test_a_job_that_leaves_a_process_behind_and_writes_nonsense_holds_up_nobody(crew):
    odd = crew.enqueue("leave something behind", {})
    good = crew.enqueue("count", {"number": 2})

    crew.start()

    crew.waits_for(good, State.DONE)
    assert crew.job(odd).state == State.DONE
