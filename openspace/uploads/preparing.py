"""What jobs of features do to make of an upload what pages show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from openspace.extensions import db
from openspace.jobs.run import Run
from openspace.media import Refused, process
from openspace.store import media, transactions
from openspace.uploads.awaited import Awaited, File
from openspace.uploads.content import open_content
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState
from openspace.web.errors import Busy

# In bytes: a photo is read into memory.
LARGEST_PHOTO = 40 * 2**20
# Called as (problem), with a code of `openspace.media.Refused`, to note that a file cannot be shown.
Fails = Callable[[str], None]


def upload_of(run: Run, awaited: Awaited | None, fails: Fails) -> Upload | None:
    """The upload that brought a file; None if there is nothing to prepare any more.

    A file whose upload is gone, because the queue was too long for it, fails.
    """
    if awaited is None or awaited.state != MediumState.PREPARING:
        return None
    upload = db.session.get(Upload, awaited.upload_id)
    if upload is None:
        with run.finishing():
            fails("lost")
    return upload


def photo_in(upload: Upload) -> bytes:
    """The photo that an upload brought. Raises `Refused` with `large`."""
    with open_content(upload) as content:
        transactions.let_go()
        photo = content.read(LARGEST_PHOTO + 1)
    if len(photo) > LARGEST_PHOTO:
        raise Refused("large")
    return photo


def pictures(photo: bytes) -> tuple[dict[str, Any], list[File]]:
    """What is known of a photo, and the files that were made of it, in the store. Raises `Refused`."""
    made = process.run("photos.renditions", photo, seconds=30, memory=1024)
    sheets = zip(made.parts, made.facts["files"], strict=True)
    facts = {name: value for name, value in made.facts.items() if name != "files"}
    return facts, [File(media.store().put(BytesIO(part)), **sheet) for part, sheet in sheets]


@contextmanager
def refusing(run: Run, fails: Fails) -> Iterator[None]:
    """Let the file fail when it is refused. If a limit ended the child, it is tried once more (`Busy`)."""
    try:
        yield
    except Refused as refused:
        if str(refused) == "killed":
            raise Busy from None
        with run.finishing():
            fails(str(refused))
