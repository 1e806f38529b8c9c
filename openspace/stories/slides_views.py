"""The views of the hall's slideshow: the screen, and the page on which facilitators direct it."""

import re

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import base_url, db, limiter
from openspace.live import log
from openspace.screens import scenes
from openspace.screens.models import screens_of
from openspace.store import private_files
from openspace.stories import slides_actions as actions
from openspace.stories.media_models import Medium, has_file
from openspace.stories.media_views import webvtt_of
from openspace.stories.models import Story
from openspace.stories.slides import moved_on
from openspace.stories.slides_fragments import IN_HALL_ONLY, show_html, slide_html
from openspace.stories.slides_models import SLIDES, show_of, stories_in_hall
from openspace.web import qr
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import see_other

blueprint = event_blueprint("slides", __name__)
_SUBTITLES = re.compile(r"subtitles-([0-9]{1,9})\.vtt")
OFTEN = "120 per minute"
# What the screens of the hall call it.
SCENE = "stories"


@blueprint.get("/stories/projector")
@requires(Role.FACILITATOR)
def link() -> ResponseReturnValue:
    """Redirect to the screen's address. Its key lets a computer show stories without anybody signed in on it."""
    return redirect(url_for("slides.screen", key=visitor.event.projector_key))


@blueprint.get("/projector/<key>/stories")
def screen(key: str) -> ResponseReturnValue:
    """The slideshow, for whoever has the projector's key."""
    event_projected(key)
    return render_template("stories/projector.html", key=key, **_slideshow())


@blueprint.get("/projector/<key>/stories/qr.svg")
def code(key: str) -> Response:
    """The QR code of the form for a new story."""
    event_projected(key)
    return qr.answer(base_url() + url_for("stories.new"))


@blueprint.get("/projector/<key>/stories/<int:number>/qr.svg")
def code_of_story(key: str, number: int) -> Response:
    """The QR code of a story that is in the slideshow."""
    event_projected(key)
    if not stories_in_hall(visitor.event_id, Story.number == number):
        raise NotFound
    return qr.answer(base_url() + url_for("stories.show", number=number))


@blueprint.get("/projector/<key>/files/<int:number>/<address>")
def file(key: str, number: int, address: str) -> Response:
    """A file of a story that is in the slideshow, or the subtitles of its film."""
    event_projected(key)
    return _file(number, address)


@blueprint.get("/stories/projector/files/<int:number>/<address>")
@requires(Role.FACILITATOR)
def file_for_control(number: int, address: str) -> Response:
    """The same for the page on which a facilitator directs the slideshow."""
    return _file(number, address)


def _file(number: int, address: str) -> Response:
    stories = stories_in_hall(visitor.event_id, Story.number == number)
    if not stories:
        raise NotFound
    if medium_id := _SUBTITLES.fullmatch(address):
        return webvtt_of(db.session.get(Medium, int(medium_id[1])), stories[0])
    signed = private_files.verify(address, of=(visitor.event_id, number, IN_HALL_ONLY))
    if not has_file(stories[0].id, signed.digest):
        raise NotFound
    return private_files.answer(signed)


@blueprint.get("/stories/projector/control")
@requires(Role.FACILITATOR)
def control() -> ResponseReturnValue:
    """The page on which a facilitator directs the slideshow, and sees what the screens show."""
    moment = now()
    screens = [screen for screen in screens_of(visitor.event_id) if screen.says == SCENE]
    return render_template(
        "stories/control.html",
        show=moved_on(show_of(visitor.event_id), moment),
        alive=[screen for screen in screens if screen.is_alive(moment)],
        silent=[screen for screen in screens if not screen.is_alive(moment)],
        now=moment,
        **_slideshow(),
    )


@blueprint.post("/stories/projector/<any(next, back):way>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def step(way: str) -> ResponseReturnValue:
    """Show the next story or the one before. `number` is that of the story that the facilitator saw."""
    actions.step(visitor.event_id, back=way == "back", seen=request.form.get("number", 0, int))
    return _answer()


@blueprint.put("/stories/projector/hold")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def hold() -> ResponseReturnValue:
    """Let the story that is shown stand."""
    actions.hold(visitor.event_id, True)
    return _answer()


@blueprint.delete("/stories/projector/hold")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def go_on() -> ResponseReturnValue:
    """Let the slideshow go on."""
    actions.hold(visitor.event_id, False)
    return _answer()


@blueprint.put("/stories/projector/blank")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def blank() -> ResponseReturnValue:
    """Make the screens dark."""
    actions.blank(visitor.event_id, True)
    return _answer()


@blueprint.delete("/stories/projector/blank")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def show_again() -> ResponseReturnValue:
    """Show stories on the screens again."""
    actions.blank(visitor.event_id, False)
    return _answer()


def _slideshow() -> dict[str, object]:
    """What both pages show: the slides, the state of the slideshow, and the revision at which they were read."""
    revision = log.revision(visitor.event_id, SLIDES)
    slides = slide_html(stories_in_hall(visitor.event_id))
    return {"revision": revision, "slides": slides.values(), "state": show_html(visitor.event)}


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("slides.control"))


scenes.register(SCENE, title=_l("Stories"), endpoint="slides.screen")
