"""The views by which facilitators hide commitments, and show them again."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.commitments import moderation_actions as actions
from openspace.commitments.models import Commitment
from openspace.commitments.views import OFTEN, answer
from openspace.extensions import limiter
from openspace.journal import actions as journal
from openspace.web.http import flash_message

blueprint = event_blueprint("pact_moderation", __name__, is_personal=True)
# Characters of a commitment by which the journal names it.
LONGEST_NAME = 80


@blueprint.put("/commitments/<int:commitment_id>/hiding")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def hide(commitment_id: int) -> ResponseReturnValue:
    """Hide a commitment, such as one that abuses somebody."""
    commitment = find(Commitment, commitment_id)
    with journal.step(visitor.event_id, "commitments.hide", by=visitor.member, what=commitment.what[:LONGEST_NAME]):
        actions.hide(commitment, by=visitor.member)
    undo = url_for("pact_moderation.show", commitment_id=commitment_id, method="DELETE")
    flash_message(gettext("Only those in it still see this commitment."), undo=undo)
    return answer(commitment)


@blueprint.delete("/commitments/<int:commitment_id>/hiding")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def show(commitment_id: int) -> ResponseReturnValue:
    """Show a hidden commitment again."""
    commitment = find(Commitment, commitment_id)
    with journal.step(visitor.event_id, "commitments.show", by=visitor.member, what=commitment.what[:LONGEST_NAME]):
        actions.show(commitment, by=visitor.member)
    return answer(commitment)
