"""The board on the hall's screens beside the board itself: the market, what is on now and next, and the clock."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected
from openspace.board.cells import Cell, Row, board_on
from openspace.board.fragments import day_html, page_state
from openspace.board.models import BOARD
from openspace.events.models import Event
from openspace.live import log
from openspace.live.fragments import View
from openspace.screens import scenes
from openspace.screens.hall_views import short_address
from openspace.screens.rules import STROKES
from openspace.web.i18n import language

blueprint = event_blueprint("board_screens", __name__)


@blueprint.get("/projector/<key>/market")
def market(key: str) -> ResponseReturnValue:
    """The topics without a placement, for whoever has the projector's key."""
    event = event_projected(key)
    day = event.day_shown()
    state = page_state(event.id, day, log.revision(event.id, BOARD), View(language(), "members"))
    return _page("board/market_screen.html", event, key, state.revision, page=day_html(event, state))


@blueprint.get("/projector/<key>/now")
def now_and_next(key: str) -> ResponseReturnValue:
    """What is on now in each space, and what comes next."""
    return _of_today("board/now_screen.html", key)


@blueprint.get("/projector/<key>/clock")
def clock(key: str) -> ResponseReturnValue:
    """How long the slot that is on still runs, when the bowl rings, and what comes next."""
    return _of_today("board/clock_screen.html", key, strokes=STROKES, minute=timedelta(minutes=1))


def _of_today(template: str, key: str, **facts: object) -> ResponseReturnValue:
    event = event_projected(key)
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(event.id, BOARD)
    rows = board_on(event, event.day_shown())
    return _page(template, event, key, revision, rows=rows, taken=_taken, **facts)


def _taken(row: Row) -> list[Cell]:
    """The cells of a row in which a topic hangs."""
    return [cell for cell in row.cells if cell.placement]


def _page(template: str, event: Event, key: str, revision: int, **facts: object) -> ResponseReturnValue:
    return render_template(template, key=key, revision=revision, short_address=short_address(event.join_code), **facts)


scenes.register("board", title=_l("Board"), endpoint="board.projector")
scenes.register("market", title=_l("Market of topics"), endpoint="board_screens.market")
scenes.register("now", title=_l("Now and next"), endpoint="board_screens.now_and_next")
scenes.register("clock", title=_l("Clock"), endpoint="board_screens.clock")
