"""Writes of uploads: begun, a piece added, taken over by a feature, discarded."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update

from openspace.access.models import Member
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import queue
from openspace.live import log
from openspace.uploads.limits import MOST_FILES, MOST_OPEN, MOST_PIECES, limits
from openspace.uploads.models import Upload, UploadPiece, bytes_of_open_uploads, open_uploads
from openspace.uploads.problems import (
    AlreadyTaken,
    EventFull,
    Expired,
    TooLarge,
    TooManyOpen,
    TooManyPieces,
    TooMuch,
    Unfinished,
    WrongOffset,
)
from openspace.web.errors import NotFound

# An upload expires so long after its last piece came, after it began if none has come, or after a feature has taken it.
KEPT, KEPT_EMPTY, KEPT_TAKEN = timedelta(days=2), timedelta(hours=1), timedelta(days=30)
# How many uploads one job clears away.
AT_ONCE = 100

_when_finished: list[Callable[[Upload], None]] = []


def when_finished(work: Callable[[Upload], None]) -> None:
    """Register what a feature does in the transaction in which the last byte of an upload arrives."""
    _when_finished.append(work)


def new_id() -> str:
    """A random id for an upload, of 32 characters."""
    return secrets.token_urlsafe(24)


def check_new(*lengths: int, event_id: int, member_id: int) -> None:
    """Refuse new uploads of so many bytes each with `TooLarge`, `TooManyOpen` or `EventFull`."""
    present, longest, together = limits(event_id), max(lengths), sum(lengths)
    if longest > present.file:
        raise TooLarge(longest, most=present.file)
    if open_uploads(member_id) + len(lengths) > MOST_OPEN:
        raise TooManyOpen
    if bytes_of_open_uploads(member_id) + together > MOST_FILES * present.file:
        raise TooManyOpen
    if together > present.left:
        raise EventFull(present.left)


def begin(upload_id: str, event: Event, *, length: int, metadata_header: str = "", by: Member) -> Upload:
    """Begin the upload of a file of `length` bytes. Refuses as `check_new` does."""
    log.claim(event.id)
    check_new(length, event_id=event.id, member_id=by.id)
    upload = Upload(
        id=upload_id,
        event_id=event.id,
        member_id=by.id,
        length=length,
        metadata_header=metadata_header,
        expires_at=now() + (KEPT_EMPTY if length else KEPT),
    )
    db.session.add(upload)
    db.session.flush()
    if upload.is_finished:
        _tell(upload)
    return upload


def find(upload_id: str, *, by: Member) -> Upload:
    """The member's upload with this id. Refuses with `NotFound`, and with `Expired` while its row is still there."""
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.member_id != by.id:
        raise NotFound
    if upload.is_expired:
        raise Expired
    return upload


def check_piece(upload: Upload, *, start: int, size: int) -> None:
    """Refuse a piece of `size` bytes at `start` with `WrongOffset`, `TooMuch` or `TooManyPieces`."""
    if start != upload.offset:
        raise WrongOffset(offset=upload.offset)
    if start + size > upload.length:
        raise TooMuch
    if upload.piece_count >= MOST_PIECES:
        raise TooManyPieces


def append(upload: Upload, piece: UploadPiece) -> None:
    """Add a piece, which the store has already, at the end. Refuses as `check_piece` does.

    Of several that come at the same moment one is added; the others find the upload moved on.
    """
    is_last = piece.start + piece.size == upload.length
    if is_last:
        # Before the upload's row: what is registered may change other rows of the event.
        log.claim(upload.event_id)
    moved = {"offset": piece.start + piece.size, "piece_count": Upload.piece_count + 1, "expires_at": now() + KEPT}
    stands = update(Upload).where(Upload.id == upload.id, Upload.offset == piece.start)
    moving = stands.values(moved).returning(Upload.id).execution_options(synchronize_session=False)
    is_moved = db.session.scalar(moving) is not None
    db.session.refresh(upload)
    if not is_moved:
        raise WrongOffset(offset=upload.offset)
    db.session.add(piece)
    if is_last:
        _tell(upload)


def take(upload_id: str, *, by: Member) -> Upload:
    """Take a member's finished upload over; it is kept until it is discarded, at most `KEPT_TAKEN`.

    Refuses with `NotFound`, `Expired`, `Unfinished`, and `AlreadyTaken` if a feature has taken it before.
    """
    log.claim(by.event_id)
    upload = find(upload_id, by=by)
    if not upload.is_finished:
        raise Unfinished
    if upload.is_taken:
        raise AlreadyTaken
    upload.is_taken, upload.expires_at = True, now() + KEPT_TAKEN
    return upload


def discard(*uploads: Upload) -> None:
    """Delete uploads. If pieces of them have come, a job deletes these once this is committed."""
    ids = [upload.id for upload in uploads]
    for begin in range(0, len(ids), AT_ONCE):
        some = ids[begin : begin + AT_ONCE]
        pieces = delete(UploadPiece).where(UploadPiece.upload_id.in_(some)).returning(UploadPiece.upload_id)
        begun = set(db.session.scalars(pieces.execution_options(synchronize_session=False)))
        db.session.execute(delete(Upload).where(Upload.id.in_(some)))
        if begun:
            queue.enqueue("uploads.clear", {"upload_ids": sorted(begun)})


def discard_expired() -> None:
    """Delete the uploads that have expired."""
    discard(*db.session.scalars(select(Upload).where(Upload.expires_at <= now())))


def _tell(upload: Upload) -> None:
    for work in _when_finished:
        work(upload)
