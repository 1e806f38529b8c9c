"""The console's page of screens: what each of them shows, and whether it is alive."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import after_this_request, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import limiter
from openspace.journal.actions import step
from openspace.live import log
from openspace.screens import actions
from openspace.screens.forms import BLANK, ScreenForm
from openspace.screens.fragments import screen_html
from openspace.screens.models import SCREENS, Screen, screen_numbered, screens_of
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import no_store, see_other

blueprint = event_blueprint("screens", __name__)
OFTEN = "240 per minute"


@blueprint.get("/facilitator/screens")
@requires(Role.FACILITATOR)
def index() -> ResponseReturnValue:
    """The screens of the hall. With `?pick=3` also what the third may show. As JSON, how long ago each was heard."""
    after_this_request(no_store)
    if wants_json():
        return jsonify(
            {screen.number: (now() - screen.heard_at).total_seconds() for screen in screens_of(visitor.event_id)}
        )
    return _page()


def _page() -> str:
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(visitor.event_id, SCREENS)
    picked = screen_numbered(visitor.event_id, request.args.get("pick", 0, int))
    form = (
        ScreenForm.for_page(shows=BLANK if picked.is_blank else picked.shows or picked.scene.word, title=picked.title)
        if picked
        else None
    )
    html = [screen_html(visitor.event, screen) for screen in screens_of(visitor.event_id)]
    return render_template("screens/index.html", revision=revision, screens=html, picked=picked, form=form, now=now())


@blueprint.put("/facilitator/screens/<int:number>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def update(number: int) -> ResponseReturnValue:
    """Let a screen show what was chosen, until something else is; `usual` stands for no choice. Name it too."""
    screen, form = _find(number), ScreenForm()
    form.check()
    chosen = "" if "usual" in request.form else form.shows.data
    kind = "screens.usual" if not chosen else "screens.blank" if chosen == BLANK else "screens.show"
    with _step(kind, screen) as facts:
        actions.name(screen, form.title.data)
        if chosen == BLANK:
            actions.blank(screen, True)
        else:
            actions.show(screen, chosen)
        facts |= {"title": screen.title, "scene": screen.scene.word}
    return _answer()


@blueprint.delete("/facilitator/screens/<int:number>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def forget(number: int) -> ResponseReturnValue:
    """Forget a screen that is gone."""
    return _do("screens.forget", number, actions.forget)


@blueprint.put("/facilitator/screens/<int:number>/blank")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def blank(number: int) -> ResponseReturnValue:
    """Make a screen dark."""
    return _do("screens.blank", number, lambda screen: actions.blank(screen, True))


@blueprint.delete("/facilitator/screens/<int:number>/blank")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def show_again(number: int) -> ResponseReturnValue:
    """Let a dark screen show again what it showed."""
    return _do("screens.show_again", number, lambda screen: actions.blank(screen, False))


@blueprint.put("/facilitator/screens/<int:number>/bowl")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def let_ring(number: int) -> ResponseReturnValue:
    """Let the bowl ring at a screen."""
    return _do("screens.let_ring", number, lambda screen: actions.let_ring(screen, True))


@blueprint.delete("/facilitator/screens/<int:number>/bowl")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def silence(number: int) -> ResponseReturnValue:
    """Let the bowl be silent at a screen."""
    return _do("screens.silence", number, lambda screen: actions.let_ring(screen, False))


def _do(kind: str, number: int, act: Callable[[Screen], None]) -> ResponseReturnValue:
    screen = _find(number)
    with _step(kind, screen):
        act(screen)
    return _answer()


def _step(kind: str, screen: Screen) -> AbstractContextManager[dict[str, Any]]:
    return step(visitor.event_id, kind, by=visitor.member, number=screen.number, title=screen.title)


def _find(number: int) -> Screen:
    screen = screen_numbered(visitor.event_id, number)
    if screen is None:
        raise NotFound
    return screen


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("screens.index"))
