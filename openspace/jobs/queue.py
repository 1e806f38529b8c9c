"""The queue: how a job is enqueued, and each step of its life. A step of an attempt that is no longer the job's current
one changes nothing.

A lease is not a time. The worker that holds a job counts `Job.beat` up, and other processes (`watch.py`) measure by
their own monotonic clocks how long it has stood still. So a clock that is set, or differs between machines, neither
makes a job run twice nor keeps it waiting.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import ColumnElement, ScalarSelect, and_, event, func, or_, select, text, update
from sqlalchemy.orm import aliased

from openspace.clock import now
from openspace.extensions import db
from openspace.jobs import kinds, reasons
from openspace.jobs.models import Job, State
from openspace.store import transactions
from openspace.web.errors import TooLong

# Characters of JSON: ids and options, never what somebody wrote.
MOST_ARGUMENTS = 4000
# A retry waits no longer.
MOST_PAUSE = timedelta(minutes=5)
# A member's jobs that began so long ago do not keep their next ones waiting.
RECENT = timedelta(minutes=10)
# What PostgreSQL calls out to every process when there is something to do.
CALL = "openspace_jobs"
# What is done in this process after a commit that changed the queue.
when_called: list[Callable[[], None]] = []


class Token(NamedTuple):
    """Names one attempt at a job. It holds the job until the next attempt begins."""

    job_id: int
    attempt: int


class Claimed(NamedTuple):
    """A job as the worker that begins an attempt gets it: plain values."""

    token: Token
    kind: str
    arguments: dict[str, Any]
    event_id: int | None
    by_id: int | None
    deadline: datetime | None


class Hold(Enum):
    """What a holder learns from the queue: go on, stop because it was cancelled, or stop because it was lost."""

    KEPT = 1
    CANCELLED = 2
    LOST = 3


def enqueue(
    kind: str,
    arguments: dict[str, Any],
    *,
    event_id: int | None = None,
    by: int | None = None,
    within: timedelta | None = None,
) -> Job:
    """Put a job into the queue, within the running transaction: when that is rolled back there is no job.

    `by` is the id of the member who asked. A job that is not done `within` that time fails. Refuses with `TooLong`
    arguments of more than `MOST_ARGUMENTS` characters; raises `LookupError` for a kind that nobody declared, and
    `TypeError` or `ValueError` for arguments that its function does not take or that are no JSON.
    """
    known = kinds.find(kind)
    if known is None:
        raise LookupError(f"no kind of job is called {kind}")
    known.check(arguments)
    if len(json.dumps(arguments, allow_nan=False)) > MOST_ARGUMENTS:
        raise TooLong
    job = Job(kind=kind, arguments=arguments, event_id=event_id, by_id=by, deadline=now() + within if within else None)
    db.session.add(job)
    db.session.flush()
    _call()
    return job


def cancel(job_id: int) -> None:
    """Cancel a job, within the running transaction. One that runs is stopped soon; what has ended stays as it is."""
    job = db.session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job and job.state == State.WAITING:
        job.state, job.ended_at = State.CANCELLED, now()
    elif job and job.state == State.RUNNING:
        job.is_cancelled = True
        _call()


def has_due() -> bool:
    """Whether a job could begin now."""
    return db.session.scalar(select(Job.id).where(_is_due()).limit(1)) is not None


def claim() -> Claimed | None:
    """Begin an attempt at a job that is due; None if there is none.

    First come jobs of members of whom few have begun lately, then those that are soon done, then the oldest.
    """
    with transactions.writing():
        # On SQLite the transaction has the lock of all.
        due = select(Job).where(_is_due()).order_by(_begun_lately(), Job.kind.in_(kinds.long_ones()), Job.id).limit(1)
        job = db.session.scalar(due.with_for_update(skip_locked=True))
        if job is None:
            return None
        job.state, job.attempt, job.started_at, job.progress = State.RUNNING, job.attempt + 1, now(), 0
        return Claimed(Token(job.id, job.attempt), job.kind, job.arguments, job.event_id, job.by_id, job.deadline)


def beat(token: Token, progress: int) -> Hold:
    """Say that the attempt goes on and how far it is, in percent."""
    grown = {"beat": Job.beat + 1, "progress": progress}
    with transactions.writing():
        going_on = update(Job).where(_is_held(token)).values(grown).returning(Job.is_cancelled)
        is_cancelled = db.session.scalar(going_on.execution_options(synchronize_session=False))
    return Hold.LOST if is_cancelled is None else Hold.CANCELLED if is_cancelled else Hold.KEPT


def finish(token: Token) -> bool:
    """Mark the job as done within the running transaction; False if the attempt is no longer the current one."""
    done = {"state": State.DONE, "progress": 100, "ended_at": now(), "reason": ""}
    ended = update(Job).where(_is_held(token), Job.is_cancelled.is_(False)).values(done).returning(Job.id)
    return db.session.scalar(ended.execution_options(synchronize_session=False)) is not None


def fail(token: Token, reason: Any, *, is_final: bool = False, beat: int | None = None) -> None:
    """End a failed attempt: the job waits for the next attempt, or has failed for good, at once if `is_final`.

    With `beat`, only if the heartbeat still has that value."""
    with transactions.writing():
        job = _held(token)
        if job is None or beat not in {None, job.beat}:
            return
        job.failures += 1
        job.reason = reasons.in_english(reason)
        if job.is_cancelled:
            job.state, job.ended_at = State.CANCELLED, now()
        elif is_final or job.failures >= kinds.attempts(job.kind):
            job.state, job.ended_at = State.FAILED, now()
            known = kinds.find(job.kind)
            if known and known.if_failed:
                known.if_failed(**job.arguments)
        else:
            job.state, job.run_at = State.WAITING, now() + _pause(job.failures)


def put_back(token: Token) -> None:
    """Let a job wait again whose worker was told to stop. That is no failure."""
    with transactions.writing():
        job = _held(token)
        if job and job.is_cancelled:
            job.state, job.ended_at = State.CANCELLED, now()
        elif job:
            job.state, job.progress, job.run_at = State.WAITING, 0, None
            _call()


def _is_due() -> ColumnElement[bool]:
    moment = now()
    # A pause that is longer than any was given before a clock was set back.
    paused = or_(Job.run_at.is_(None), Job.run_at <= moment, Job.run_at > moment + MOST_PAUSE)
    return and_(Job.state == State.WAITING, paused, or_(Job.deadline.is_(None), Job.deadline > moment))


def _begun_lately() -> ScalarSelect[int]:
    """How many jobs of the same member run or began lately; 0 for a job that no member asked for."""
    other = aliased(Job)
    lately = or_(other.state == State.RUNNING, other.started_at > now() - RECENT)
    return select(func.count(other.id)).where(other.by_id == Job.by_id, lately).correlate(Job).scalar_subquery()


def _is_held(token: Token) -> ColumnElement[bool]:
    return and_(Job.id == token.job_id, Job.attempt == token.attempt, Job.state == State.RUNNING)


def _held(token: Token) -> Job | None:
    return db.session.scalar(select(Job).where(_is_held(token)).with_for_update())


def _pause(failures: int) -> timedelta:
    first: float = current_app.config["JOBS_PAUSE"]
    return min(timedelta(seconds=first * 4 ** (failures - 1)), MOST_PAUSE)


def _call() -> None:
    """Wake the workers once the transaction is committed."""
    if not db.session.info.get("jobs_changed") and db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"NOTIFY {CALL}"))
    db.session.info["jobs_changed"] = True


@event.listens_for(db.session, "after_commit")
def _called(session: object) -> None:
    if db.session.info.pop("jobs_changed", False):
        for wake in when_called:
            wake()


@event.listens_for(db.session, "after_rollback")
def _forget(session: object) -> None:
    db.session.info.pop("jobs_changed", None)
