"""The page on which organisers make the series of micro-films and publish it, and its files for download."""

from typing import NamedTuple

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access import security_log
from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import base_url, db, limiter
from openspace.jobs.models import Job
from openspace.store import private_files
from openspace.stories import series_actions as actions, subtitles
from openspace.stories.forms import FilmForm
from openspace.stories.fragments import media_tools
from openspace.stories.media_models import Medium
from openspace.stories.series import Shape, joined
from openspace.stories.series_models import (
    SeriesFile,
    SeriesFilm,
    fallen_count,
    files_of,
    film_numbered,
    films_of,
    films_to_choose,
    may_leave,
    not_agreed_count,
    shown_in,
)
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("series", __name__, is_personal=True)
WRITES = "120 per minute"


class Download(NamedTuple):
    """A file of the series as the page shows it: of the story with this number, or (0) of the whole series."""

    number: int
    shape: Shape
    file: SeriesFile | None
    is_old: bool
    has_subtitles: bool
    # While it is being made.
    percent: int


@blueprint.get("/stories/series")
@requires(Role.ORGANISER)
def show() -> ResponseReturnValue:
    """The series: its films in their order, those to choose from, the files, and whether it is published."""
    return series_page()


def series_page(problem: Problem | None = None) -> str:
    """The page of the series; after a refusal with its reason."""
    films, files = films_of(visitor.event_id), files_of(visitor.event_id)
    progress = _progress(list(files.values()))

    def downloads(film: SeriesFilm | None) -> list[Download]:
        shown = [film] if film else films
        return [
            Download(
                film.number if film else 0,
                shape,
                file := files.get((film.medium_id if film else 0, shape)),
                bool(file and file.digest and file.is_old(shown)),
                any(each.medium.subtitles for each in shown),
                progress.get(file.job_id or 0, 0) if file else 0,
            )
            for shape in Shape
        ]

    return render_template(
        "stories/series.html",
        films=films,
        downloads=downloads,
        choice=films_to_choose(visitor.event_id),
        fallen=fallen_count(visitor.event_id),
        not_agreed=not_agreed_count(visitor.event_id),
        public_address=base_url() + url_for("films.index"),
        still_of=_still,
        problem=problem,
    )


def _still(medium: Medium) -> str:
    """The private address of a film's smallest picture."""
    address: str = media_tools(visitor.event, medium.story)["address_of"](medium.files("image/webp")[0])
    return address


def _progress(files: list[SeriesFile]) -> dict[int, int]:
    """How far the jobs of these files are, in percent, by their ids."""
    ids = [file.job_id for file in files if file.job_id]
    return dict(db.session.execute(select(Job.id, Job.progress).where(Job.id.in_(ids))).all())


@blueprint.put("/stories/series/films/<int:number>")
@limiter.limit(WRITES)
@requires(Role.ORGANISER)
@shows_again(series_page)
def put_film(number: int) -> ResponseReturnValue:
    """Put the film of a story into the series, or give it another title."""
    form = FilmForm()
    form.check()
    film = actions.choose(visitor.event, number, by=visitor.member)
    if "title" in request.form:
        actions.set_title(film, form.title.data or "", by=visitor.member)
    return _back(number)


@blueprint.delete("/stories/series/films/<int:number>")
@limiter.limit(WRITES)
@requires(Role.ORGANISER)
def delete_film(number: int) -> ResponseReturnValue:
    """Take a film out of the series."""
    actions.remove(_asked(number), by=visitor.member)
    flash_message(gettext("The film is no longer in the series."))
    return _back()


@blueprint.put("/stories/series/films/<int:number>/place")
@limiter.limit(WRITES)
@requires(Role.ORGANISER)
def put_place(number: int) -> ResponseReturnValue:
    """Put a film at the place `place` of the series, from 0 on."""
    actions.move(_asked(number), request.form.get("place", 0, int), by=visitor.member)
    return _back(number)


@blueprint.put("/stories/series/publication")
@limiter.limit(WRITES)
@requires(Role.ORGANISER)
def put_publication() -> ResponseReturnValue:
    """Show the films to everybody on the web."""
    actions.publish(visitor.event, True, by=visitor.member)
    flash_message(gettext("The films are on the web."))
    return _back()


@blueprint.delete("/stories/series/publication")
@limiter.limit(WRITES)
@requires(Role.ORGANISER)
def delete_publication() -> ResponseReturnValue:
    """Show the films to nobody on the web any more."""
    actions.publish(visitor.event, False, by=visitor.member)
    flash_message(gettext("The films are no longer on the web."))
    return _back()


@blueprint.put("/stories/series/files/<int:number>/<any(wide, square):shape>")
@limiter.limit(WRITES)
@requires(Role.ORGANISER)
@shows_again(series_page)
def put_file(number: int, shape: str) -> ResponseReturnValue:
    """Let a file be made: of the film of a story, or with number 0 of the whole series."""
    actions.ask(visitor.event, Shape(shape), film=_asked(number) if number else None, by=visitor.member)
    return _back(number)


@blueprint.get("/stories/series/files/<int:number>/<any(wide, square):shape>.mp4")
@requires(Role.ORGANISER)
@security_log.downloads("series.mp4")
def file(number: int, shape: str) -> Response:
    """A file of the series, or a range of it."""
    found = _asked_file(number, shape)
    return private_files.answer_asking(found.digest or "", "mp4", name=_name_of(found))


@blueprint.get("/stories/series/files/<int:number>/<any(wide, square):shape>.vtt")
@requires(Role.ORGANISER)
@security_log.downloads("series.vtt")
def webvtt(number: int, shape: str) -> Response:
    """The subtitles of a file of the series as WebVTT: those of its films, each as late as its film begins."""
    found = _asked_file(number, shape)
    media = {each.id: each for each in db.session.scalars(select(Medium).where(Medium.id.in_(found.medium_ids)))}
    lines = joined((begin, media[medium_id].lines) for medium_id, begin in found.parts)
    response = Response(subtitles.as_webvtt(lines), mimetype="text/vtt")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = f"inline; {private_files.file_name(_name_of(found), 'vtt')}"
    return response


def _asked(number: int) -> SeriesFilm:
    """The film of a story, if it is in the series. Refuses with `NotFound`."""
    found = film_numbered(visitor.event_id, number)
    if found is None:
        raise NotFound
    return found


def _asked_file(number: int, shape: str) -> SeriesFile:
    """The file in the address. Refuses with `NotFound` one that is not made, or whose films may not be on the web."""
    medium_id = _asked(number).medium_id if number else 0
    found = files_of(visitor.event_id).get((medium_id, Shape(shape)))
    if found is None or not may_leave(found):
        raise NotFound
    return found


def _name_of(file: SeriesFile) -> str:
    title = shown_in(file)[0].title if file.medium_id else visitor.event.name
    return f"{title} {'1x1' if file.shape == Shape.SQUARE else '16x9'}"


def _back(number: int = 0) -> ResponseReturnValue:
    return see_other(url_for("series.show", _anchor=f"film-{number}" if number else None))
