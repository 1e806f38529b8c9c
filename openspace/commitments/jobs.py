"""Begins rounds of the follow-up, sends its letters and prepares the photos of answers, beside requests."""

from functools import partial

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.commitments import checks, follow_up_actions, letters, photo_actions
from openspace.commitments.follow_up_models import AddressCheck, FollowUp, Letter
from openspace.commitments.follow_up_rules import Letters
from openspace.commitments.photo_models import AnswerPhoto
from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.kinds import job
from openspace.jobs.models import Job, State
from openspace.jobs.run import Run
from openspace.uploads.preparing import photo_in, pictures, refusing, upload_of

MAIL = "commitments.mail"
# Seconds between two looks at what is due.
PAUSE = 300.0


@job(MAIL, title=_l("Mail about commitments is sent"), seconds=1800, attempts=1)
def send(run: Run, *, event_id: int) -> None:
    """Send the letters of an event that are due. What was not sent now is enqueued again."""
    letters.send_due(event_id)


def look() -> None:
    """Begin the rounds that are due, and enqueue what is to be sent. A periodic task."""
    follow_up_actions.open_due()
    if not current_app.config["SMTP_URL"]:
        return
    waiting = select(FollowUp.event_id).join(Letter).where(Letter.state == Letters.WAITING).distinct()
    coming = select(Job.event_id).where(Job.kind == MAIL, Job.state.in_((State.WAITING, State.RUNNING)))
    asked = select(Member.event_id).join(AddressCheck).where(AddressCheck.state == Letters.WAITING).distinct()
    for event_id in {*db.session.scalars(waiting), *db.session.scalars(asked)} - {*db.session.scalars(coming)}:
        if letters.due(event_id) or checks.due(event_id):
            queue.enqueue(MAIL, {"event_id": event_id}, event_id=event_id)


def give_up(*, photo_id: int) -> None:
    """Say that all attempts have failed."""
    photo_actions.failed(photo_id, "killed")


@job(photo_actions.PHOTO, title=_l("A photo is prepared"), attempts=2, if_failed=give_up)
def prepare(run: Run, *, photo_id: int) -> None:
    """Make of the photo of an answer what pages show."""
    fails = partial(photo_actions.failed, photo_id)
    if (upload := upload_of(run, db.session.get(AnswerPhoto, photo_id), fails)) is None:
        return
    with refusing(run, fails):
        facts, files = pictures(photo_in(upload))
        with run.finishing():
            photo_actions.prepared(photo_id, facts, files)
