"""Prepares the pictures, films and sound of stories, beside requests."""

from functools import partial
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

from flask_babel import lazy_gettext as _l

from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.media import process
from openspace.store import media, transactions
from openspace.stories import media_actions as actions
from openspace.stories.media_models import Medium
from openspace.stories.rules import LONGEST_FILM, MediumKind
from openspace.uploads.awaited import File
from openspace.uploads.content import open_content
from openspace.uploads.preparing import photo_in, pictures, refusing, upload_of

# In MiB: the largest film that is made; 90 s of 720p take about 40.
LARGEST_FILE = 200


def give_up(*, medium_id: int) -> None:
    """Say that all attempts have failed."""
    actions.failed(medium_id, "killed")


@job("stories.photo", title=_l("A photo is prepared"), attempts=2, if_failed=give_up)
def prepare_photo(run: Run, *, medium_id: int) -> None:
    """Make of a photo what pages show."""
    fails = partial(actions.failed, medium_id)
    if (upload := upload_of(run, db.session.get(Medium, medium_id), fails)) is None:
        return
    with refusing(run, fails):
        facts, files = pictures(photo_in(upload))
        with run.finishing():
            actions.prepared(medium_id, facts, files)


@job("stories.film", title=_l("A film is prepared"), processor=120, seconds=2700, attempts=2, if_failed=give_up)
def prepare_film(run: Run, *, medium_id: int) -> None:
    """Make of a film, or of sound, what every phone plays."""
    fails = partial(actions.failed, medium_id)
    medium = db.session.get(Medium, medium_id)
    if medium is None or (upload := upload_of(run, medium, fails)) is None:
        return
    cut: dict[str, Any] = {"start": medium.cut_from, "length": medium.cut_length or LONGEST_FILM}
    with refusing(run, fails), TemporaryFile() as source, TemporaryFile() as target:
        with open_content(upload) as content:
            transactions.let_go()
            copyfileobj(content, source, 2**20)
        source.seek(0)
        made = process.run(
            "films.convert",
            source,
            target,
            seconds=900,
            memory=1536,
            written=LARGEST_FILE,
            progress=run.progress,
            **cut,
        )
        target.seek(0)
        facts, files = pictures(made.parts[0]) if made.parts else ({}, [])
        facts |= made.facts
        mimetype = "video/mp4" if facts["kind"] == MediumKind.FILM else "audio/mp4"
        files.append(File(media.store().put(target), mimetype, facts.get("width"), facts.get("height")))
        with run.finishing():
            actions.prepared(medium_id, facts, files)
