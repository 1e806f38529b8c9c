"""Writes of the series of micro-films: choosing, ordering, titles, publishing, and the files that are made.

Only organisers write: the series leaves the house under the event's name, and what is chosen while it is published is
on the web at once.
"""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import queue
from openspace.live import log
from openspace.store.media import Stored
from openspace.stories import notices
from openspace.stories.models import Story
from openspace.stories.notices import Kind
from openspace.stories.series import LONGEST_TITLE, MOST_FILMS, Part, Shape, first_words, moved, version
from openspace.stories.series_models import (
    SeriesFile,
    SeriesFilm,
    files_of,
    film_numbered,
    films_of,
    films_to_choose,
    may_leave,
)
from openspace.uploads.limits import limits
from openspace.uploads.problems import EventFull
from openspace.web.errors import Invalid, NotAllowed, NotFound


def choose(event: Event, number: int, *, by: Member) -> SeriesFilm:
    """Put the film of a story at the end of the series, under the first words of the story. Its author is told.

    Refuses with `NotAllowed`, with `NotFound` a story without a film that may be on the web, and with `Invalid` one
    more than `MOST_FILMS`.
    """
    _claim(event.id, by)
    if known := film_numbered(event.id, number):
        return known
    medium = next(iter(films_to_choose(event.id, Story.number == number)), None)
    if medium is None:
        raise NotFound
    last = db.session.scalars(select(SeriesFilm.place).where(SeriesFilm.event_id == event.id)).all()
    if len(last) >= MOST_FILMS:
        raise Invalid(_l("The series is full: it has %(most)d films.", most=MOST_FILMS))
    film = SeriesFilm(medium=medium, event_id=event.id, place=max(last, default=-1) + 1, title=_title_of(medium.story))
    db.session.add(film)
    db.session.flush()
    queue.enqueue("stories.share_picture", {"medium_id": medium.id}, event_id=event.id, by=by.id)
    if author := medium.story.author_id:
        notices.tell(medium.story, [author], Kind.CHOSEN, by=by)
    return film


def _title_of(story: Story) -> str:
    return first_words(story.text) or story.community or story.name


def set_title(film: SeriesFilm, title: str, *, by: Member) -> None:
    """Give a film a title; without one it has the first words of its story again. Refuses with `NotAllowed`."""
    _claim(film.event_id, by)
    film.title = title[:LONGEST_TITLE] or _title_of(film.story)


def move(film: SeriesFilm, place: int, *, by: Member) -> None:
    """Put a film at another place of the series, from 0 on. Refuses with `NotAllowed`."""
    _claim(film.event_id, by)
    films = {each.number: each for each in films_of(film.event_id)}
    for at, number in enumerate(moved(list(films), film.number, place)):
        films[number].place = at


def remove(film: SeriesFilm, *, by: Member) -> None:
    """Take a film out of the series, with the files of it alone. Refuses with `NotAllowed`."""
    _claim(film.event_id, by)
    notices.take_back(film.story, Kind.CHOSEN)
    db.session.delete(film)


def publish(event: Event, wanted: bool, *, by: Member) -> None:
    """Show the series to everybody on the web, or no longer. Refuses with `NotAllowed`."""
    _claim(event.id, by)
    event.publishes_films = wanted


def ask(event: Event, shape: Shape, *, film: SeriesFilm | None, by: Member) -> SeriesFile:
    """Let a file of a film, or (None) of the whole series, be made, in place of an older one.

    One that is being made already is returned. Refuses with `NotAllowed`, with `NotFound` an empty series, and with
    `EventFull`.
    """
    _claim(event.id, by)
    films = [film] if film else films_of(event.id)
    if not films:
        raise NotFound
    known = files_of(event.id).get((film.medium_id if film else 0, shape))
    if known and not known.digest and not known.problem:
        return known
    if known:
        db.session.delete(known)
        db.session.flush()
    left = limits(event.id).left
    # About as much as it will take: title cards are small, and films are written again with the same quality.
    if sum(each.player.size for each in films) > left:
        raise EventFull(left)
    file = SeriesFile(event_id=event.id, medium_id=film.medium_id if film else None, shape=shape, parts=[])
    db.session.add(file)
    db.session.flush()
    file.job_id = queue.enqueue("stories.series", {"file_id": file.id}, event_id=event.id, by=by.id).id
    return file


def made(file_id: int, stored: Stored, parts: Sequence[Part], begins: Sequence[tuple[int, float]]) -> None:
    """Keep a file that was made of these parts; `begins` says at which second the film of each medium begins.

    It has failed if one of its films may not be on the web any more.
    """
    if (file := _claimed_file(file_id)) is None:
        return
    file.digest, file.size, file.made_at, file.problem = stored.digest, stored.size, now(), ""
    file.version, file.parts = version(parts), [list(each) for each in begins]
    if not may_leave(file):
        file.digest, file.size, file.problem = None, 0, "changed"


def failed(file_id: int, problem: str) -> None:
    """Say that a file cannot be made. `problem` is a code of `openspace.media.Refused`, or `changed`."""
    if file := _claimed_file(file_id):
        file.problem = problem


def keep_picture(medium_id: int, stored: Stored) -> None:
    """Keep the picture of a film for links to it. Nothing happens if the film has left the series."""
    event_id = db.session.scalar(select(SeriesFilm.event_id).where(SeriesFilm.medium_id == medium_id))
    if event_id is not None:
        log.claim(event_id)
        if film := db.session.get(SeriesFilm, medium_id, populate_existing=True):
            film.picture, film.picture_size = stored.digest, stored.size


def let_go(event_id: int) -> None:
    """Delete the files that hold a film which may not be on the web any more, after stories went or changed."""
    for file in files_of(event_id).values():
        if file.digest and not may_leave(file):
            db.session.delete(file)


def _claimed_file(file_id: int) -> SeriesFile | None:
    event_id = db.session.scalar(select(SeriesFile.event_id).where(SeriesFile.id == file_id))
    if event_id is None:
        return None
    log.claim(event_id)
    return db.session.get(SeriesFile, file_id, populate_existing=True)


def _claim(event_id: int, by: Member) -> None:
    if not by.is_at_least(Role.ORGANISER):
        raise NotAllowed(_l("Only the organisers can do this."))
    log.claim(event_id)
