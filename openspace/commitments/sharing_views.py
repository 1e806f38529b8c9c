"""The public page of what came of commitments, and the consent to stand there."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires, sees_board
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.commitments import photos, sharing
from openspace.commitments.follow_up_models import FollowUp
from openspace.commitments.forms import SharingForm
from openspace.commitments.views import OFTEN, answer as answer_with, asked, commitment_page
from openspace.commitments.words import OUTCOMES
from openspace.extensions import limiter
from openspace.web.errors import shows_again
from openspace.web.http import flash_message, no_store

blueprint = event_blueprint("sharing", __name__)
# No browser keeps the page: what somebody takes back is gone with the next look. Of a photo it leads to none then.
blueprint.after_request(lambda response: response if response.direct_passthrough else no_store(response))


@blueprint.get("/commitments/outcomes")
@sees_board
def show() -> ResponseReturnValue:
    """What came of the commitments whose owners let it stand here, with the names of those who agreed to that."""
    parts, address_of = sharing.shared(visitor.event_id), photos.addresses("sharing.photo")
    return render_template("commitments/outcomes.html", parts=parts, outcomes=OUTCOMES, address_of=address_of)


@blueprint.get("/commitments/outcomes/<int:follow_up_id>/photo/<picture>")
@sees_board
def photo(follow_up_id: int, picture: str) -> Response:
    """A file of the photo of an answer that stands on the page."""
    return photos.answer(sharing.photo_shared(find(FollowUp, follow_up_id)), picture)


@blueprint.put("/commitments/<int:commitment_id>/sharing")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(commitment_page)
def share(commitment_id: int) -> ResponseReturnValue:
    """Let a commitment, or one's name with it, stand on the public page, or take that back."""
    commitment, form = asked(commitment_id), SharingForm()
    form.check()
    sharing.share(commitment, is_shared=bool(form.is_shared.data), is_named=bool(form.is_named.data), by=visitor.member)
    flash_message(gettext("Saved."))
    return answer_with(commitment)
