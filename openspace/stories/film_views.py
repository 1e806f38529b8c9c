"""The public page of films, and their files at addresses of their own."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.extensions import base_url
from openspace.store import private_files
from openspace.stories import subtitles
from openspace.stories.series_models import SeriesFilm, film_numbered, films_of
from openspace.web.errors import NotFound

blueprint = event_blueprint("films", __name__)


@blueprint.get("/films")
def index() -> ResponseReturnValue:
    """The films of the series, for everybody while they are published, and before for organisers."""
    _check_published()
    return render_template("stories/films.html", films=films_of(visitor.event_id), base=base_url())


@blueprint.get("/films/<int:number>/film.mp4")
def film(number: int) -> Response:
    """A film, or a range of it."""
    asked = _asked(number)
    return _file(asked, asked.player.digest, "mp4")


@blueprint.get("/films/<int:number>/poster.webp")
def poster(number: int) -> Response:
    """The picture that stands for a film."""
    asked = _asked(number)
    return _file(asked, asked.poster.digest, "webp")


@blueprint.get("/films/<int:number>/picture.jpg")
def picture(number: int) -> Response:
    """The picture that other pages show beside a link to a film."""
    asked = _asked(number)
    if asked.picture is None:
        raise NotFound
    return _file(asked, asked.picture, "jpg")


@blueprint.get("/films/<int:number>/subtitles.vtt")
def webvtt(number: int) -> Response:
    """The subtitles of a film as WebVTT."""
    response = Response(subtitles.as_webvtt(_asked(number).medium.lines), mimetype="text/vtt")
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _asked(number: int) -> SeriesFilm:
    """The film in the address. Refuses with `NotFound` one that may not be on the web, or is not published."""
    _check_published()
    found = film_numbered(visitor.event_id, number)
    if found is None:
        raise NotFound
    return found


def _check_published() -> None:
    if not (visitor.event.publishes_films or visitor.is_organiser):
        raise NotFound


def _file(film: SeriesFilm, digest: str, word: str) -> Response:
    is_public = visitor.event.publishes_films
    return private_files.answer_asking(digest, word, name=film.title, is_public=is_public)
