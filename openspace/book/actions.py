"""Writes of the book: asking for a file, keeping it, and forgetting all."""

from datetime import datetime

from sqlalchemy import delete

from openspace.access.models import Member
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
        file.asked_at = now()
        arguments = {"event_id": event.id, "form": form.value, "language": language}
        file.job = queue.enqueue(BOOK, arguments, event_id=event.id, by=by.id)
    db.session.flush()
    return file


def keep(event_id: int, form: Form, language: str, stored: Stored, *, fingerprint: str, made_at: datetime) -> None:
    """Keep a file that was made of the contents with this fingerprint, in the place of an earlier one.

    One that was made of contents from before it was asked for is not kept: the book was forgotten meanwhile.
    """
    file = db.session.get(BookFile, (event_id, form, language))
    if file and file.asked_at <= made_at:
        file.digest, file.size, file.fingerprint, file.made_at = stored.digest, stored.size, fingerprint, made_at


def forget(event_id: int) -> None:
    """Delete all files of the event's book: they name somebody who is gone."""
    db.session.execute(delete(BookFile).where(BookFile.event_id == event_id))
