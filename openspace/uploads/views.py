"""Uploads over HTTP: the tus protocol 1.0.0, https://tus.io/protocols/resumable-upload.

A piece is stored before the transaction that counts it. So a request that is repeated, cut off or overtaken adds no
byte twice, and no lock is held while bytes are on their way. Idempotency keys do nothing here: the offset is the key.
"""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore
from typing import Any, NamedTuple, TypeVar

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.http import http_date

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import limiter
from openspace.store import media, transactions
from openspace.uploads import actions
from openspace.uploads.limits import LARGEST_PIECE, limits
from openspace.uploads.models import Upload, UploadPiece
from openspace.uploads.problems import Misunderstood, OtherType, OtherVersion, WrongChecksum
from openspace.uploads.rules import ALGORITHMS, EXTENSIONS, VERSION, read_checksum, read_metadata, read_number
from openspace.web.errors import NotAllowed, View
from openspace.web.http import accepts_body
from openspace.web.preparing import prepared_by

T = TypeVar("T")

blueprint = event_blueprint("uploads", __name__)
MIMETYPE = "application/offset+octet-stream"
# A phone that sends 1 MiB at once needs 300 requests for the largest film.
PIECES = "1200 per minute"
UPLOADS = "120 per minute"
LONGEST_METADATA = 1000
_TOO_LARGE = _l("This part of the file is too large to be sent at once. Please reload the page; nothing is lost.")
# How many pieces lie in memory and are written at once. Others wait, holding neither a lock nor a connection to the
# database: more writers would only keep the disk from the taps of others (`python -m tests.load.uploads`).
_turns = BoundedSemaphore(2)


class New(NamedTuple):
    """An upload that can begin: its id, its length, what the client says of it, and the piece that came with it."""

    id: str
    length: int
    metadata_header: str
    piece: UploadPiece | None


@blueprint.after_request
def say_version(response: Response) -> Response:
    """Say in every answer which protocol is spoken, and that nobody may store it."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == OtherVersion.status:
        response.headers["Tus-Version"] = VERSION
    return response


def speaks_tus(view: View) -> View:
    """Refuse with `OtherVersion` a request of a client that speaks another version."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.headers.get("Tus-Resumable") != VERSION:
            raise OtherVersion
        return view(*args, **kwargs)

    return checked


@blueprint.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@requires(Role.PARTICIPANT)
def options() -> ResponseReturnValue:
    """What this server can do, and how large a file may be now."""
    told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}
    return _answer(204, {**told, "Tus-Max-Size": limits(visitor.event_id).most})


def _new() -> New:
    """The upload that a request begins; the piece that came with it is stored."""
    length = _read(read_number, "Upload-Length")
    metadata = request.headers.get("Upload-Metadata", "")
    _read(read_metadata, "Upload-Metadata")
    if len(metadata) > LONGEST_METADATA:
        raise Misunderstood
    actions.check_new(length, event_id=visitor.event_id, member_id=visitor.member_id or 0)
    upload_id = actions.new_id()
    empty = Upload(id=upload_id, length=length, offset=0, piece_count=0)
    piece = _stored(upload_id, lambda: empty, start=0) if request.content_length else None
    return New(upload_id, length, metadata, piece)


def _forget_piece(piece: UploadPiece | None) -> None:
    """Delete from the store a piece that its upload does not take."""
    if piece:
        media.store().delete_piece(piece.key)


@blueprint.route("/uploads", methods=["POST"], provide_automatic_options=False)
@accepts_body(LARGEST_PIECE, _TOO_LARGE, keeps_part=True)
@limiter.limit(UPLOADS)
@requires(Role.PARTICIPANT)
@speaks_tus
@prepared_by(_new, undo=lambda new: _forget_piece(new.piece))
def create(new: New) -> ResponseReturnValue:
    """Begin an upload, with or without its first piece. Refuses as `actions.begin` does."""
    upload = actions.begin(
        new.id, visitor.event, length=new.length, metadata_header=new.metadata_header, by=visitor.member
    )
    if new.piece:
        actions.append(upload, new.piece)
    return _answer(201, {"Location": url_for("uploads.show", upload_id=upload.id), **_progress(upload)})


@blueprint.route("/uploads/<upload_id>", methods=["HEAD"])
@limiter.limit(PIECES)
@requires(Role.PARTICIPANT)
@speaks_tus
def show(upload_id: str) -> ResponseReturnValue:
    """Say how much of an upload has arrived."""
    upload = actions.find(upload_id, by=visitor.member)
    told = {"Upload-Metadata": upload.metadata_header} if upload.metadata_header else {}
    return _answer(200, {"Upload-Length": upload.length, **told, **_progress(upload)})


def _arrived(upload_id: str) -> UploadPiece | None:
    """The piece that a request brings, stored; None if it brings no byte."""
    start = _read(read_number, "Upload-Offset")
    return _stored(upload_id, lambda: actions.find(upload_id, by=visitor.member), start=start)


@blueprint.patch("/uploads/<upload_id>")
@accepts_body(LARGEST_PIECE, _TOO_LARGE, keeps_part=True)
@limiter.limit(PIECES)
@requires(Role.PARTICIPANT)
@speaks_tus
@prepared_by(_arrived, undo=_forget_piece)
def append(piece: UploadPiece | None, upload_id: str) -> ResponseReturnValue:
    """Add a piece at the end of an upload. Refuses as `actions.append` does, and with `WrongChecksum`."""
    upload = actions.find(upload_id, by=visitor.member)
    if piece:
        actions.append(upload, piece)
    return _answer(204, _progress(upload))


@blueprint.delete("/uploads/<upload_id>")
@limiter.limit(UPLOADS)
@requires(Role.PARTICIPANT)
@speaks_tus
def terminate(upload_id: str) -> ResponseReturnValue:
    """Delete an upload. Refuses with `NotAllowed` if a feature has taken it, such as a story with this film."""
    upload = actions.find(upload_id, by=visitor.member)
    if upload.is_taken:
        raise NotAllowed(_l("This file is in use already, so it can no longer be cancelled."))
    actions.discard(upload)
    return _answer(204)


def _stored(upload_id: str, find: Callable[[], Upload], *, start: int) -> UploadPiece | None:
    """Store the body as a piece of an upload, which `find` returns as it is then; None for an empty body.

    Refuses as `actions.check_piece` does, and with `OtherType`, `WrongChecksum` and `Full`.
    """
    if request.mimetype != MIMETYPE:
        raise OtherType
    checksum = _read(read_checksum, "Upload-Checksum")
    transactions.let_go()
    with _turns:
        # Only now: of many that come at once, those whose turn comes late find that others have come before them.
        actions.check_piece(find(), start=start, size=request.content_length or 0)
        transactions.let_go()
        content = request.get_data(cache=False)
        if checksum and hashlib.new(checksum.algorithm, content).digest() != checksum.digest:
            raise WrongChecksum
        if not content:
            return None
        key = f"{upload_id}/{start}-{secrets.token_hex(8)}"
        media.store().put_piece(key, content)
    return UploadPiece(upload_id=upload_id, start=start, size=len(content), key=key)


def _read(reader: Callable[[str], T], header: str) -> T:
    """Read a header. Refuses with `Misunderstood` what makes no sense."""
    try:
        return reader(request.headers.get(header, ""))
    except ValueError:
        raise Misunderstood from None


def _progress(upload: Upload) -> dict[str, object]:
    return {"Upload-Offset": upload.offset, "Upload-Expires": http_date(upload.expires_at)}


def _answer(status: int, headers: dict[str, object] | None = None) -> Response:
    response = Response(status=status)
    # So that `writes` does not keep it either.
    response.cache_control.no_store = True
    for name, value in (headers or {}).items():
        response.headers[name] = str(value)
    return response
