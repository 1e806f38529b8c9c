"""What the views of a topic share: the topic in the address, the cell in a form, and the answer after a write."""

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.guards import find
from openspace.access.visitor import visitor
from openspace.board import actions
from openspace.board.models import Topic
from openspace.board.notices import where
from openspace.board.rules import CellKey
from openspace.board.views import topic_json
from openspace.events.models import Slot, Space
from openspace.web.errors import NotAllowed, NotFound, wants_json
from openspace.web.http import see_other

# Of one member, on topics and placements.
WRITES = "120 per minute"


def asked_topic() -> Topic:
    """The topic in the address. Refuses with `NotFound`."""
    topic = actions.topic_shown(visitor.event_id, (request.view_args or {})["number"], visitor.member_or_none)
    if topic is None:
        raise NotFound
    return topic


def check_may_change(topic: Topic) -> None:
    """Refuse with `NotAllowed` unless who asks may edit, place and withdraw the topic."""
    if not actions.may_change(topic, visitor.member):
        raise NotAllowed


def cell_called(key: str) -> dict[str, Any]:
    """The `slot` and the `space` of the cell with this key, as keyword arguments. Refuses with `NotFound`."""
    cell = CellKey.parse(key)
    if cell is None:
        raise NotFound(_l("Please choose a free place."))
    return {"slot": find(Slot, cell.slot_id), "space": find(Space, cell.space_id)}


def hung(topic: Topic, cell: str | None = None) -> str:
    """Where the topic hangs now, in words: in this cell, or in all."""
    if not topic.placements:
        return str(gettext("“%(title)s” is on the market.", title=topic.title))
    placed = [placement for placement in topic.placements if placement.cell == cell] or topic.placements
    return str(gettext("“%(title)s” is up: %(where)s", title=topic.title, where=where(topic, placed)))


def placement_address(topic: Topic, *, is_repeat: bool = False) -> str:
    """The address at which a form hangs the topic somewhere."""
    return url_for("placements.put", number=topic.number, repeat=1 if is_repeat else None, method="PUT")


def topic_as_answer(topic: Topic) -> dict[str, object]:
    """The topic as a write answers it: without the convener's name, for answers are kept for a while."""
    return {name: value for name, value in topic_json(topic).items() if name != "convener"}


def answer(topic: Topic, status: int = 200, *, cell: str | None = None, on_board: bool = False) -> ResponseReturnValue:
    """The topic as JSON; in a browser on to its page, or to its sheet on the board where it was just hung in `cell`."""
    if wants_json():
        return jsonify(topic_as_answer(topic)), status
    if placed := next((placement for placement in topic.placements if placement.cell == cell), None):
        return see_other(url_for("board.show", day=placed.slot.day.isoformat(), _anchor=f"cell-{cell}"))
    if on_board:
        return see_other(url_for("board.show", _anchor=f"market-{topic.number}"))
    return see_other(url_for("topics.show", number=topic.number))
