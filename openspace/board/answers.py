"""Shared by the views of a topic: reading the topic and the cell from a request, and the answer after a write."""

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.guards import find
from openspace.access.visitor import visitor
from openspace.board.actions import check_not_merged
from openspace.board.models import Topic
from openspace.board.notices import where
from openspace.board.permissions import topic_shown
from openspace.board.rules import CellKey
from openspace.board.views import topic_json
from openspace.events.models import Slot, Space
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import see_other

# The rate limit for writes of one member on topics and placements.
WRITES = "120 per minute"


def asked_topic() -> Topic:
    """The topic whose number is in the address, or the joint topic that it is part of.

    Refuses with `NotFound` one that the visitor may not see, and with `Merged` what is sent to a topic that has been
    merged meanwhile.
    """
    topic = topic_at_address()
    if request.method != "GET":
        check_not_merged(topic)
    return topic.joint or topic


def shown_topic() -> Topic:
    """The topic at the address, or the joint one that it is part of. Refuses with `NotFound` as `asked_topic` does."""
    topic = topic_at_address()
    return topic.joint or topic


def topic_at_address() -> Topic:
    """The topic whose number is in the address, also a merged one. Refuses with `NotFound` what one may not see."""
    topic = topic_shown(visitor.event_id, (request.view_args or {})["number"], visitor.member_snapshot)
    if topic is None:
        raise NotFound
    return topic


def cell_called(key: str) -> dict[str, Any]:
    """The `slot` and the `space` of the cell with this key, as keyword arguments. Refuses with `NotFound`."""
    cell = CellKey.parse(key)
    if cell is None:
        raise NotFound(_l("Please choose a free place."))
    return {"slot": find(Slot, cell.slot_id), "space": find(Space, cell.space_id)}


def where_it_hangs(topic: Topic, cell: str | None = None) -> str:
    """A sentence that says where the topic hangs: in the cell with this key, else in all its cells, or the market."""
    if not topic.placements:
        return str(gettext("“%(title)s” is on the market.", title=topic.title))
    placed = [placement for placement in topic.placements if placement.cell == cell] or topic.placements
    return str(gettext("“%(title)s” is up: %(where)s", title=topic.title, where=where(topic, placed)))


def placement_address(topic: Topic, *, is_repeat: bool = False) -> str:
    """The address to which a form that places the topic is sent; with `is_repeat` as one more placement."""
    return url_for("placements.put", number=topic.number, repeat=1 if is_repeat else None, method="PUT")


def topic_as_answer(topic: Topic) -> dict[str, object]:
    """The topic as JSON for the answer to a write: without the convener's name, because such answers are stored."""
    return {name: value for name, value in topic_json(topic).items() if name != "convener"}


def answer(topic: Topic, status: int = 200, *, cell: str | None = None, on_board: bool = False) -> ResponseReturnValue:
    """The answer after a write: the topic as JSON or, for a browser, a redirect.

    It leads to the topic's card on the board if it hangs in the cell with the key `cell`, else with `on_board` to its
    card on the market, else to the topic's page.
    """
    if wants_json():
        return jsonify(topic_as_answer(topic)), status
    if placed := next((placement for placement in topic.placements if placement.cell == cell), None):
        return see_other(url_for("board.show", day=placed.slot.day.isoformat(), _anchor=f"cell-{cell}"))
    if on_board:
        return see_other(url_for("board.show", _anchor=f"market-{topic.number}"))
    return see_other(url_for("topics.show", number=topic.number))
