"""Writes of the book: asking for a file, keeping it, and forgetting all."""

from datetime import datetime

from sqlalchemy import delete

from openspace.access.models import Member
from openspace.book.contents import Digest
from openspace.book.models import BookFile, Form
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import queue
from openspace.live import log
from openspace.store.media import Stored

BOOK = "book.make"


def ask(event: Event, form: Form, language: str, *, by: Member) -> BookFile:
    """Let the book be made in this form and language, unless it is being made already."""
    log.claim(event.id)
    file = db.session.get(BookFile, (event.id, form, language))
    if file is None:
        file = BookFile(event_id=event.id, form=form, language=language)
        db.session.add(file)
    if not file.is_coming:
        arguments = {"event_id": event.id, "form": form.value, "language": language}
        file.job = queue.enqueue(BOOK, arguments, event_id=event.id, by=by.id)
    db.session.flush()
    return file


def keep(
    event_id: int, form: Form, language: str, stored: Stored, *, job_id: int, book: Digest, read_at: datetime
) -> None:
    """Keep a file of a book that was read then, in the place of an earlier one.

    One of a job that nobody waits for is not kept: all files were forgotten while it was made.
    """
    file = db.session.get(BookFile, (event_id, form, language))
    if file and file.job_id == job_id:
        file.digest, file.size, file.read_at, file.kept_at = stored.digest, stored.size, read_at, now()
        file.fingerprint, file.agreed = book.fingerprint, sorted(book.agreed)


def forget(event_id: int) -> None:
    """Delete all files of the event's book: they name somebody who is gone."""
    db.session.execute(delete(BookFile).where(BookFile.event_id == event_id))
