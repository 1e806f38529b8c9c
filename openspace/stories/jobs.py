"""Prepares the pictures, films and sound of stories, beside requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

from flask_babel import lazy_gettext as _l

from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.media import Refused, process
from openspace.store import media, transactions
from openspace.stories import media_actions as actions
from openspace.stories.media_actions import File
from openspace.stories.media_models import Medium
from openspace.stories.rules import LONGEST_FILM, MediumKind, MediumState
from openspace.uploads.content import open_content
from openspace.uploads.models import Upload
from openspace.web.errors import Busy

# In bytes: a photo is read into memory.
LARGEST_PHOTO = 40 * 2**20
# In MiB: the largest film that is made; 90 s of 720p take about 40.
LARGEST_FILE = 200


def give_up(*, medium_id: int) -> None:
    """Say that all attempts have failed."""
    actions.failed(medium_id, "killed")


@job("stories.photo", title=_l("A photo is prepared"), attempts=2, if_failed=give_up)
def prepare_photo(run: Run, *, medium_id: int) -> None:
    """Make of a photo what pages show."""
    if (upload := _upload_of(run, medium_id)) is None:
        return
    with _refusing(run, medium_id), open_content(upload) as content:
        transactions.let_go()
        photo = content.read(LARGEST_PHOTO + 1)
        if len(photo) > LARGEST_PHOTO:
            raise Refused("large")
        facts, files = _pictures(photo)
        with run.finishing():
            actions.prepared(medium_id, facts, files)


@job("stories.film", title=_l("A film is prepared"), processor=120, seconds=2700, attempts=2, if_failed=give_up)
def prepare_film(run: Run, *, medium_id: int) -> None:
    """Make of a film, or of sound, what every phone plays."""
    if (upload := _upload_of(run, medium_id)) is None:
        return
    medium = db.session.get_one(Medium, medium_id)
    cut: dict[str, Any] = {"start": medium.cut_from, "length": medium.cut_length or LONGEST_FILM}
    with _refusing(run, medium_id), TemporaryFile() as source, TemporaryFile() as target:
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
        facts, files = _pictures(made.parts[0]) if made.parts else ({}, [])
        facts |= made.facts
        mimetype = "video/mp4" if facts["kind"] == MediumKind.FILM else "audio/mp4"
        files.append(File(media.store().put(target), mimetype, facts.get("width"), facts.get("height")))
        with run.finishing():
            actions.prepared(medium_id, facts, files)


def _upload_of(run: Run, medium_id: int) -> Upload | None:
    """The upload that brought the file of a medium; None if there is nothing to prepare any more.

    A medium whose upload is gone, because the queue was too long for it, fails.
    """
    medium = db.session.get(Medium, medium_id)
    if medium is None or medium.state != MediumState.PREPARING:
        return None
    upload = db.session.get(Upload, medium.upload_id)
    if upload is None:
        with run.finishing():
            actions.failed(medium_id, "lost")
    return upload


def _pictures(photo: bytes) -> tuple[dict[str, Any], list[File]]:
    """What is known of a photo, and the files that were made of it, in the store. Raises `Refused`."""
    made = process.run("photos.renditions", photo, seconds=30, memory=1024)
    sheets = zip(made.parts, made.facts["files"], strict=True)
    return made.facts, [File(media.store().put(BytesIO(part)), **sheet) for part, sheet in sheets]


@contextmanager
def _refusing(run: Run, medium_id: int) -> Iterator[None]:
    """Let the medium fail when its file is refused. If a limit ended the child, it is tried once more (`Busy`)."""
    try:
        yield
    except Refused as refused:
        if str(refused) == "killed":
            raise Busy from None
        with run.finishing():
            actions.failed(medium_id, str(refused))
