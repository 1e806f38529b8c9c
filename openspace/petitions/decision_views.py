"""The views by which facilitators decide petitions, each decision a step that can be undone."""

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import limiter
from openspace.journal.actions import step
from openspace.petitions import decision_actions as actions
from openspace.petitions.effects import effects
from openspace.petitions.forms import AnswerForm
from openspace.petitions.models import Petition
from openspace.petitions.words import sentence
from openspace.web.errors import Problem, shows_again, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("decisions", __name__, is_personal=True)
OFTEN = "240 per minute"


def page(problem: Problem | None = None) -> str:
    """The page of one petition with its effect; after a refusal with the reason and what was typed."""
    petition = find(Petition, (request.view_args or {})["petition_id"])
    effect = effects(petition.event_id, [petition])[petition.id] if petition.is_open else None
    return render_template(
        "petitions/decision.html",
        petition=petition,
        sentence=sentence,
        effect=effect,
        form=AnswerForm.for_page(),
        problem=problem,
    )


@blueprint.get("/facilitator/petitions/<int:petition_id>")
@requires(Role.FACILITATOR)
def show(petition_id: int) -> ResponseReturnValue:
    """One petition, to decide it with a sentence."""
    return page()


@blueprint.put("/facilitator/petitions/<int:petition_id>/grant")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def grant(petition_id: int) -> ResponseReturnValue:
    """Change the board as the petition asks, or say that its wish is seen to."""
    petition, answer = find(Petition, petition_id), _answer_given()
    with step(petition.event_id, "petitions.grant", by=visitor.member, title=petition.topic.title):
        actions.grant(petition, by=visitor.member, answer=answer)
    return _answer(gettext("Granted: %(what)s", what=sentence(petition)))


@blueprint.put("/facilitator/petitions/<int:petition_id>/refusal")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def decline(petition_id: int) -> ResponseReturnValue:
    """Decline the petition."""
    petition, answer = find(Petition, petition_id), _answer_given()
    with step(petition.event_id, "petitions.decline", by=visitor.member, title=petition.topic.title):
        actions.decline(petition, by=visitor.member, answer=answer)
    return _answer(gettext("Declined: %(what)s", what=sentence(petition)))


def _answer_given() -> str:
    form = AnswerForm()
    form.check()
    return form.answer.data or ""


def _answer(words: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(says=words)
    flash_message(words, undo=url_for("console.undo_last", method="DELETE"))
    return see_other(url_for("console.show"))
