"""Prepares the photos in notes, beside requests."""

from functools import partial

from flask_babel import lazy_gettext as _l

from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.notes import photo_actions as actions
from openspace.notes.photo_models import NotePhoto
from openspace.uploads.preparing import photo_in, pictures, refusing, upload_of


def give_up(*, photo_id: int) -> None:
    """Say that all attempts have failed."""
    actions.failed(photo_id, "killed")


@job("notes.photo", title=_l("A photo is prepared"), attempts=2, if_failed=give_up)
def prepare(run: Run, *, photo_id: int) -> None:
    """Make of a photo what pages show."""
    fails = partial(actions.failed, photo_id)
    if (upload := upload_of(run, db.session.get(NotePhoto, photo_id), fails)) is None:
        return
    with refusing(run, fails):
        facts, files = pictures(photo_in(upload))
        with run.finishing():
            actions.prepared(photo_id, facts, files)
