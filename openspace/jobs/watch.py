"""Looking after the queue: jobs of dead workers are tried again, late ones fail, old ones are deleted."""

import time
from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from openspace.clock import now
from openspace.extensions import db
from openspace.jobs import queue, reasons
from openspace.jobs.models import Job, State
from openspace.jobs.queue import Token
from openspace.store import transactions

# A worker whose heartbeat has stood still for so many of its intervals is dead. It stops its own work before that when
# it does not reach the database.
LEASE, LET_GO = 3, 2
# What went well is kept for a while, so that organisers see it; what failed longer.
KEPT, KEPT_FAILED = timedelta(days=7), timedelta(days=30)


class Watch:
    """Remembers how long each running job's heartbeat has stood still, by this process's monotonic clock."""

    def __init__(self) -> None:
        self._beats: dict[Token, tuple[int, float]] = {}

    def look(self) -> None:
        """End the attempts of dead workers, so that their jobs are tried again, and fail jobs that are too late."""
        late = db.session.scalars(select(Job.id).where(_is_late())).all()
        running = db.session.execute(select(Job.id, Job.attempt, Job.beat).where(Job.state == State.RUNNING)).all()
        transactions.let_go()
        if late:
            _fail_late()
        lease: float = current_app.config["JOBS_HEARTBEAT"] * LEASE
        moment, known, self._beats = time.monotonic(), self._beats, {}
        for job_id, attempt, beat in running:
            token = Token(job_id, attempt)
            before, since = known.get(token, (beat, moment))
            self._beats[token] = (beat, since if before == beat else moment)
            if before == beat and moment - since > lease:
                queue.fail(token, reasons.DIED, beat=beat)


def _is_late() -> ColumnElement[bool]:
    return and_(Job.state == State.WAITING, Job.deadline <= now())


def _fail_late() -> None:
    failed = {"state": State.FAILED, "ended_at": now(), "reason": reasons.in_english(reasons.LATE)}
    with transactions.writing():
        db.session.execute(update(Job).where(_is_late()).values(failed))


def forget_old() -> None:
    """Delete the jobs that ended long ago."""
    ended = Job.state.in_([State.DONE, State.CANCELLED])
    old = or_(
        and_(ended, Job.ended_at < now() - KEPT), and_(Job.state == State.FAILED, Job.ended_at < now() - KEPT_FAILED)
    )
    db.session.execute(delete(Job).where(old))
