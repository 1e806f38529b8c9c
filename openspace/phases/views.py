"""The console's page of phases, switching between them, and the card with the day in ten taps."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.cells import topics_on_market
from openspace.extensions import limiter
from openspace.journal.actions import step
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.phases import actions
from openspace.phases.fragments import WORDS, phases_html
from openspace.phases.rules import Along, Phase, following, guide, scene, usual
from openspace.screens import scenes
from openspace.screens.fragments import screen_html
from openspace.screens.hall_views import short_address
from openspace.screens.models import SCREENS, screens_of
from openspace.web.errors import NotFound, Problem, shows_again, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("phases", __name__, is_personal=True)


def page(problem: Problem | None = None) -> str:
    """The page of phases, with what `?to=` would bring; after a refusal with its reason and how it stands now."""
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revisions = {name: log.revision(visitor.event_id, name) for name in (CONSOLE, SCREENS)}
    event, to = visitor.event, _asked()
    now = actions.along(event)
    return render_template(
        "phases/show.html",
        problem=problem,
        revisions=revisions,
        phases=phases_html(event),
        screens=[screen_html(event, screen) for screen in screens_of(event.id)],
        to=to,
        to_words=WORDS[to],
        now_words=WORDS[Phase(event.phase)] if event.phase else None,
        along=now,
        then=now if to == event.phase else usual(to),
        scene=scenes.scene(scene(to)),
        guide=guide(to),
        waiting=len(topics_on_market(event)),
    )


def _asked() -> Phase:
    asked = request.args.get("to") or following(visitor.event.phase)
    if asked not in list(Phase):
        raise NotFound
    return Phase(asked)


@blueprint.get("/facilitator/phases")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The phases of the day; with `?to=` what switching to this one would bring."""
    return page()


@blueprint.put("/facilitator/phase")
@limiter.limit("60 per minute")
@requires(Role.FACILITATOR)
@shows_again(page)
def switch() -> ResponseReturnValue:
    """Switch to the phase `?to=`, with what the form says along. The form's `seen` is the phase that was on."""
    to, along = _asked(), Along(*(name in request.form for name in Along._fields))
    with step(visitor.event_id, f"phases.{to}", by=visitor.member):
        actions.switch(visitor.event, to, along, seen=request.form.get("seen", ""), by=visitor.member)
    if wants_json():
        return "", 204
    words = gettext("Now: %(phase)s", phase=WORDS[to].name)
    flash_message(words, undo=url_for("console.undo_last", method="DELETE"))
    return see_other(url_for("phases.show"))


@blueprint.get("/facilitator/card")
@requires(Role.FACILITATOR)
def card() -> ResponseReturnValue:
    """The day in ten taps, on one sheet to be printed."""
    return render_template("phases/card.html", short_address=short_address(visitor.event.join_code))
