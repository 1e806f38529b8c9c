"""The console's page of dots: preparing a round, starting, prolonging and ending it."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.convergence import actions, closing
from openspace.convergence.candidates import candidates
from openspace.convergence.forms import RoundForm
from openspace.convergence.fragments import steering_html
from openspace.convergence.models import DOTS, DotRound, State, round_of
from openspace.convergence.rules import MOST_MINUTES
from openspace.extensions import limiter
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.web.errors import NotFound, Problem, shows_again, wants_json
from openspace.web.http import see_other

blueprint = event_blueprint("dots_console", __name__, is_personal=True)
OFTEN = "120 per minute"
# Minutes by which a window is prolonged with one tap.
STEPS = (1, 3, 5)


def page(problem: Problem | None = None) -> str:
    """The page with the present round and the form for the next one; after a refusal as it was sent."""
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revisions = {name: log.revision(visitor.event_id, name) for name in (DOTS, CONSOLE)}
    found, offered = round_of(visitor.event_id), candidates(visitor.event)
    values = _values(found) if found else {"topics": [topic.number for topic, has_notes in offered if has_notes]}
    form = RoundForm.for_page(is_sent=request.endpoint == "dots_console.prepare", **values)
    return render_template(
        "convergence/console.html",
        steering=steering_html(visitor.event),
        revisions=revisions,
        form=form,
        candidates=offered,
        problem=problem,
        is_running=found is not None and found.state in {State.OPEN, State.COUNTING, State.PAPER},
    )


def _values(found: DotRound) -> dict[str, object]:
    plan = {name: getattr(found, name) for name in actions.Plan._fields}
    return {**plan, "topics": [each.topic.number for each in found.topics]}


@blueprint.get("/facilitator/dots")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The round that is on, and the form to prepare one."""
    return page()


@blueprint.put("/facilitator/dots")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def prepare() -> ResponseReturnValue:
    """Prepare a round, or the one that is not started yet anew: the topics are there to be read now."""
    form = RoundForm()
    chosen = form.chosen([topic for topic, _ in candidates(visitor.event)])
    actions.prepare(visitor.event, form.plan(), chosen, by=visitor.member)
    return _answer()


@blueprint.delete("/facilitator/dots")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def take_back() -> ResponseReturnValue:
    """Take a round back that was prepared and not started."""
    actions.take_back(_present(), by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/dots/window")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def start() -> ResponseReturnValue:
    """Let people give their dots from now on."""
    actions.start(_present(), by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/dots/window/end")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def prolong() -> ResponseReturnValue:
    """Give `?minutes=` more; `?seen=` is the end that the facilitator saw."""
    minutes = request.args.get("minutes", 0, int)
    if not 1 <= minutes <= MOST_MINUTES:
        raise NotFound
    actions.prolong(_present(), minutes, seen=request.args.get("seen", 0, int), by=visitor.member)
    return _answer()


@blueprint.delete("/facilitator/dots/window")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def end() -> ResponseReturnValue:
    """End the window now."""
    actions.end(_present(), by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/dots/result")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def count() -> ResponseReturnValue:
    """Count the dots, now that all paper is entered."""
    closing.count(_present(), by=visitor.member)
    return _answer()


def _present() -> DotRound:
    """The round with the number `?round=`, if it is the present one. Refuses with `AnotherState`."""
    found = round_of(visitor.event_id)
    if found is None or found.number != request.args.get("round", 0, int):
        raise actions.AnotherState
    return found


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("dots_console.show"))
