"""The hall's clock: its screen, the console's page of it, and steering it."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import limiter
from openspace.live import log
from openspace.screens import scenes
from openspace.screens.hall_views import short_address
from openspace.toolbox import clock_actions as actions
from openspace.toolbox.finding import cards, entries, entry_named
from openspace.toolbox.fragments import SCENE, clock_html
from openspace.toolbox.models import TOOLBOX
from openspace.toolbox.words import TOOLS
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import see_other
from openspace.web.i18n import language

blueprint = event_blueprint("hall_clock", __name__)
OFTEN = "240 per minute"
# Minutes by which a step is made longer.
MORE = 2


@blueprint.get("/projector/<key>/guide")
def screen(key: str) -> ResponseReturnValue:
    """The step of the guide that is run, how long it lasts, and what comes next."""
    event = event_projected(key)
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(event.id, TOOLBOX)
    parts = clock_html(event)
    address = short_address(event.join_code)
    return render_template("toolbox/projector.html", parts=parts, revision=revision, key=key, short_address=address)


@blueprint.get("/facilitator/toolbox")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The clock of the hall, and the guides that can be run there."""
    revision = log.revision(visitor.event_id, TOOLBOX)
    found = cards(entries(visitor.event_id), [language(), *visitor.event_snapshot.languages])
    steering = clock_html(visitor.event)["steering"]
    return render_template("toolbox/console.html", steering=steering, revision=revision, cards=found, **TOOLS)


@blueprint.put("/facilitator/toolbox/clock")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def start() -> ResponseReturnValue:
    """Run the guide with the name `guide` in the hall."""
    entry = entry_named(visitor.event_id, request.form.get("guide", ""))
    if entry is None:
        raise NotFound
    actions.start(visitor.event, entry, by=visitor.member)
    return _answer()


@blueprint.delete("/facilitator/toolbox/clock")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def stop() -> ResponseReturnValue:
    """End the guide in the hall."""
    actions.stop(visitor.event, by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/toolbox/clock/<name>/step")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def go_to(name: str) -> ResponseReturnValue:
    """Go to the step `step`, from 0 on."""
    step = request.form.get("step", -1, int)
    actions.go_to(visitor.event, name, step, by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/toolbox/clock/<name>/pause")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def pause(name: str) -> ResponseReturnValue:
    """Let the clock stand."""
    actions.pause(visitor.event, name, by=visitor.member)
    return _answer()


@blueprint.delete("/facilitator/toolbox/clock/<name>/pause")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def go_on(name: str) -> ResponseReturnValue:
    """Let the clock go on."""
    actions.go_on(visitor.event, name, by=visitor.member)
    return _answer()


@blueprint.post("/facilitator/toolbox/clock/<name>/minutes")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def lengthen(name: str) -> ResponseReturnValue:
    """Make the step two minutes longer."""
    actions.lengthen(visitor.event, name, MORE, by=visitor.member)
    return _answer()


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("hall_clock.show"))


scenes.register(SCENE, title=_l("Clock of a guide"), endpoint="hall_clock.screen")
