"""The queue itself: what gets in, who may end a job, and what clocks that are set do to it."""

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

import tests.jobs.kinds  # noqa: F401  # declares them
from openspace import clock
from openspace.access import actions as access
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import models, queue, reasons, watch
from openspace.jobs.models import Job, State
from openspace.jobs.queue import Hold
from openspace.jobs.run import Lost, Run
from openspace.jobs.watch import LEASE, Watch
from openspace.store import transactions
from openspace.web.errors import Stale, TooLong
from tests.conftest import MOMENT
from tests.factories import a_member, an_event

HEARTBEAT = 0.05
KEY = {"Idempotency-Key": "a key of sixteen or more"}


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setitem(app.config, "JOBS_HEARTBEAT", HEARTBEAT)
    return app


def enqueued(kind: str = "nothing", arguments: dict | None = None, **more) -> int:
    with transactions.writing():
        return queue.enqueue(kind, arguments or {}, **more).id


def job(job_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id)


def all_jobs(app: Flask) -> list[tuple[str, int | None]]:
    with app.app_context():
        return [(job.kind, job.by_id) for job in db.session.scalars(select(Job))]


@pytest.fixture
def calls(monkeypatch):
    """How often somebody would have been woken."""
    heard = []
    monkeypatch.setattr(queue, "when_called", [lambda: heard.append(1)])
    return heard


def test_enqueue_counts_with_the_transaction(inside, calls):
    queue.enqueue("nothing", {})
    queue.enqueue("nothing", {})
    assert calls == []
    db.session.commit()

    assert all_jobs(inside) == [("nothing", None)] * 2
    assert calls == [1]


def test_enqueue_leaves_nothing_behind_a_rollback(inside, calls):
    queue.enqueue("nothing", {})
    db.session.rollback()
    db.session.commit()

    assert all_jobs(inside) == []
    assert calls == []


@pytest.mark.parametrize(
    ("kind", "arguments", "refusal"),
    [
        ("nobody knows it", {}, LookupError),
        ("count", {}, TypeError),
        ("count", {"number": 1, "colour": "red"}, TypeError),
        ("count", {"number": {1, 2}}, TypeError),
        ("count", {"number": float("nan")}, ValueError),
        ("count", {"number": "x" * queue.MOST_ARGUMENTS}, TooLong),
    ],
)
def test_enqueue_refuses_what_could_never_run(inside, kind, arguments, refusal):
    with pytest.raises(refusal):
        queue.enqueue(kind, arguments)

    assert all_jobs(inside) == []


@pytest.fixture
def renaming(monkeypatch):
    """Whoever changes their name has a job enqueued, in the transaction of that."""

    def introduced(member) -> None:
        queue.enqueue("nothing", {}, event_id=member.event_id, by=member.id)

    monkeypatch.setattr(access, "when_introduced", [*access.when_introduced, introduced])


def test_a_write_that_is_sent_again_under_its_key_enqueues_once(hall, renaming):
    for _ in range(2):
        answer = hall.ask("participant").put(hall.url("me"), data={"name": "Оля", "community": ""}, headers=KEY)
        assert answer.status_code < 400

    assert all_jobs(hall.app) == [("nothing", hall.ids["participant"])]


def test_a_write_that_is_refused_enqueues_nothing(hall, renaming, monkeypatch):
    def refuse(member) -> None:
        assert db.session.scalar(select(Job.id)), "there is something to roll back"
        raise Stale

    access.when_introduced.append(refuse)

    answer = hall.ask("participant").put(hall.url("me"), data={"name": "Оля", "community": ""}, headers=KEY)

    assert answer.status_code == 409
    assert all_jobs(hall.app) == []


def test_claim_takes_the_oldest_first_and_each_once(inside):
    first, second = enqueued(), enqueued()

    assert [queue.claim().token for _ in range(2)] == [(first, 1), (second, 1)]
    assert queue.claim() is None


def claimed() -> int:
    return queue.claim().token.job_id


def test_nobody_waits_for_all_the_jobs_of_another_member(inside):
    event = an_event()
    many, one = a_member(event), a_member(event, "Анна")
    db.session.commit()
    first, second, third = (enqueued(by=many.id) for _ in range(3))
    other, nobodys = enqueued(by=one.id), enqueued()

    assert [claimed() for _ in range(5)] == [first, other, nobodys, second, third]


def test_what_a_member_had_done_earlier_does_not_count(inside):
    event = an_event()
    many, one = a_member(event), a_member(event, "Анна")
    db.session.commit()
    enqueued(by=many.id)
    queue.finish(queue.claim().token)
    db.session.commit()
    clock.held += queue.RECENT
    later, other = enqueued(by=many.id), enqueued(by=one.id)

    assert [claimed(), claimed()] == [later, other]


def test_short_jobs_begin_before_long_ones(inside):
    long, short = enqueued("take hours"), enqueued()

    assert [claimed(), claimed()] == [short, long]


def test_whoever_lost_a_job_cannot_end_it(inside):
    job_id = enqueued()
    lost = queue.claim()
    queue.fail(lost.token, reasons.DIED)
    with transactions.writing():
        job(job_id).run_at = None
    present = queue.claim()

    with pytest.raises(Lost), Run(lost, print).finishing():
        pytest.fail("it must not write")
    queue.fail(lost.token, reasons.BROKEN, is_final=True)
    queue.put_back(lost.token)

    assert queue.beat(lost.token, 50) == Hold.LOST
    assert (job(job_id).state, job(job_id).progress) == (State.RUNNING, 0)
    with Run(present, print).finishing():
        pass
    assert job(job_id).state == State.DONE


def test_a_job_that_was_cancelled_while_it_ran_does_not_end_as_done(inside):
    job_id = enqueued()
    claimed = queue.claim()
    with transactions.writing():
        queue.cancel(job_id)

    with pytest.raises(Lost), Run(claimed, print).finishing():
        pytest.fail("it must not write")

    assert queue.beat(claimed.token, 1) == Hold.CANCELLED
    queue.put_back(claimed.token)
    assert job(job_id).state == State.CANCELLED


@pytest.mark.parametrize("state", [State.DONE, State.FAILED])
def test_cancel_leaves_what_has_ended(inside, state):
    job_id = enqueued()
    with transactions.writing():
        job(job_id).state = state

    with transactions.writing():
        queue.cancel(job_id)

    assert (job(job_id).state, job(job_id).is_cancelled) == (state, False)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_set_does_not_give_a_running_job_to_two(inside, hours):
    enqueued()
    claimed, looking = queue.claim(), Watch()
    looking.look()

    clock.held = MOMENT + timedelta(hours=hours)
    looking.look()

    assert queue.claim() is None
    assert queue.beat(claimed.token, 1) == Hold.KEPT


@pytest.mark.parametrize("hours", [-5, 0, 5])
def test_a_dead_worker_is_found_out_whatever_the_clock_says(inside, hours):
    job_id = enqueued()
    queue.claim()
    looking = Watch()
    looking.look()

    clock.held = MOMENT + timedelta(hours=hours)
    time.sleep(LEASE * HEARTBEAT + 0.01)
    looking.look()

    assert (job(job_id).state, job(job_id).reason) == (State.WAITING, reasons.in_english(reasons.DIED))


def test_a_worker_whose_heart_beats_is_not_taken_for_dead(inside):
    job_id = enqueued()
    claimed, looking = queue.claim(), Watch()
    for _ in range(LEASE + 1):
        looking.look()
        time.sleep(HEARTBEAT)
        queue.beat(claimed.token, 1)
    looking.look()
    # Somebody who looks seldom sees that it has beaten since.
    time.sleep(LEASE * HEARTBEAT + 0.01)
    queue.beat(claimed.token, 1)
    looking.look()

    assert job(job_id).state == State.RUNNING


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_job_that_waits_for_its_next_attempt_is_due_after_a_clock_was_set(inside, hours):
    enqueued()
    queue.fail(queue.claim().token, reasons.BROKEN)
    assert not queue.has_due()

    clock.held = MOMENT + timedelta(hours=hours)

    assert queue.claim().token.attempt == 2


def test_the_pause_grows_and_has_an_end(inside):
    job_id = enqueued("count often", {"number": 1})
    pauses = []
    for _ in range(6):
        queue.fail(queue.claim().token, reasons.BROKEN)
        pauses.append((job(job_id).run_at - clock.now()).total_seconds())
        clock.held = job(job_id).run_at

    assert pauses == [5, 20, 80, 300, 300, 300]


def test_a_job_that_comes_too_late_fails_and_does_not_begin(inside):
    job_id = enqueued(within=timedelta(minutes=1))
    Watch().look()
    assert job(job_id).state == State.WAITING

    clock.held = MOMENT + timedelta(minutes=1)

    assert queue.claim() is None
    Watch().look()
    assert (job(job_id).state, job(job_id).reason) == (State.FAILED, reasons.in_english(reasons.LATE))


def test_jobs_go_with_their_event_also_one_that_runs(inside):
    event = an_event()
    db.session.commit()
    for _ in range(2):
        enqueued(event_id=event.id)
    claimed = queue.claim()

    with transactions.writing():
        db.session.execute(delete(Event).where(Event.id == event.id))

    assert all_jobs(inside) == []
    assert queue.beat(claimed.token, 1) == Hold.LOST
    with pytest.raises(Lost), Run(claimed, print).finishing():
        pytest.fail("it must not write")


def test_organisers_see_their_events_jobs_with_who_asked_and_why_one_failed(inside):
    event, other = an_event(), an_event("Seminar")
    member = a_member(event)
    db.session.commit()
    first = enqueued("refuse", event_id=event.id, by=member.id)
    enqueued(event_id=other.id)
    second = enqueued(event_id=event.id)
    queue.fail(queue.claim().token, reasons.MEMORY, is_final=True)

    with inside.test_request_context(headers={"Accept-Language": "uk"}):
        seen = [
            (job.id, job.title, job.state, job.by and job.by.name, job.problem) for job in models.jobs_of(event.id, 10)
        ]

    memory = "Роботі знадобилося більше памʼяті, ніж дозволено."
    assert seen == [
        (second, "Nothing", State.WAITING, None, ""),
        (first, "Refuse", State.FAILED, member.name, memory),
    ]
    assert [job.id for job in models.jobs_of(event.id, 1)] == [second]


def test_what_ended_long_ago_is_forgotten(inside):
    kept = {state: enqueued() for state in State}
    old = {state: enqueued() for state in State}
    with transactions.writing():
        for state in State:
            for job_id, age in ((kept[state], watch.KEPT_FAILED / 2), (old[state], watch.KEPT_FAILED * 1.1)):
                found = db.session.get_one(Job, job_id)
                found.state, found.created_at = state, MOMENT - age
                found.ended_at = None if state in {State.WAITING, State.RUNNING} else MOMENT - age

    with transactions.writing():
        watch.forget_old()

    left = set(db.session.scalars(select(Job.id)))
    lasting = {State.WAITING, State.RUNNING}
    assert left == {kept[state] for state in (*lasting, State.FAILED)} | {old[state] for state in lasting}
