"""The views that merge two topics and split them: asking, answering, and taking apart again."""

from contextlib import AbstractContextManager, nullcontext

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board import merge_notices, merging  # noqa: F401  # `merge_notices` registers its notices
from openspace.board.answers import WRITES, asked_topic, shown_topic
from openspace.board.merge_models import MergeRequest
from openspace.board.models import IS_SHOWN, Topic, topic_numbered
from openspace.board.permissions import check_may_change
from openspace.extensions import db, limiter
from openspace.journal.actions import step
from openspace.web.errors import Invalid, NotFound, Problem, shows_again
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("merges", __name__)


def page(problem: Problem | None = None) -> str:
    """The page on which another topic is chosen for merging; after a refusal with its reason."""
    topic = shown_topic()
    others = select(Topic).where(Topic.event_id == visitor.event_id, Topic.id != topic.id, IS_SHOWN)
    loaded = others.options(joinedload(Topic.convener)).order_by(Topic.title, Topic.number)
    return render_template(
        "board/merge.html",
        topic=topic,
        others=db.session.scalars(loaded).all(),
        chosen=request.values.get("other", type=int),
        problem=problem,
    )


@blueprint.get("/topics/<int:number>/merge")
@requires(Role.PARTICIPANT)
def show(number: int) -> ResponseReturnValue:
    """The page on which another topic is chosen for merging with this one."""
    check_may_change(shown_topic(), visitor.member)
    return page()


@blueprint.post("/topics/<int:number>/merge")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(page)
def ask(number: int) -> ResponseReturnValue:
    """Ask to merge the topic with the form's `other` number into this one; a facilitator may do it `now`."""
    first = asked_topic()
    check_may_change(first, visitor.member)
    second = topic_numbered(visitor.event_id, request.form.get("other", 0, int))
    if second is None:
        raise Invalid(_l("Choose another topic."))
    if "now" in request.form:
        with _noted("board.merge", title=second.title, joint=first.title):
            merging.merge(first, second, by=visitor.member)
        asked = None
    else:
        asked = merging.ask(first, second, by=visitor.member)
    words = gettext("The question has been sent. Once the other side agrees, the topics are one.")
    flash_message(words if asked else _merged_words(first, second))
    return see_other(url_for("topics.show", number=number))


@blueprint.put("/merges/<int:request_id>")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def agree(request_id: int) -> ResponseReturnValue:
    """Say yes to a question whether two topics shall be merged."""
    with _agreeing(request_id):
        first = merging.agree(visitor.event_id, request_id, by=visitor.member)
    flash_message(gettext("You have agreed. “%(title)s” is here.", title=first.title))
    return see_other(url_for("topics.show", number=first.number))


@blueprint.delete("/merges/<int:request_id>")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def decline(request_id: int) -> ResponseReturnValue:
    """Say no to a question whether two topics shall be merged, or take the own question back."""
    first = merging.decline(visitor.event_id, request_id, by=visitor.member)
    flash_message(gettext("The two stay topics of their own."))
    return see_other(url_for("topics.show", number=first.number))


@blueprint.delete("/topics/<int:number>/merge")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def split(number: int) -> ResponseReturnValue:
    """Split this merged topic off the joint one."""
    part = topic_numbered(visitor.event_id, number)
    if part is None:
        raise NotFound
    with _noted("board.split", title=part.title):
        merging.split(part, by=visitor.member)
    flash_message(gettext("“%(title)s” is a topic of its own again.", title=part.title))
    return redirect(url_for("topics.show", number=number), 303)


def _agreeing(request_id: int) -> AbstractContextManager[object]:
    """For conveners, whose consent it is, no step; a facilitator who convenes neither topic uses their power."""
    asked = db.session.get(MergeRequest, request_id)
    if asked is None or asked.event_id != visitor.event_id:
        return nullcontext()
    if visitor.member.id in asked.first.convener_ids | asked.second.convener_ids:
        return nullcontext()
    return _noted("board.merge", title=asked.second.title, joint=asked.first.title)


def _noted(kind: str, **facts: str) -> AbstractContextManager[object]:
    """What a facilitator does is a step, which can be undone on the console."""
    by = visitor.member
    return step(by.event_id, kind, by=by, **facts) if by.is_at_least(Role.FACILITATOR) else nullcontext()


def _merged_words(first: Topic, second: Topic) -> str:
    return str(gettext("“%(title)s” has been merged into “%(joint)s”.", title=second.title, joint=first.title))
