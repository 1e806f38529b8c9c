"""The console's page on which dots on paper are entered."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.convergence import paper_actions
from openspace.convergence.actions import AnotherState
from openspace.convergence.models import DotRound, round_of, sheets_of
from openspace.convergence.paper_actions import AnotherRound
from openspace.convergence.rules import MOST_ON_SHEET
from openspace.convergence.views import dots_sent
from openspace.extensions import limiter
from openspace.web.errors import Problem, shows_again
from openspace.web.http import see_other

blueprint = event_blueprint("dots_paper", __name__, is_personal=True)
OFTEN = "120 per minute"


def page(problem: Problem | None = None) -> str:
    """The form for a sheet, and which were entered, without what is on them; after a refusal as it was sent.

    A sheet that was refused keeps the topics of its own round, even if that one is over.
    """
    found = round_of(visitor.event_id, request.form.get("round", None, int))
    sheets = sheets_of(found) if found else []
    return render_template(
        "convergence/paper.html",
        round=found,
        is_awaited=found is not None and found.has_paper and not found.counted_at,
        sheets=sheets,
        takes=found is not None and (found.takes_paper or "round" in request.form),
        sent=request.form,
        most_people=MOST_ON_SHEET,
        problem=problem,
    )


@blueprint.get("/facilitator/dots/paper")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The form for dots on paper."""
    return page()


@blueprint.post("/facilitator/dots/paper")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def enter() -> ResponseReturnValue:
    """Enter a sheet: `round`, `people`, and fields such as `topic-7`."""
    found = _present()
    if found.number != request.form.get("round", 0, int):
        raise AnotherRound
    people = request.form.get("people", 0, int)
    paper_actions.enter(found, dots_sent(), people=people, by=visitor.member)
    return see_other(url_for("dots_paper.show"))


@blueprint.delete("/facilitator/dots/paper/<int:sheet_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def remove(sheet_id: int) -> ResponseReturnValue:
    """Take a sheet out again."""
    paper_actions.remove(_present(), sheet_id, by=visitor.member)
    return see_other(url_for("dots_paper.show"))


def _present() -> DotRound:
    found = round_of(visitor.event_id)
    if found is None:
        raise AnotherState
    return found
