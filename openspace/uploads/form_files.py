"""Files that come with a form, from browsers without our scripts: each becomes an upload that has arrived."""

import secrets
from base64 import b64encode
from typing import IO, NamedTuple

from flask import request

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


def store_all(field: str) -> list[Stored]:
    """Store the files that the request has in this field. It takes long: call it outside of a transaction."""
    files = [file for file in request.files.getlist(field) if file.filename]
    transactions.let_go()
    return [store(file.stream, file.mimetype) for file in files]


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
