"""Tables of the pictures, films and sound of stories, and the queries on them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Select, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.store import media
from openspace.stories.models import Story
from openspace.stories.rules import LONGEST_ALT, MediumKind, MediumState
from openspace.uploads import limits

_KIND = Enum(MediumKind, native_enum=False, length=10, values_callable=lambda kinds: [kind.value for kind in kinds])
_STATE = Enum(MediumState, native_enum=False, length=10, values_callable=lambda kinds: [kind.value for kind in kinds])


class Medium(Model):
    """A photo, a film or a sound recording of a story. It is there before its file has arrived."""

    __tablename__ = "story_medium"
    __table_args__ = (UniqueConstraint("story_id", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    # Among the media of its story, from 0.
    place: Mapped[int]
    # What the phone calls the file, in its form and in the metadata of the upload: random, 16 to 40 characters.
    ref: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[MediumKind] = mapped_column(_KIND)
    state: Mapped[MediumState] = mapped_column(_STATE, default=MediumState.COMING)
    # The upload that brings the file, once it has arrived; and the job that prepares it.
    upload_id: Mapped[str | None] = mapped_column(String(32))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    # Why it could not be prepared: a code of `openspace.media.Refused`.
    problem: Mapped[str] = mapped_column(String(20), default="")
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT), default="")
    # In pixels; none of sound.
    width: Mapped[int | None]
    height: Mapped[int | None]
    # How long a film or sound is, in seconds.
    seconds: Mapped[float | None]
    # A tiny picture as a data URI, which stands there until the real one has come.
    placeholder: Mapped[str] = mapped_column(Text, default="")
    # Of the file that was sent, in seconds: where the film begins, and how long it may be at most.
    cut_from: Mapped[float] = mapped_column(default=0.0)
    cut_length: Mapped[float | None]
    # Of a film or sound: [begin, end, text], in seconds.
    subtitles: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    story: Mapped[Story] = relationship()
    renditions: Mapped[list["Rendition"]] = relationship(
        cascade="all, delete-orphan", order_by="Rendition.width, Rendition.id", passive_deletes=True
    )

    @property
    def lines(self) -> list[tuple[float, float, str]]:
        """Its subtitles: begin and end, in seconds, and text of each."""
        return [(begin, end, words) for begin, end, words in self.subtitles]

    def files(self, mimetype: str) -> list["Rendition"]:
        """Its files of this type, the smallest first."""
        return [rendition for rendition in self.renditions if rendition.mimetype == mimetype]

    @property
    def player(self) -> "Rendition | None":
        """What is played of a film or sound; None of a photo, or while it is being prepared."""
        return next((each for each in self.renditions if each.mimetype.partition("/")[0] in {"video", "audio"}), None)


class Rendition(Model):
    """One file that was made of a medium, by the hash of its content."""

    __tablename__ = "story_rendition"

    id: Mapped[int] = mapped_column(primary_key=True)
    medium_id: Mapped[int] = mapped_column(ForeignKey("story_medium.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    mimetype: Mapped[str] = mapped_column(String(40))
    # In bytes.
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]


media.refer(Rendition.digest)


def bytes_of_renditions(event_id: int) -> int:
    """How many bytes the files of the event's stories take."""
    found = select(func.coalesce(func.sum(Rendition.size), 0)).join(Medium).join(Story)
    return int(db.session.scalar(found.where(Story.event_id == event_id)) or 0)


limits.count(bytes_of_renditions)


def media_of(story_ids: Collection[int]) -> dict[int, list[Medium]]:
    """Return the media of each of these stories with their files, in the order in which they stand."""
    found: dict[int, list[Medium]] = {story_id: [] for story_id in story_ids}
    for medium in db.session.scalars(_media(Medium.story_id.in_(story_ids))):
        found[medium.story_id].append(medium)
    return found


def media_called(ref: str) -> list[Medium]:
    """Return the media with this name, of whatever story, with their stories."""
    return list(db.session.scalars(_media(Medium.ref == ref).options(selectinload(Medium.story))))


def stories_with(*kinds: MediumKind) -> Select[int]:
    """Return a query for the ids of the stories that have a medium of one of these kinds."""
    return select(Medium.story_id).where(Medium.kind.in_(kinds), Medium.state != MediumState.FAILED)


def on_the_way(member_id: int) -> list[int]:
    """Return the numbers of the stories told by this member of which a file is still coming or being prepared."""
    theirs = (Story.by_id == member_id) | (Story.author_id == member_id)
    unfinished = Medium.state.in_((MediumState.COMING, MediumState.PREPARING))
    return list(
        db.session.scalars(
            select(Story.number).join(Medium).where(theirs, unfinished).distinct().order_by(Story.number)
        )
    )


def media_on_the_way(member_id: int) -> int:
    """Return how many files of stories told by this member are still coming or being prepared."""
    unfinished = Medium.state.in_((MediumState.COMING, MediumState.PREPARING))
    return db.session.scalar(select(func.count(Medium.id)).join(Story).where(Story.by_id == member_id, unfinished)) or 0


def has_file(story_id: int, digest: str) -> bool:
    """Whether the file is one of this story."""
    found = select(Rendition.id).join(Medium).where(Medium.story_id == story_id, Rendition.digest == digest)
    return db.session.scalar(found.limit(1)) is not None


def _media(*conditions: Any) -> Select[Medium]:
    found = select(Medium).where(*conditions).options(selectinload(Medium.renditions))
    return found.order_by(Medium.story_id, Medium.place, Medium.id)
