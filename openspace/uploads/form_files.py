"""Files that come with a form, from browsers without our scripts: each becomes an upload that has arrived."""

import io
import secrets
from base64 import b64encode
from collections.abc import Sequence
from typing import IO, NamedTuple

from flask import request
from werkzeug.datastructures import FileStorage

from openspace.access.models import Member
from openspace.events.models import Event
from openspace.store import media, transactions
from openspace.uploads import actions
from openspace.uploads.limits import PIECE
from openspace.uploads.models import Upload, UploadPiece


class Stored(NamedTuple):
    """A file of a form, whose bytes are in the store: its name for the feature, its type as the browser tells it."""

    upload_id: str
    ref: str
    mimetype: str
    pieces: list[UploadPiece]

    @property
    def length(self) -> int:
        """Its size in bytes."""
        return sum(piece.size for piece in self.pieces)


def sent(field: str) -> list[FileStorage]:
    """The files that the request has in this field."""
    return [file for file in request.files.getlist(field) if file.filename]


def store_all(files: Sequence[FileStorage], event_id: int, *, member_id: int) -> list[Stored]:
    """Store files of the request. Refuses as `actions.check_new` does.

    It takes long: call it outside of a transaction.
    """
    if files:
        actions.check_new(*(_size(file.stream) for file in files), event_id=event_id, member_id=member_id)
    transactions.let_go()
    return [store(file.stream, file.mimetype) for file in files]


def forget(stored: Sequence[Stored]) -> None:
    """Delete the pieces of files that are not kept after all. Call it outside of a transaction."""
    for each in stored:
        media.store().delete_pieces(each.upload_id)


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def keep(stored: Stored, event: Event, *, by: Member) -> Upload:
    """Begin the upload of a stored file, and end it at once. Refuses as `actions.begin` does."""
    ref = b64encode(stored.ref.encode()).decode()
    upload = actions.begin(stored.upload_id, event, length=stored.length, metadata_header=f"ref {ref}", by=by)
    for piece in stored.pieces:
        actions.append(upload, piece)
    return upload


def store(file: IO[bytes], mimetype: str = "") -> Stored:
    """Store a file as the pieces of an upload that is still to begin. Call it outside of a transaction, too."""
    stored = Stored(actions.new_id(), secrets.token_hex(16), mimetype, [])
    while content := file.read(PIECE):
        key = f"{stored.upload_id}/{stored.length}-{secrets.token_hex(8)}"
        media.store().put_piece(key, content)
        piece = UploadPiece(upload_id=stored.upload_id, start=stored.length, size=len(content), key=key)
        stored.pieces.append(piece)
    return stored
