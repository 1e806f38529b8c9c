"""Tables of the series of micro-films: which films are in it, and the files that were made of them."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship, selectinload

from openspace.extensions import Model, UtcDateTime, db
from openspace.store import media
from openspace.stories.media_models import Medium, Rendition
from openspace.stories.models import Story, out_by
from openspace.stories.rules import MediumKind, State, Way
from openspace.stories.series import LONGEST_TITLE, Part, Shape, version
from openspace.uploads import limits
from openspace.uploads.rules import MediumState

# What may be in the series: what is on the wall, if its author agreed to the web.
ON_WEB = out_by(Way.SITE)
_IS_FILM = (Medium.kind == MediumKind.FILM, Medium.state == MediumState.READY)
_SHAPE = Enum(Shape, native_enum=False, length=10, values_callable=lambda shapes: [shape.value for shape in shapes])


class SeriesFilm(Model):
    """A film that organisers have chosen for the series. It is in it only as long as its author and the wall let it."""

    __tablename__ = "series_film"

    medium_id: Mapped[int] = mapped_column(ForeignKey("story_medium.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    # Grows along the series; numbers may be left out.
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    # A JPEG for pages elsewhere that show a link to it, and its size in bytes; none until a job has made it.
    picture: Mapped[str | None] = mapped_column(String(64), index=True)
    picture_size: Mapped[int] = mapped_column(default=0)

    medium: Mapped[Medium] = relationship()

    @property
    def story(self) -> Story:
        """The story whose film it is."""
        return self.medium.story

    @property
    def number(self) -> int:
        """The number of its story: a story has one film at most."""
        return self.story.number

    @property
    def player(self) -> Rendition:
        """Its file."""
        return cast(Rendition, self.medium.player)

    @property
    def poster(self) -> Rendition:
        """Its largest picture."""
        return cast(Rendition, self.medium.files("image/webp")[-1])

    @property
    def part(self) -> Part:
        """What a file of the series shows of it."""
        return Part(self.player.digest, self.title, self.story.community)


class SeriesFile(Model):
    """A file for download, in one shape: the whole series, or one film of it, with title cards. A job makes it."""

    __tablename__ = "series_file"
    __table_args__ = (
        UniqueConstraint("medium_id", "shape"),
        Index(
            "ix_series_file_whole",
            "event_id",
            "shape",
            unique=True,
            sqlite_where=text("medium_id IS NULL"),
            postgresql_where=text("medium_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    # The film that it shows; None for the whole series.
    medium_id: Mapped[int | None] = mapped_column(ForeignKey("series_film.medium_id", ondelete="CASCADE"))
    shape: Mapped[Shape] = mapped_column(_SHAPE)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    # Why it could not be made: a code of `openspace.media.Refused`, or `changed`.
    problem: Mapped[str] = mapped_column(String(20), default="")
    # None until it is made.
    digest: Mapped[str | None] = mapped_column(String(64), index=True)
    # In bytes.
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of which version it was made (`series.version`).
    version: Mapped[str] = mapped_column(String(16), default="")
    # The films in it: [id of the medium, second at which it begins].
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)

    @property
    def medium_ids(self) -> set[int]:
        """The films in it."""
        return {medium_id for medium_id, _ in self.parts}

    def is_old(self, films: list[SeriesFilm]) -> bool:
        """Whether it would be another one if it were made of these films now."""
        return self.version != version([film.part for film in films])


media.refer(SeriesFilm.picture)
media.refer(SeriesFile.digest)


def films_of(event_id: int, *conditions: ColumnElement[bool]) -> list[SeriesFilm]:
    """Return the films of the series in their order: those that were chosen and may be on the web now."""
    found = _films_on_web(select(SeriesFilm).join(SeriesFilm.medium), event_id, *conditions)
    loaded = contains_eager(SeriesFilm.medium)
    found = found.options(loaded.contains_eager(Medium.story).selectinload(Story.author))
    found = found.options(loaded.selectinload(Medium.renditions))
    return list(db.session.scalars(found.order_by(SeriesFilm.place, SeriesFilm.medium_id)))


def film_numbered(event_id: int, number: int) -> SeriesFilm | None:
    """Return the film of the story with this number, if it is in the series now."""
    return next(iter(films_of(event_id, Story.number == number)), None)


def films_to_choose(event_id: int, *conditions: ColumnElement[bool]) -> list[Medium]:
    """Return the films that may be on the web and were not chosen, the latest first."""
    unchosen = Medium.id.not_in(select(SeriesFilm.medium_id))
    found = _films_on_web(select(Medium), event_id, unchosen, *conditions)
    loaded = (contains_eager(Medium.story).selectinload(Story.author), selectinload(Medium.renditions))
    return list(db.session.scalars(found.options(*loaded).order_by(Story.number.desc())))


def _films_on_web(found: Select[Any], event_id: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    return found.join(Medium.story).where(Story.event_id == event_id, *ON_WEB, *_IS_FILM, *conditions)


def fallen_count(event_id: int) -> int:
    """Count the films that were chosen and may not be on the web any more."""
    chosen = db.session.scalar(select(func.count()).where(SeriesFilm.event_id == event_id)) or 0
    return chosen - len(films_of(event_id))


def not_agreed_count(event_id: int) -> int:
    """Count the films on the wall whose authors have not agreed to the web."""
    there = (Story.event_id == event_id, Story.state == State.SHOWN, Story.on_web.is_(False), *_IS_FILM)
    return db.session.scalar(select(func.count()).select_from(Medium).join(Medium.story).where(*there)) or 0


def files_of(event_id: int) -> dict[tuple[int, Shape], SeriesFile]:
    """Return the files of the event, by the id of their medium, 0 for the whole series, and their shape."""
    found = db.session.scalars(select(SeriesFile).where(SeriesFile.event_id == event_id))
    return {(file.medium_id or 0, file.shape): file for file in found}


def shown_in(file: SeriesFile) -> list[SeriesFilm]:
    """Return the films that the file would show if it were made now."""
    return films_of(file.event_id, *([Medium.id == file.medium_id] if file.medium_id else []))


def may_leave(file: SeriesFile) -> bool:
    """Whether a file may be handed out: it is made, and all films in it may still be on the web.

    An organiser may have taken one out of the series since; that makes the file old, but not forbidden.
    """
    allowed = _films_on_web(select(Medium.id), file.event_id, Medium.id.in_(file.medium_ids))
    return file.digest is not None and set(db.session.scalars(allowed)) == file.medium_ids


def bytes_of_series(event_id: int) -> int:
    """How many bytes the files of the event's series take."""
    files = select(func.coalesce(func.sum(SeriesFile.size), 0)).where(SeriesFile.event_id == event_id)
    pictures = select(func.coalesce(func.sum(SeriesFilm.picture_size), 0)).where(SeriesFilm.event_id == event_id)
    return int(db.session.scalar(files) or 0) + int(db.session.scalar(pictures) or 0)


limits.count(bytes_of_series)
