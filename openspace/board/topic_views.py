"""The views of a topic: its page, where it hangs, who goes, and its way off the board."""

from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace import qr
from openspace.access.guards import (
    audience,
    current_event,
    current_member,
    event_blueprint,
    find,
    known_member,
    me,
    requires,
    seen,
    sees_board,
)
from openspace.access.models import Member, Role
from openspace.access.rules import new_key
from openspace.board import actions
from openspace.board.choosing import places, taken_by_now
from openspace.board.conveners import convener_called, labels
from openspace.board.forms import CELL, PlacementForm, ProposeForm, TopicForm, WithdrawalForm
from openspace.board.fragments import topic_html
from openspace.board.models import BOARD, Placement, Topic
from openspace.board.notices import where
from openspace.board.swap import swap
from openspace.board.views import mine, topic_json
from openspace.clock import now
from openspace.errors import Invalid, NotAllowed, NotFound, Problem, Stale, shows_again, wants_json
from openspace.events.models import Slot, Space
from openspace.extensions import base_url, db, limiter
from openspace.http import say, see_other
from openspace.i18n import language
from openspace.live import log
from openspace.live.fragments import View

TAPS = ("put_interest", "delete_interest")
blueprint = event_blueprint("topics", __name__, glances=dict.fromkeys(TAPS, lambda: BOARD))
WRITES = "120 per minute"


def new_page(problem: Problem | None = None) -> str:
    """The sheet for a new topic; after a refusal with all that was typed."""
    form = ProposeForm.shown(language=_language_of_talk(), cell=request.args.get("cell", ""), draft_key=new_key())
    conveners = list(labels(current_event())) if me().is_at_least(Role.FACILITATOR) else []
    found = places(current_event(), form.cell.data, problem, by=me())
    return render_template("topics/new.html", form=form, problem=problem, conveners=conveners, **found)


def edit_page(problem: Problem | None = None) -> str:
    """The sheet of a topic that is there."""
    topic = _topic()
    form = TopicForm.shown(title=topic.title, text=topic.text, language=topic.language)
    return render_template("topics/edit.html", form=form, topic=topic, problem=problem)


def placement_page(problem: Problem | None = None) -> str:
    """The wall, to choose another place for a topic."""
    topic = _topic()
    is_repeat = "repeat" in request.args
    moving = "" if is_repeat else next(iter(topic.cells), "")
    form = PlacementForm.shown(moving=request.args.get("moving", moving))
    if isinstance(problem, Stale):
        form.moving.data = moving
    found = places(current_event(), form.cell.data, problem, by=me(), topic=topic, moving=form.moving.data or "")
    found["swapping"] = request.form.get("swap")
    return render_template("topics/placement.html", form=form, topic=topic, problem=problem, **found)


@blueprint.get("/topics")
@sees_board
def index() -> ResponseReturnValue:
    """Every topic of the event, as JSON; as a page that is the board."""
    topics = db.session.scalars(
        select(Topic).where(Topic.event_id == current_event().id, Topic.withdrawn_at.is_(None)).order_by(Topic.number)
    )
    return (
        jsonify(topics=[topic_json(topic) for topic in topics])
        if wants_json()
        else redirect(url_for("board.show"), 303)
    )


@blueprint.get("/topics/new")
@requires(Role.PARTICIPANT)
def new() -> ResponseReturnValue:
    """An empty sheet, with `?cell=` already chosen on the board; if it is taken by now, that is said at once."""
    return new_page(taken_by_now(current_event(), request.args.get("cell", "")))


@blueprint.post("/topics")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(new_page)
def create() -> ResponseReturnValue:
    """Propose a topic, into a cell or onto the market."""
    form = ProposeForm()
    form.check()
    topic = actions.propose(
        current_event(),
        title=form.title.data or "",
        text=form.text.data or "",
        language=form.language.data,
        convener=_convener(form),
        draft_key=form.draft_key.data or None,
        by=me(),
    )
    if form.cell.data and not topic.placements:
        actions.place(topic, **_cell(form.cell.data), by=me(), anyway=form.anyway.data)
    say(_hung(topic))
    return _answer(topic, 201, cell=topic.cells[-1] if topic.cells else None, on_board=True)


@blueprint.get("/topics/<int:number>")
@sees_board
def show(number: int) -> ResponseReturnValue:
    """A topic's page."""
    topic = _topic()
    if wants_json():
        return jsonify(topic_json(topic))
    revision = log.revision(topic.event_id, topic.channel)
    return render_template(
        "topics/show.html",
        topic=topic,
        revision=revision,
        live=topic_html(current_event(), topic, View(language(), audience())),
        may_change=actions.may_change(topic, current_member()),
        is_over=bool(topic.placements) and all(placement.slot.ends_at <= now() for placement in topic.placements),
        may_restore=actions.may_restore(topic, current_member()),
        mine=mine(current_member(), topic.channel, revision),
    )


@blueprint.get("/topics/<int:number>/edit")
@requires(Role.PARTICIPANT)
def edit(number: int) -> ResponseReturnValue:
    """The topic's sheet, to write on."""
    _may_change(_topic())
    return edit_page()


@blueprint.put("/topics/<int:number>")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(edit_page)
def update(number: int) -> ResponseReturnValue:
    """Change what a topic says."""
    form = TopicForm()
    form.check()
    topic = _topic()
    actions.edit(topic, title=form.title.data or "", text=form.text.data or "", language=form.language.data, by=me())
    return _answer(topic)


@blueprint.get("/topics/<int:number>/placement")
@requires(Role.PARTICIPANT)
def placement(number: int) -> ResponseReturnValue:
    """Where the topic could hang; with `?repeat` for once more."""
    _may_change(_topic())
    return placement_page(taken_by_now(current_event(), request.args.get("cell", "")))


@blueprint.put("/topics/<int:number>/placement")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(placement_page)
def put_placement(number: int) -> ResponseReturnValue:
    """Hang the topic in a cell: from the market, from the cell it is `moving` out of, once more, or by a `swap`."""
    if "swap" in request.form:
        return _swap(_topic(), request.form.get("moving", ""), request.form["swap"])
    form = PlacementForm()
    form.check()
    topic, cell = _topic(), _cell(form.cell.data or "")
    _may_change(topic)
    if form.moving.data:
        actions.move(_placement(topic, form.moving.data), **cell, by=me(), anyway=form.anyway.data)
        back = {"cell": form.moving.data, "moving": form.cell.data, "anyway": "y"}
        say(_hung(topic, form.cell.data), undo=_address_of_placement(topic), fields=back)
    elif topic.placements and "repeat" not in request.args:
        raise Stale(_l("Somebody has just hung this topic up. Here is how things stand now."))
    else:
        # Several at once when a topic that was taken off hangs where it hung again.
        for key in request.form.getlist("cell"):
            actions.place(topic, **_cell(key), by=me(), anyway=form.anyway.data)
        say(_hung(topic, form.cell.data))
    return _answer(topic, cell=form.cell.data)


def _swap(topic: Topic, moving: str, cell: str) -> ResponseReturnValue:
    """Let the topic and the one in that cell change places."""
    _may_change(topic)
    there = actions.topic_in(**_cell(cell))
    if there is None:
        raise Stale(_l("Nothing hangs there any more. Here is how things stand now."))
    swap(_placement(topic, moving), _placement(there, cell), by=me(), anyway="anyway" in request.form)
    back = {"moving": cell, "swap": moving, "anyway": "y"}
    say(_hung(topic, cell), undo=_address_of_placement(topic), fields=back)
    return _answer(topic, cell=cell)


@blueprint.delete("/topics/<int:number>/placement")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete_placement(number: int) -> ResponseReturnValue:
    """Put the topic back on the market, or with `?cell=` take one of its repeats off."""
    topic = _topic()
    _may_change(topic)
    cell = request.args.get("cell")
    off = [_placement(topic, cell)] if cell else list(topic.placements)
    cells = [placement.cell for placement in off]
    for placement in off:
        actions.unplace(placement, by=me())
    if cells:
        words = (
            gettext("“%(title)s” now hangs only here: %(where)s", title=topic.title, where=where(topic))
            if topic.placements
            else gettext("“%(title)s” is on the market.", title=topic.title)
        )
        undo = _address_of_placement(topic, is_repeat=bool(topic.placements))
        say(words, undo=undo, fields={"cell": cells, "anyway": "y"})
    return _answer(topic)


@blueprint.put("/topics/<int:number>/interest")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def put_interest(number: int) -> ResponseReturnValue:
    """Take a chair (`go`), or say that one looks in (`look`)."""
    # The most frequent write of all, and one word: a form would cost more than the rest.
    kind = request.form.get("kind")
    if kind not in {"go", "look"}:
        raise Invalid
    actions.mark(seen().event.id, number, kind=kind, by=known_member() or me())
    return _marked(number, kind)


@blueprint.delete("/topics/<int:number>/interest")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete_interest(number: int) -> ResponseReturnValue:
    """Give the chair back."""
    actions.unmark(seen().event.id, number, by=known_member() or me())
    return _marked(number, None)


@blueprint.put("/topics/<int:number>/withdrawal")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def put_withdrawal(number: int) -> ResponseReturnValue:
    """Take the topic down; the next page offers to undo it."""
    topic = _topic()
    form = WithdrawalForm()
    form.check()
    actions.withdraw(topic, by=me(), why=form.why.data or "")
    undo = url_for("topics.delete_withdrawal", number=number, method="DELETE")
    say(gettext("“%(title)s” has been taken down.", title=topic.title), undo=undo)
    return jsonify(_as_answer(topic)) if wants_json() else redirect(url_for("board.show"), 303)


@blueprint.delete("/topics/<int:number>/withdrawal")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete_withdrawal(number: int) -> ResponseReturnValue:
    """Bring the topic back to where it hung."""
    topic = _topic()
    hung = topic.former_cells.split() if topic.withdrawn_at else []
    actions.restore(topic, by=me())
    say(_hung(topic))
    if hung and not topic.placements and not wants_json():
        # Somebody else hangs there now: this page says who, and what is free.
        return redirect(url_for("topics.placement", number=number, cell=hung[0]), 303)
    return _answer(topic, cell=topic.cells[-1] if topic.cells else None, on_board=True)


@blueprint.get("/topics/<int:number>/qr.svg")
@sees_board
def code(number: int) -> Response:
    """The QR code of the topic's page."""
    return qr.answer(base_url() + url_for("topics.show", number=_topic().number))


def _convener(form: ProposeForm) -> Member | None:
    """Whom the topic is hung up for, if it is for somebody else."""
    typed = form.convener_name.data
    return convener_called(current_event(), typed, by=me(), adds=form.adds_convener.data) if typed else None


def _topic() -> Topic:
    """The topic in the address. Refuses with `NotFound`."""
    topic = actions.topic_shown(current_event().id, (request.view_args or {})["number"], current_member())
    if topic is None:
        raise NotFound
    return topic


def _may_change(topic: Topic) -> None:
    if not actions.may_change(topic, me()):
        raise NotAllowed


def _cell(key: str) -> dict[str, Any]:
    match = CELL.match(key)
    if match is None:
        raise NotFound(_l("Please choose a free place."))
    return {"slot": find(Slot, int(match[1])), "space": find(Space, int(match[2]))}


def _placement(topic: Topic, key: str) -> Placement:
    found = next((p for p in topic.placements if p.cell == key), None)
    if found is None:
        raise Stale(_l("The topic no longer hangs there. Here is how things stand now."))
    return found


def _language_of_talk() -> str:
    languages = current_event().languages
    return language() if language() in languages else languages[0]


def _hung(topic: Topic, cell: str | None = None) -> str:
    """Where the topic hangs now, in words: in this cell, or in all."""
    if not topic.placements:
        return str(gettext("“%(title)s” is on the market.", title=topic.title))
    placed = [placement for placement in topic.placements if placement.cell == cell] or topic.placements
    return str(gettext("“%(title)s” is up: %(where)s", title=topic.title, where=where(topic, placed)))


def _address_of_placement(topic: Topic, *, is_repeat: bool = False) -> str:
    """The address at which a form hangs the topic somewhere."""
    return url_for("topics.put_placement", number=topic.number, repeat=1 if is_repeat else None, method="PUT")


def _as_answer(topic: Topic) -> dict[str, object]:
    """The topic as a write answers it: without the convener's name, for answers are kept for a while."""
    return {name: value for name, value in topic_json(topic).items() if name != "convener"}


def _answer(topic: Topic, status: int = 200, *, cell: str | None = None, on_board: bool = False) -> ResponseReturnValue:
    """The topic as JSON; in a browser on to its page, or to its sheet on the board where it was just hung in `cell`."""
    if wants_json():
        return jsonify(_as_answer(topic)), status
    if placed := next((placement for placement in topic.placements if placement.cell == cell), None):
        return see_other(url_for("board.show", day=placed.slot.day.isoformat(), _anchor=f"cell-{cell}"))
    if on_board:
        return see_other(url_for("board.show", _anchor=f"market-{topic.number}"))
    return see_other(url_for("topics.show", number=topic.number))


def _marked(number: int, kind: str | None) -> ResponseReturnValue:
    if wants_json():
        return {"number": number, "kind": kind}
    return see_other(url_for("topics.show", number=number))
