"""The views of the topic in a facilitator's hand: what each place would cost, hanging, hiding, bringing back."""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board import actions as board, merging
from openspace.board.answers import asked_topic, cell_called, where_it_hangs
from openspace.board.forms import WithdrawalForm
from openspace.board.merge_models import MergeRequest
from openspace.board.models import topic_numbered
from openspace.console import actions
from openspace.console.costs import costs
from openspace.extensions import limiter
from openspace.journal.actions import step
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import clock_time

blueprint = event_blueprint("console_topics", __name__, is_personal=True)
OFTEN = "240 per minute"


@blueprint.get("/facilitator/topics/<int:number>/costs")
@requires(Role.FACILITATOR)
def show_costs(number: int) -> ResponseReturnValue:
    """What each free cell would cost the topic, as JSON by the cells' keys. It would leave the cell `?moving=`."""
    found = costs(asked_topic(), moving=request.args.get("moving", ""))
    return jsonify({key: {"words": cost.words, "is_forbidden": cost.is_forbidden} for key, cost in found.items()})


@blueprint.put("/facilitator/hand")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def pick_up() -> ResponseReturnValue:
    """Take the topic with the form's `number` into the hand, from its `cell`."""
    topic = topic_numbered(visitor.event_id, request.form.get("number", 0, int))
    if topic is None:
        raise NotFound
    actions.pick_up(topic, cell=request.form.get("cell", ""), by=visitor.member)
    return "", 204


@blueprint.delete("/facilitator/hand")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def put_down() -> ResponseReturnValue:
    """Empty the hand."""
    actions.put_down(by=visitor.member)
    return "", 204


@blueprint.put("/facilitator/topics/<int:number>/placement")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def hang(number: int) -> ResponseReturnValue:
    """Hang the topic in the form's `cell`, out of its cell `moving`; see `actions.hang` for `taken` and `there`."""
    topic, form = asked_topic(), request.form
    cell = cell_called(form.get("cell", ""))
    kind = "board.swap" if form.get("taken") == "swap" and form.get("there") else "board.hang"
    with step(topic.event_id, kind, by=visitor.member, title=topic.title) as facts:
        actions.hang(
            topic,
            **cell,
            moving=form.get("moving", ""),
            taken=form.get("taken", ""),
            there=form.get("there", type=int),
            anyway="anyway" in form,
            by=visitor.member,
        )
        # In no language: the list of steps is read in all of them.
        facts["place"] = f"{clock_time(cell['slot'].starts_at, visitor.event.zone)} · {cell['space'].number}"
    actions.put_down(by=visitor.member)
    return _answer(where_it_hangs(topic, form.get("cell", "")))


@blueprint.delete("/facilitator/topics/<int:number>/placement")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def take_off(number: int) -> ResponseReturnValue:
    """Take the topic off the cell `?cell=`."""
    topic = asked_topic()
    with step(topic.event_id, "board.market", by=visitor.member, title=topic.title):
        board.unplace(actions.placement_in(topic, request.args.get("cell", "")), by=visitor.member)
    actions.put_down(by=visitor.member)
    return _answer(where_it_hangs(topic))


@blueprint.put("/facilitator/topics/<int:number>/withdrawal")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def hide(number: int) -> ResponseReturnValue:
    """Hide the topic. Its convener reads the form's `why`."""
    topic, form = asked_topic(), WithdrawalForm()
    form.check()
    with step(topic.event_id, "board.hide", by=visitor.member, title=topic.title):
        board.withdraw(topic, by=visitor.member, why=form.why.data or "")
    actions.put_down(by=visitor.member)
    return _answer("")


@blueprint.delete("/facilitator/topics/<int:number>/withdrawal")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def show_again(number: int) -> ResponseReturnValue:
    """Bring a hidden topic back, to its former cells as far as they are free."""
    topic = asked_topic()
    with step(topic.event_id, "board.restore", by=visitor.member, title=topic.title):
        board.restore(topic, by=visitor.member)
    return _answer(where_it_hangs(topic))


@blueprint.put("/facilitator/merges/<int:request_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def merge(request_id: int) -> ResponseReturnValue:
    """Merge the two topics of an open question, without waiting for their conveners."""
    asked = find(MergeRequest, request_id)
    first, second = asked.first, asked.second
    with step(first.event_id, "board.merge", by=visitor.member, title=second.title, joint=first.title):
        # Read anew within the lock: a question that was answered meanwhile is `Stale`.
        merging.merge(asked.first, asked.second, by=visitor.member)
    return _answer(gettext("“%(title)s” has been merged into “%(joint)s”.", title=second.title, joint=first.title))


@blueprint.delete("/facilitator/merges/<int:request_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def leave_apart(request_id: int) -> ResponseReturnValue:
    """Say no to a question whether two topics shall be merged."""
    merging.decline(visitor.event_id, request_id, by=visitor.member)
    return _answer(gettext("The two stay topics of their own."))


def _answer(words: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(says=words)
    if words:
        flash_message(words)
    return see_other(url_for("console.show"))
