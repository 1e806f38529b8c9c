"""The views of a topic's placements: choosing a cell, placing, moving, swapping and taking off."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board import actions
from openspace.board.answers import (
    WRITES,
    answer,
    asked_topic,
    cell_called,
    placement_address,
    shown_topic,
    where_it_hangs,
)
from openspace.board.choosing import places, refused_by_now
from openspace.board.forms import PlacementForm
from openspace.board.free_cells import topic_at
from openspace.board.locks import is_locked_for, refusal
from openspace.board.models import Placement, Topic
from openspace.board.notices import where
from openspace.board.permissions import check_may_change, movable
from openspace.board.swap import swap
from openspace.extensions import limiter
from openspace.web.errors import Problem, Stale, shows_again
from openspace.web.http import flash_message

blueprint = event_blueprint("placements", __name__)


def placement_page(problem: Problem | None = None) -> str:
    """The page with a small board on which a cell for the topic is chosen; after a refusal with its reason."""
    topic = shown_topic()
    is_repeat = "repeat" in request.args
    choices = movable(topic, visitor.member)
    moving = "" if is_repeat else next((placement.cell for placement in choices), next(iter(topic.cells), ""))
    form = PlacementForm.for_page(moving=request.args.get("moving", moving))
    if isinstance(problem, Stale):
        form.moving.data = moving
    found = places(
        visitor.event, form.cell.data, problem, by=visitor.member, topic=topic, moving=form.moving.data or ""
    )
    found["swapping"] = request.form.get("swap")
    return render_template("board/placement.html", form=form, topic=topic, choices=choices, problem=problem, **found)


@blueprint.get("/topics/<int:number>/placement")
@requires(Role.PARTICIPANT)
def show(number: int) -> ResponseReturnValue:
    """The page that chooses a cell for the topic; with `?repeat` for one more placement."""
    topic = asked_topic()
    check_may_change(topic, visitor.member)
    refused = refused_by_now(visitor.event, request.args.get("cell", ""), by=visitor.member, topic=topic)
    return placement_page(refused or _refused_here(topic))


def _refused_here(topic: Topic) -> Problem | None:
    """The refusal of a topic whose every slot is locked for the visitor, if it is to be moved and not repeated."""
    slots = [] if "repeat" in request.args else [placement.slot for placement in topic.placements]
    is_stuck = bool(slots) and all(is_locked_for(slot, visitor.member) for slot in slots)
    return refusal(slots[0], topic) if is_stuck else None


@blueprint.put("/topics/<int:number>/placement")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(placement_page)
def put(number: int) -> ResponseReturnValue:
    """Place the topic in the form's `cell`: from the market, out of the cell `moving`, as a repeat, or by a `swap`.

    Refuses with `Stale` a topic that is not on the market any more, unless it is moved or repeated.
    """
    if "swap" in request.form:
        return _swap(asked_topic(), request.form.get("moving", ""), request.form["swap"])
    form = PlacementForm()
    form.check()
    topic, cell = asked_topic(), cell_called(form.cell.data or "")
    check_may_change(topic, visitor.member)
    if form.moving.data:
        actions.move(_placement(topic, form.moving.data), **cell, by=visitor.member, anyway=form.anyway.data)
        back = {"cell": form.moving.data, "moving": form.cell.data, "anyway": "y"}
        flash_message(where_it_hangs(topic, form.cell.data), undo=placement_address(topic), fields=back)
    elif topic.placements and "repeat" not in request.args:
        raise Stale(_l("Somebody has just hung this topic up. Here is how things stand now."))
    else:
        # There are several cells when taking a topic off all its cells is undone.
        for key in request.form.getlist("cell"):
            actions.place(topic, **cell_called(key), by=visitor.member, anyway=form.anyway.data)
        flash_message(where_it_hangs(topic, form.cell.data))
    return answer(topic, cell=form.cell.data)


def _swap(topic: Topic, moving: str, cell: str) -> ResponseReturnValue:
    """Let the topic in the cell `moving` and the one in `cell` change places. Both are keys of cells."""
    check_may_change(topic, visitor.member)
    there = topic_at(**cell_called(cell))
    if there is None:
        raise Stale(_l("Nothing hangs there any more. Here is how things stand now."))
    swap(_placement(topic, moving), _placement(there, cell), by=visitor.member, anyway="anyway" in request.form)
    back = {"moving": cell, "swap": moving, "anyway": "y"}
    flash_message(where_it_hangs(topic, cell), undo=placement_address(topic), fields=back)
    return answer(topic, cell=cell)


@blueprint.delete("/topics/<int:number>/placement")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete(number: int) -> ResponseReturnValue:
    """Take the topic off all its cells, back to the market; with `?cell=` off that one cell alone."""
    topic = asked_topic()
    check_may_change(topic, visitor.member)
    cell = request.args.get("cell")
    off = [_placement(topic, cell)] if cell else list(topic.placements)
    cells = [placement.cell for placement in off]
    for placement in off:
        actions.unplace(placement, by=visitor.member)
    if cells:
        words = (
            gettext("“%(title)s” now hangs only here: %(where)s", title=topic.title, where=where(topic))
            if topic.placements
            else gettext("“%(title)s” is on the market.", title=topic.title)
        )
        undo = placement_address(topic, is_repeat=bool(topic.placements))
        flash_message(words, undo=undo, fields={"cell": cells, "anyway": "y"})
    return answer(topic)


def _placement(topic: Topic, key: str) -> Placement:
    """The topic's placement in the cell with this key. Refuses with `Stale` if it does not hang there."""
    found = next((p for p in topic.placements if p.cell == key), None)
    if found is None:
        raise Stale(_l("The topic no longer hangs there. Here is how things stand now."))
    return found
