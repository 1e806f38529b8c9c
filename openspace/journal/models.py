"""The table of steps, and the queries on it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import LazyString
from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access.models import Member
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db

# The live channel that the facilitators' console follows, and its subjects: the list of steps, and what waits for a
# decision of facilitators.
CONSOLE, STEPS, WAITING = "console", "steps", "waiting"
# How many steps of an event can be undone.
KEPT = 100

Facts = dict[str, Any]
# The sentences that tell of each kind of step, and how its facts are said in the reader's language.
_sentences: dict[str, tuple[LazyString, Callable[[Facts], Facts]]] = {}


def name(kind: str, sentence: LazyString, said: Callable[[Facts], Facts] = dict) -> None:
    """Give the sentence that tells of steps of this kind, such as "%(title)s moved to %(place)s".

    Facts are kept in no language. Where they name something that has words of ours, `said` puts these in.
    """
    _sentences[kind] = (sentence, said)


class Step(Model):
    """Something that a facilitator did, with what it changed, row by row."""

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_event_id_id", "event_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    kind: Mapped[str] = mapped_column(String(40))
    # What the sentence of its kind names, as JSON.
    facts: Mapped[str] = mapped_column(Text, default="{}")
    # The list of `rows.Difference`, as JSON.
    changes: Mapped[str] = mapped_column(Text)
    # What broke rules before the step and after it, as JSON: the lists of the names that the rules gave.
    broken_before: Mapped[str] = mapped_column(Text, default="[]")
    broken_after: Mapped[str] = mapped_column(Text, default="[]")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    by: Mapped[Member | None] = relationship()

    @property
    def words(self) -> str:
        """The sentence that tells of it, in the reader's language."""
        sentence, said = _sentences[self.kind]
        return str(sentence) % said(json.loads(self.facts))


def steps_of(event_id: int, limit: int = 50) -> list[Step]:
    """The event's last steps, the latest first, with who made them."""
    found = select(Step).where(Step.event_id == event_id).order_by(Step.id.desc()).limit(limit)
    return list(db.session.scalars(found.options(joinedload(Step.by))))


def last_step(event_id: int, by_id: int, *, undone: bool) -> Step | None:
    """The step that undo (or with `undone`, redo) is about for this member; None if there is none.

    Undo takes a member's steps from the latest back; redo brings back in their order those that were undone.
    """
    theirs = select(Step).where(Step.event_id == event_id, Step.by_id == by_id)
    if undone:
        return db.session.scalar(theirs.where(Step.undone_at.is_not(None)).order_by(Step.id).limit(1))
    return db.session.scalar(theirs.where(Step.undone_at.is_(None)).order_by(Step.id.desc()).limit(1))


class LastSteps(NamedTuple):
    """The steps that undo and redo are about for a member; None if there is none."""

    undo: Step | None
    redo: Step | None


def last_steps(event_id: int) -> dict[int, LastSteps]:
    """What undo and redo are about, by the id of each member who has made steps; as `last_step` says it for one."""
    found: dict[int, LastSteps] = {}
    for step in steps_of(event_id, limit=KEPT):
        if step.by_id is not None:
            undo, redo = found.get(step.by_id, (None, None))
            found[step.by_id] = LastSteps(undo, step) if step.undone_at else LastSteps(undo or step, redo)
    return found
