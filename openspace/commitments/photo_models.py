"""The photo that may come with an answer to what came of a commitment, and the queries on it."""

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.commitments.follow_up_models import FollowUp
from openspace.extensions import Model, db
from openspace.store import media
from openspace.uploads import limits
from openspace.uploads.awaited import Awaited, Made


class AnswerPhoto(Awaited, Model):
    """The photo of an answer. Another one takes its place."""

    __tablename__ = "answer_photo"
    # An address of a file must never open another photo that has come under its id.
    __table_args__ = ({"sqlite_autoincrement": True},)

    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"), unique=True)

    follow_up: Mapped[FollowUp] = relationship()
    renditions: Mapped[list["AnswerPhotoFile"]] = relationship(
        cascade="all, delete-orphan", order_by="AnswerPhotoFile.width, AnswerPhotoFile.id", passive_deletes=True
    )


class AnswerPhotoFile(Made, Model):
    """One file that was made of the photo of an answer, by the hash of its content."""

    __tablename__ = "answer_photo_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("answer_photo.id", ondelete="CASCADE"), index=True)


media.refer(AnswerPhotoFile.digest)


def bytes_of_photos(event_id: int) -> int:
    """How many bytes the files of the photos in answers of an event take."""
    found = select(func.coalesce(func.sum(AnswerPhotoFile.size), 0)).join(AnswerPhoto).join(FollowUp)
    return int(db.session.scalar(found.where(FollowUp.event_id == event_id)) or 0)


limits.count(bytes_of_photos)


def photo_of(follow_up_id: int) -> AnswerPhoto | None:
    """Return the photo of an answer, if it has one."""
    return db.session.scalar(select(AnswerPhoto).where(AnswerPhoto.follow_up_id == follow_up_id))


def photos_of(event_id: int) -> dict[int, AnswerPhoto]:
    """Return the photos of an event's answers, by the ids of the questions."""
    found = select(AnswerPhoto).join(FollowUp).where(FollowUp.event_id == event_id).order_by(AnswerPhoto.id)
    return {each.follow_up_id: each for each in db.session.scalars(found)}
