"""The views of what people say to a commitment: asking somebody, answering, taking it on."""

from flask import request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.commitments import actions
from openspace.commitments.asking import askable
from openspace.commitments.forms import HelperForm
from openspace.commitments.views import OFTEN, answer as answer_with, asked, commitment_page
from openspace.extensions import limiter
from openspace.web.errors import shows_again

blueprint = event_blueprint("pledges", __name__, is_personal=True)


@blueprint.put("/commitments/<int:commitment_id>/pledge")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(commitment_page)
def answer(commitment_id: int) -> ResponseReturnValue:
    """Say `?word=yes` or `no` to what one was asked, offer help unasked, or step back."""
    commitment = asked(commitment_id)
    actions.answer(commitment, accepts=request.args.get("word") == "yes", by=visitor.member)
    return answer_with(commitment)


@blueprint.put("/commitments/<int:commitment_id>/owner")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(commitment_page)
def take_on(commitment_id: int) -> ResponseReturnValue:
    """Become the owner of a commitment that has none."""
    commitment = asked(commitment_id)
    actions.take_on(commitment, by=visitor.member)
    return answer_with(commitment)


@blueprint.post("/commitments/<int:commitment_id>/helpers")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(commitment_page)
def ask(commitment_id: int) -> ResponseReturnValue:
    """Ask somebody to help."""
    commitment = asked(commitment_id)
    actions.check_may_change(commitment, visitor.member)
    form = HelperForm().offer(askable(visitor.member, commitment.topic))
    form.check()
    actions.ask(commitment, find(Member, int(form.helper.data)), by=visitor.member)
    return answer_with(commitment)


@blueprint.delete("/commitments/<int:commitment_id>/helpers/<int:member_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(commitment_page)
def ask_no_more(commitment_id: int, member_id: int) -> ResponseReturnValue:
    """Take back a question that waits for an answer."""
    commitment = asked(commitment_id)
    actions.ask_no_more(commitment, find(Member, member_id), by=visitor.member)
    return answer_with(commitment)
