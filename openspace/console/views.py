"""The views of the console: its page, and undoing and redoing steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.changes import HIDDEN
from openspace.board.fragments import day_html, page_state
from openspace.board.models import BOARD
from openspace.board.views import day_asked
from openspace.console.actions import HANDS
from openspace.console.fragments import part_html
from openspace.console.offers import add_offers
from openspace.extensions import db, limiter
from openspace.journal import actions as journal
from openspace.journal.models import CONSOLE, STEPS, WAITING, Step, last_step
from openspace.live import log
from openspace.live.fragments import View
from openspace.news import fragments as news
from openspace.news.models import NEWS
from openspace.web.errors import Problem, Stale, shows_again, wants_json
from openspace.web.http import flash_message, see_other, url_in_header
from openspace.web.i18n import language

blueprint = event_blueprint("console", __name__, is_personal=True)
OFTEN = "240 per minute"


@blueprint.get("/facilitator")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The console: the board of one day with the market beside it."""
    day = day_asked(visitor.event_snapshot)
    event = visitor.event
    revisions = {name: log.revision(event.id, name) for name in (BOARD, CONSOLE, NEWS)}
    return render_template(
        "console/show.html",
        day=day,
        page=day_html(event, page_state(event.id, day, revisions[BOARD], View(language(), "members"))),
        steps=part_html(event, STEPS),
        hands=part_html(event, HANDS),
        hidden=part_html(event, HIDDEN),
        waiting=part_html(event, WAITING),
        news=news.parts_html(event, day, "count", "wall") | news.round_html(event),
        revisions=revisions,
    )


def refused(problem: Problem) -> str:
    """The page that says why a step stays as it is, and offers free cells for a topic that cannot come back."""
    cells = problem.facts.get("free", [])
    free = [(cell, visitor.event.local(datetime.fromisoformat(cell["starts_at"]))) for cell in cells]
    return render_template("console/refused.html", problem=problem, free=free, back=_page_before())


@blueprint.delete("/facilitator/steps/<int:step_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(refused)
def undo(step_id: int) -> ResponseReturnValue:
    """Undo a step."""
    return _undo(find(Step, step_id))


@blueprint.delete("/facilitator/steps/last")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(refused)
def undo_last() -> ResponseReturnValue:
    """Undo the member's last step. Refuses with `Stale` if there is none."""
    return _undo(_last(undone=False))


@blueprint.put("/facilitator/steps/<int:step_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(refused)
def redo(step_id: int) -> ResponseReturnValue:
    """Make an undone step again."""
    return _redo(find(Step, step_id))


@blueprint.put("/facilitator/steps/last")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(refused)
def redo_last() -> ResponseReturnValue:
    """Make the member's last undone step again. Refuses with `Stale` if there is none."""
    return _redo(_last(undone=True))


def _undo(step: Step) -> ResponseReturnValue:
    with _offering(step, undone=True):
        journal.undo(step, by=visitor.member)
    return _answer(gettext("Undone: %(what)s", what=step.words))


def _redo(step: Step) -> ResponseReturnValue:
    with _offering(step, undone=False):
        journal.redo(step, by=visitor.member)
    return _answer(gettext("Done again: %(what)s", what=step.words))


@contextmanager
def _offering(step: Step, *, undone: bool) -> Iterator[None]:
    """Let a refusal offer free cells: those of the board as it stays."""
    try:
        with db.session.begin_nested():
            yield
    except Problem as problem:
        add_offers(problem, step, undone=undone, by=visitor.member)
        raise


def _last(*, undone: bool) -> Step:
    log.claim(visitor.event_id)
    step = last_step(visitor.event_id, visitor.member.id, undone=undone)
    if step is None:
        raise Stale(gettext("There is nothing to do again.") if undone else gettext("There is nothing to undo."))
    return step


def _answer(words: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(says=words)
    flash_message(words)
    return see_other(_page_before())


def _page_before() -> str:
    """The address of the console's page that offered it; of the board if that cannot be opened by an address."""
    path, query = url_in_header("Referer")[2:4]
    board = url_for("console.show")
    adapter = current_app.create_url_adapter(request)
    is_page = adapter and adapter.test(path.removeprefix(request.script_root), "GET")
    return f"{path}?{query}".rstrip("?") if is_page and path.startswith(board) else board
