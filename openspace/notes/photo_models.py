"""Tables of the photos in notes, and the queries on them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.extensions import Model, UtcDateTime, db
from openspace.notes.models import NextStep, topic_ids
from openspace.notes.rules import LONGEST_CAPTION
from openspace.store import media
from openspace.uploads import limits
from openspace.uploads.awaited import Awaited, Made
from openspace.uploads.rules import MediumState


class NotePhoto(Awaited, Model):
    """A photo in a topic's notes, mostly of the flipchart. It is there before its file has arrived."""

    __tablename__ = "note_photo"
    __table_args__ = (UniqueConstraint("topic_id", "ref"),)

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    # What is to be seen: it stands below the photo, and is read out to those who cannot see it.
    caption: Mapped[str] = mapped_column(String(LONGEST_CAPTION), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # It was taken away, and can be brought back for a while.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    topic: Mapped[Topic] = relationship()
    by: Mapped[Member | None] = relationship()
    renditions: Mapped[list["NotePhotoFile"]] = relationship(
        cascade="all, delete-orphan", order_by="NotePhotoFile.width, NotePhotoFile.id", passive_deletes=True
    )


class NotePhotoFile(Made, Model):
    """One file that was made of a photo in notes, by the hash of its content."""

    __tablename__ = "note_photo_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("note_photo.id", ondelete="CASCADE"), index=True)


media.refer(NotePhotoFile.digest)

# Photos that count as notes, because everybody sees them.
IS_THERE: tuple[ColumnElement[bool], ...] = (
    NotePhoto.state == MediumState.READY,
    NotePhoto.removed_at.is_(None),
)


def bytes_of_photos(event_id: int) -> int:
    """How many bytes the files of the photos in an event's notes take."""
    found = select(func.coalesce(func.sum(NotePhotoFile.size), 0)).join(NotePhoto).join(Topic)
    return int(db.session.scalar(found.where(Topic.event_id == event_id)) or 0)


limits.count(bytes_of_photos)


def photos_on(topic: Topic) -> list[NotePhoto]:
    """Return the photos on the page of the topic's notes with their files, in the order in which they were added."""
    return list(db.session.scalars(_photos_of(topic).where(NotePhoto.removed_at.is_(None))))


def photo_of(topic: Topic, photo_id: int) -> NotePhoto | None:
    """Return the photo with this id on the page of the topic's notes, also one that was taken away."""
    return db.session.scalar(_photos_of(topic).where(NotePhoto.id == photo_id))


def photos_in(ids: Collection[int]) -> list[NotePhoto]:
    """Return the photos with their files that everybody sees in the notes of these topics, the first added first."""
    found = select(NotePhoto).where(NotePhoto.topic_id.in_(ids), *IS_THERE).options(selectinload(NotePhoto.renditions))
    return list(db.session.scalars(found.order_by(NotePhoto.id)))


def photos_called(ref: str) -> list[NotePhoto]:
    """Return the photos with this name, in whatever notes."""
    return list(db.session.scalars(select(NotePhoto).where(NotePhoto.ref == ref).order_by(NotePhoto.id)))


def photos_there(ids: Collection[int]) -> dict[int, int]:
    """Return how many photos everybody sees in the notes of each of these topics; without any it is left out."""
    counted = select(NotePhoto.topic_id, func.count().label("photos")).where(NotePhoto.topic_id.in_(ids), *IS_THERE)
    return {row.topic_id: row.photos for row in db.session.execute(counted.group_by(NotePhoto.topic_id))}


def extras(ids: Collection[int]) -> dict[int, int]:
    """Return how many next steps and photos each of these topics has beside words; without any it is left out."""
    counted = select(NextStep.topic_id, func.count().label("steps")).where(NextStep.topic_id.in_(ids))
    steps = {row.topic_id: row.steps for row in db.session.execute(counted.group_by(NextStep.topic_id))}
    photos = photos_there(ids)
    return {ident: steps.get(ident, 0) + photos.get(ident, 0) for ident in steps.keys() | photos.keys()}


def photos_on_the_way(member_id: int) -> int:
    """Return how many photos that a member added to notes are still coming or being prepared."""
    unfinished = NotePhoto.state.in_((MediumState.COMING, MediumState.PREPARING))
    counted = select(func.count(NotePhoto.id)).where(NotePhoto.by_id == member_id, unfinished)
    return db.session.scalar(counted.where(NotePhoto.removed_at.is_(None))) or 0


def _photos_of(topic: Topic) -> Select[NotePhoto]:
    found = select(NotePhoto).where(NotePhoto.topic_id.in_(topic_ids(topic)))
    return found.options(selectinload(NotePhoto.renditions)).order_by(NotePhoto.id)
