"""Tables of the pictures, films and sound of stories, and the queries on them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from openspace.extensions import Model, db
from openspace.store import media
from openspace.stories.models import Story
from openspace.stories.rules import LONGEST_ALT, MediumKind
from openspace.uploads import limits
from openspace.uploads.awaited import Awaited, Made
from openspace.uploads.rules import MediumState

_KIND = Enum(MediumKind, native_enum=False, length=10, values_callable=lambda kinds: [kind.value for kind in kinds])


class Medium(Awaited, Model):
    """A photo, a film or a sound recording of a story. It is there before its file has arrived."""

    __tablename__ = "story_medium"
    __table_args__ = (UniqueConstraint("story_id", "ref"),)

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    # Among the media of its story, from 0.
    place: Mapped[int]
    kind: Mapped[MediumKind] = mapped_column(_KIND)
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT), default="")
    # How long a film or sound is, in seconds.
    seconds: Mapped[float | None]
    # Of the file that was sent, in seconds: where the film begins, and how long it may be at most.
    cut_from: Mapped[float] = mapped_column(default=0.0)
    cut_length: Mapped[float | None]
    # Of a film or sound: [begin, end, text], in seconds.
    subtitles: Mapped[list[Any]] = mapped_column(JSON, default=list)

    story: Mapped[Story] = relationship()
    renditions: Mapped[list["Rendition"]] = relationship(
        cascade="all, delete-orphan", order_by="Rendition.width, Rendition.id", passive_deletes=True
    )

    @property
    def lines(self) -> list[tuple[float, float, str]]:
        """Its subtitles: begin and end, in seconds, and text of each."""
        return [(begin, end, words) for begin, end, words in self.subtitles]

    @property
    def player(self) -> "Rendition | None":
        """What is played of a film or sound; None of a photo, or while it is being prepared."""
        return next((each for each in self.renditions if each.mimetype.partition("/")[0] in {"video", "audio"}), None)


class Rendition(Made, Model):
    """One file that was made of a medium, by the hash of its content."""

    __tablename__ = "story_rendition"

    id: Mapped[int] = mapped_column(primary_key=True)
    medium_id: Mapped[int] = mapped_column(ForeignKey("story_medium.id", ondelete="CASCADE"), index=True)


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
