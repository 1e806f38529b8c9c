"""The page of dots for members: reading, giving, and the result."""

from flask import Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.views import my_day_heads, my_day_parts
from openspace.convergence import actions, reopening_actions
from openspace.convergence.fragments import own, parts_html
from openspace.convergence.models import DOTS, State, lineage_of, round_of, shown_round_of
from openspace.extensions import SELDOM, base_url, limiter
from openspace.live import log
from openspace.screens import scenes
from openspace.web import arrivals, qr
from openspace.web.errors import NotFound, Problem, shows_again, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("dots", __name__, is_personal=True)
OFTEN = "240 per minute"
# The fields of the form: `topic-7` says how many dots topic 7 gets.
FIELD = "topic-"


def page(problem: Problem | None = None) -> str:
    """The page as the member sees it; after a refusal with its reason and how the member's dots stand."""
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(visitor.event_id, DOTS)
    mine = own(visitor.member.id, round_of(visitor.event_id))
    parts = parts_html(visitor.event, "round", mine=mine["chosen"])
    return render_template("convergence/show.html", parts=parts, mine=mine, revision=revision, problem=problem)


@blueprint.get("/dots")
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """The topics to read, the dots to give, or what came of them."""
    return page()


@blueprint.put("/dots/choice")
@arrivals.awaited
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(page)
def give() -> ResponseReturnValue:
    """Let the member's dots be these, all of them: `round`, fields such as `topic-7`, and from scripts `version`.

    The answer holds no dots, because it is stored.
    """
    number, version = request.form.get("round", 0, int), request.form.get("version", None, int)
    arrived = arrivals.of(request)
    actions.give(visitor.event, dots_sent(), number=number, version=version, by=visitor.member, arrived=arrived)
    if wants_json():
        return "", 204
    flash_message(gettext("Your dots are in place. You may change them until the time is up."))
    return see_other(url_for("dots.show"))


@blueprint.get("/projector/<key>/dots")
def screen(key: str) -> ResponseReturnValue:
    """The window that is open, or the result, as large as the hall's screen, for whoever has the projector's key."""
    event = event_projected(key)
    revision = log.revision(event.id, DOTS)
    parts = parts_html(event, "screen")
    return render_template("convergence/projector.html", parts=parts, revision=revision, key=key)


@blueprint.get("/projector/<key>/dots/qr.svg")
def code(key: str) -> Response:
    """The QR code of the members' page."""
    event_projected(key)
    return qr.answer(base_url() + url_for("dots.show"))


@blueprint.post("/dots/topics/<int:number>")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(page)
def take_on(number: int) -> ResponseReturnValue:
    """Let a topic that goes on be a new one, which the member convenes."""
    found = shown_round_of(visitor.event_id)
    if found is None:
        raise NotFound
    new = reopening_actions.take_on(found, number, by=visitor.member)
    flash_message(gettext("This topic goes on with you. It is on the market: find it a place and a time."))
    return see_other(url_for("topics.show", number=new.number))


def dots_sent() -> dict[int, int]:
    """The dots in the form by the numbers of topics. Refuses with `NotFound` what is no number."""
    fields = {name: value for name, value in request.form.items() if name.startswith(FIELD)}
    try:
        sent = {int(name.removeprefix(FIELD)): int(value or 0) for name, value in fields.items()}
    except ValueError as error:
        raise NotFound from error
    return {number: dots for number, dots in sent.items() if dots}


def _on_my_day(member: Member) -> str:
    """What is done now stands at the head of one's day."""
    return _mine(member, is_over=False)


def _at_its_end(member: Member) -> str:
    """The way to a result."""
    return _mine(member, is_over=True)


def _mine(member: Member, *, is_over: bool) -> str:
    shown = shown_round_of(member.event_id)
    if shown is None or (shown.state is State.OVER) is not is_over:
        return ""
    return render_template("convergence/_mine.html", round=shown, state=shown.state)


my_day_heads.append(_on_my_day)
my_day_parts.append(_at_its_end)
scenes.register("dots", title=_l("Dots"), endpoint="dots.screen")


@blueprint.record
def _show_lineage(state: BlueprintSetupState) -> None:
    """Let the page of a topic name the one from which it goes on, and the one as which it does."""
    state.app.jinja_env.globals["lineage_of"] = lineage_of
