"""Writes of next steps: what will be done after a session, who does it, and by when."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.extensions import db
from openspace.live import log
from openspace.notes import changes
from openspace.notes.models import NextStep, topic_ids
from openspace.web.errors import NotFound, Problem, Stale

MOST = 50


class TooManySteps(Problem):
    status = 409
    words = _l("Fifty next steps are written down here, and no more fit. Your words are still below.")


class StepChanged(Stale):
    """Somebody has changed the step since the person opened it."""

    words = _l("Somebody has changed this step meanwhile. Here is how it stands now; yours is still in the form.")


def add(
    topic: Topic, *, key: str, what: str, who: Member | None, name: str = "", due_on: date | None, by: Member
) -> NextStep:
    """Write a next step down. `who` does it, or somebody called `name`. With a known `key` it is done once.

    Refuses with `TooManySteps`.
    """
    log.claim(topic.event_id)
    steps = select(NextStep).where(NextStep.topic_id.in_(topic_ids(topic)))
    if known := db.session.scalar(steps.where(NextStep.key == key)):
        return known
    if (db.session.scalar(select(func.count()).select_from(steps.subquery())) or 0) >= MOST:
        raise TooManySteps
    step = NextStep(topic_id=topic.id, topic=topic, key=key, what=what, by_id=by.id, due_on=due_on)
    _give(step, who, name)
    db.session.add(step)
    db.session.flush()
    changes.step(step)
    return step


def change(
    step: NextStep, *, revision: int, what: str, who: Member | None, name: str = "", due_on: date | None
) -> None:
    """Change a step that was read at `revision`. Refuses with `StepChanged` if it is another by now."""
    log.claim(step.topic.event_id)
    if step.revision != revision:
        raise StepChanged
    step.what, step.due_on = what, due_on
    _give(step, who, name)
    step.revision += 1
    changes.step(step)


def remove(step: NextStep) -> None:
    """Delete a step."""
    log.claim(step.topic.event_id)
    changes.step(step)
    db.session.delete(step)


def step_of(topic: Topic, step_id: int) -> NextStep:
    """Return the step of this topic. Refuses with `NotFound`."""
    step = db.session.scalar(select(NextStep).where(NextStep.id == step_id, NextStep.topic_id.in_(topic_ids(topic))))
    if step is None:
        raise NotFound
    return step


def _give(step: NextStep, who: Member | None, name: str) -> None:
    step.who, step.who_id = who, who.id if who else None
    step.who_name = "" if who else name
