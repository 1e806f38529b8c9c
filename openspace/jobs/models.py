"""Tables of the queue: the jobs, and when each periodic task last ran."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.jobs import kinds, reasons


class State(StrEnum):
    """Where a job stands. The last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATE = Enum(State, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states])


class Job(Model):
    """Work that waits, runs, or has ended. It names members only by id, in `by_id` and in its arguments."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    state: Mapped[State] = mapped_column(_STATE, default=State.WAITING)
    # Percent.
    progress: Mapped[int] = mapped_column(default=0)
    # Why the last attempt failed, in English.
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When the last attempt began, and when the job came to its end.
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A job that failed waits until then for its next attempt. None: it is due.
    run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Then it fails if it is not done.
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Grows with each attempt. Only who holds the present number can end the job, so that a worker that was given up
    # for dead changes nothing when it comes back.
    attempt: Mapped[int] = mapped_column(default=0)
    # Grows while an attempt goes on: the worker's heartbeat.
    beat: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    # Somebody cancelled it while it ran.
    is_cancelled: Mapped[bool] = mapped_column(default=False)

    # A `Member`, by name: jobs lie below access.
    by: Mapped[Any] = relationship("Member", foreign_keys=[by_id], uselist=False)

    @property
    def title(self) -> str:
        """What the job does, in the present language; the bare name of a kind that this version does not know."""
        kind = kinds.find(self.kind)
        return str(kind.title) if kind else self.kind

    @property
    def problem(self) -> str:
        """Why the last attempt failed, in the present language; empty if none has failed since it was last tried."""
        return reasons.translated(self.reason)


class PeriodicRun(Model):
    """When a periodic task last ran, in whichever process."""

    __tablename__ = "periodic_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def jobs_of(event_id: int, most: int) -> list[Job]:
    """The latest jobs of an event, newest first, with the members who asked for them: for its organisers."""
    found = select(Job).where(Job.event_id == event_id).order_by(Job.id.desc()).limit(most)
    return list(db.session.scalars(found.options(joinedload(Job.by))))


def count_by_state() -> dict[State, int]:
    """How many jobs there are in each state."""
    found = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return dict.fromkeys(State, 0) | dict(found.all())


def hand_over(member_id: int, other_id: int | None) -> None:
    """Let the jobs that one member asked for be those of another one, or of nobody when the member leaves."""
    db.session.execute(update(Job).where(Job.by_id == member_id).values(by_id=other_id))
