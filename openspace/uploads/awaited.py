"""Files that a feature waits for, prepares and shows: the columns of its tables, and how far each file is.

The phone gives each file a random name, `ref`, which the feature's row and the metadata of the upload both have.
Whichever comes first waits for the other. A job then makes of the upload what pages show.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Enum, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from openspace.access.models import Member
from openspace.clock import now
from openspace.extensions import UtcDateTime, db
from openspace.jobs import queue
from openspace.store.media import Stored
from openspace.uploads import actions
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState, read_metadata

# A file that has not arrived in so long a time does not come any more.
PATIENCE = timedelta(days=2)
_STATE = Enum(
    MediumState, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states]
)


# What is said of a file that cannot be shown, by the code of its problem.
_PROBLEMS = {
    "unreadable": _l("This file cannot be read. A photo, a film or a sound recording of a phone, please."),
    "large": _l("This file is too large to be shown."),
    "empty": _l("There is nothing to see or hear in this file."),
    "full": _l("There is no room for this file."),
    "killed": _l("Preparing this file took too long."),
    "lost": _l("This file did not arrive."),
}


class Awaited:
    """Columns of a file that a feature waits for. Its row is there before the file has arrived."""

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the phone calls the file: random, 16 to 40 characters.
    ref: Mapped[str] = mapped_column(String(40), index=True)
    state: Mapped[MediumState] = mapped_column(_STATE, default=MediumState.COMING)
    # The upload that brings the file, once it has arrived; and the job that prepares it.
    upload_id: Mapped[str | None] = mapped_column(String(32))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    # Why it could not be prepared: a code of `openspace.media.Refused`.
    problem: Mapped[str] = mapped_column(String(20), default="")
    # In pixels; none of sound.
    width: Mapped[int | None]
    height: Mapped[int | None]
    # A tiny picture as a data URI, which stands there until the real one has come.
    placeholder: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    renditions: Any

    def files(self, mimetype: str) -> list[Any]:
        """Its files of this type, the smallest first."""
        return [rendition for rendition in self.renditions if rendition.mimetype == mimetype]


class Made:
    """Columns of a file that was made of an upload: where the store has it, its type, and how large it is."""

    digest: Mapped[str] = mapped_column(String(64), index=True)
    mimetype: Mapped[str] = mapped_column(String(40))
    # In bytes.
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]


class File(NamedTuple):
    """A file that was made of an upload, in the store."""

    stored: Stored
    mimetype: str
    width: int | None = None
    height: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What a row of a table with the columns of `Made` says of it."""
        digest, size = self.stored
        return {"digest": digest, "size": size, "mimetype": self.mimetype, "width": self.width, "height": self.height}


def problem_of(awaited: Awaited) -> Any:
    """Why the file cannot be shown, as a sentence."""
    return _PROBLEMS.get(awaited.problem, _PROBLEMS["unreadable"])


def srcset(address_of: Callable[[Any], str], files: Iterable[Any]) -> str:
    """Return the attribute `srcset` for the files of a picture."""
    return ", ".join(f"{address_of(file)} {file.width}w" for file in files)


def ref_of(upload: Upload) -> str:
    """What the phone called the file of an upload; empty if it did not say."""
    return read_metadata(upload.metadata_header).get("ref", "")


def arrived_from(member: Member) -> dict[str, Upload]:
    """The uploads of a member that have arrived, and that no feature has taken, by what the phone called the files."""
    found = select(Upload).where(Upload.member_id == member.id, Upload.is_taken.is_(False))
    uploads = [upload for upload in db.session.scalars(found) if upload.is_finished and not upload.is_expired]
    return {ref_of(upload): upload for upload in uploads}


def prepare(awaited: Awaited, upload: Upload, kind: str, *, argument: str, by: Member) -> None:
    """Take over the upload that has arrived, and let a job make of it what pages show.

    The job of this `kind` is given the id of the row as its `argument`.
    """
    actions.take(upload.id, by=by)
    db.session.flush()
    job = queue.enqueue(kind, {argument: awaited.id}, event_id=upload.event_id, by=by.id)
    awaited.state, awaited.upload_id, awaited.job_id = MediumState.PREPARING, upload.id, job.id


def mark_ready(awaited: Awaited, facts: dict[str, Any]) -> None:
    """Note that the file is there, and of its `facts` the size and the placeholder. The upload is discarded."""
    awaited.state, awaited.problem = MediumState.READY, ""
    awaited.width, awaited.height = facts.get("width"), facts.get("height")
    awaited.placeholder = facts.get("placeholder", "")
    let_go(awaited)


def mark_failed(awaited: Awaited, problem: str) -> None:
    """Note that the file cannot be shown, and why: a code of `openspace.media.Refused`. The upload is discarded."""
    awaited.state, awaited.problem = MediumState.FAILED, problem
    let_go(awaited)


def let_go(awaited: Awaited) -> None:
    """Discard the upload: its file has been used, or is of no use."""
    if awaited.upload_id and (upload := db.session.get(Upload, awaited.upload_id)):
        actions.discard(upload)
    awaited.upload_id = None
