"""Keeps each event's power-cut sheet ready, beside requests."""

from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from openspace.board.models import BOARD
from openspace.clock import now
from openspace.events.models import Event
from openspace.exports import actions, powercut
from openspace.exports.models import PowercutSheet
from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.kinds import job
from openspace.jobs.models import Job, State
from openspace.jobs.run import Run
from openspace.live.log import KEPT
from openspace.live.models import Change, Channel

POWERCUT = "exports.powercut"
# Seconds between two looks at which boards have changed: so many changes of one board make one sheet.
PAUSE = 15.0
# How long a sheet is left alone after it could not be made; how long before and after an event it is made.
AFTER_FAILURE, AROUND = timedelta(minutes=10), timedelta(days=1)


@job(POWERCUT, title=_l("The sheet for a power cut is made"), seconds=120, attempts=2)
def make_powercut(run: Run, *, event_id: int) -> None:
    """Make the sheet of the day that is shown, and keep it."""
    event = db.session.get(Event, event_id)
    if event is None:
        return
    today, day = event.today(), event.day_shown()
    address = current_app.config["BASE_URL"] or event.address
    with current_app.test_request_context(base_url=address or None):
        revision, content = powercut.made(event, day, address)
    with run.finishing():
        actions.keep_sheet(event_id, day, revision, content, made_on=today)


def enqueue_due() -> None:
    """Enqueue the sheet of each event whose board has changed since its last one, or which has none of today yet."""
    for event_id in {*_changed(), *_of_yesterday()} - _left_alone():
        queue.enqueue(POWERCUT, {"event_id": event_id}, event_id=event_id, within=AFTER_FAILURE)


def _changed() -> list[int]:
    """The ids of events whose board says something else than their last sheet."""
    made = select(func.max(PowercutSheet.revision)).where(PowercutSheet.event_id == Event.id).scalar_subquery()
    since = func.coalesce(made, 0)
    on_board = (Change.event_id == Event.id, Change.channel == BOARD)
    # Marks of interest are not on the sheet. The log forgets old changes, so many marks count as a change.
    changed = exists().where(*on_board, Change.revision > since, Change.subject.not_like("going-%"))
    marked = exists().where(and_(Channel.event_id == Event.id, Channel.name == BOARD), Channel.revision > since + KEPT)
    return list(db.session.scalars(select(Event.id).where(*_near(), or_(changed, marked))))


def _of_yesterday() -> list[int]:
    """The ids of events that are on and have sheets, but none that was made today."""
    has_sheet = exists().where(PowercutSheet.event_id == Event.id)
    found = db.session.scalars(select(Event).where(*_near(), has_sheet))
    return [event.id for event in found if _is_on(event) and _is_old(event)]


def _is_on(event: Event) -> bool:
    return event.starts_on <= event.today() <= event.ends_on


def _is_old(event: Event) -> bool:
    made_on = db.session.scalar(select(func.max(PowercutSheet.made_on)).where(PowercutSheet.event_id == event.id))
    return made_on is not None and made_on < event.today()


def _left_alone() -> set[int | None]:
    """The ids of events whose sheet is being made, waits to be made, or could not be made just now."""
    coming = Job.state.in_([State.WAITING, State.RUNNING])
    failed = and_(Job.state == State.FAILED, Job.ended_at > now() - AFTER_FAILURE)
    return set(db.session.scalars(select(Job.event_id).where(Job.kind == POWERCUT, or_(coming, failed))))


def _near() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions for events that are on, begin tomorrow or ended yesterday, in any time zone."""
    return Event.starts_on <= (now() + AROUND).date(), Event.ends_on >= (now() - AROUND).date()
