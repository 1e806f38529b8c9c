"""Tables of uploads: how much of each file has arrived, and in which pieces."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.store import media
from openspace.uploads.rules import read_metadata


class Upload(Model):
    """A file that a member sends. Its first `offset` bytes have arrived, which this row alone knows."""

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint('0 <= "offset" AND "offset" <= length', name="within_length"),)

    # Random: whoever knows it is still asked who they are.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    # In bytes.
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    piece_count: Mapped[int] = mapped_column(default=0)
    # What the client says of the file, as the header Upload-Metadata.
    metadata_header: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # An hour after it began; each piece moves it on.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # A feature has taken it over: the member can neither delete it nor use it again.
    is_taken: Mapped[bool] = mapped_column(default=False)

    @property
    def is_finished(self) -> bool:
        """Whether all bytes have arrived."""
        return self.offset == self.length

    @property
    def is_expired(self) -> bool:
        """Whether it was left alone for too long."""
        return self.expires_at <= now()

    @property
    def filename(self) -> str:
        """The name of the file as the client told it; it may be empty, or wrong."""
        told = read_metadata(self.metadata_header)
        return told.get("filename") or told.get("name", "")

    @property
    def mimetype(self) -> str:
        """The type of the file as the client told it; it may be empty, or wrong."""
        return read_metadata(self.metadata_header).get("filetype", "")


class UploadPiece(Model):
    """Bytes of an upload that arrived together, from `start` on; the store has them under the `key`.

    The key is random, so that two tabs that send the same piece at once do not write over each other.
    """

    __tablename__ = "upload_piece"

    upload_id: Mapped[str] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))


# The store keeps the pieces that have a row; others, which requests that failed have left, it removes.
media.refer_pieces(UploadPiece.key)


def pieces_of(upload: Upload) -> Sequence[UploadPiece]:
    """The pieces of an upload, in order."""
    found = select(UploadPiece).where(UploadPiece.upload_id == upload.id).order_by(UploadPiece.start)
    return db.session.scalars(found).all()


def open_uploads(member_id: int) -> int:
    """How many uploads of a member nobody has taken."""
    return db.session.scalar(select(func.count()).where(*_is_open(member_id))) or 0


def bytes_of_open_uploads(member_id: int) -> int:
    """How many bytes the uploads of a member that nobody has taken take when they have arrived."""
    return int(db.session.scalar(select(func.coalesce(func.sum(Upload.length), 0)).where(*_is_open(member_id))) or 0)


def _is_open(member_id: int) -> tuple[ColumnElement[bool], ...]:
    return Upload.member_id == member_id, Upload.is_taken.is_(False), Upload.expires_at > now()


def bytes_of_uploads(event_id: int) -> int:
    """How many bytes the uploads of an event take when they have arrived."""
    found = select(func.coalesce(func.sum(Upload.length), 0)).where(Upload.event_id == event_id)
    return int(db.session.scalar(found) or 0)
