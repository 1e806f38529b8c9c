"""The views of petitions: the list, asking, backing, and taking back."""

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.answers import asked_topic
from openspace.board.choosing import places
from openspace.board.models import Topic
from openspace.board.permissions import may_change
from openspace.extensions import SELDOM, limiter
from openspace.live import log
from openspace.petitions import actions
from openspace.petitions.forms import ChangeForm, WishForm
from openspace.petitions.fragments import list_html, personal_json
from openspace.petitions.models import PETITIONS, Petition
from openspace.petitions.rules import Kind
from openspace.web.errors import NotFound, Problem, shows_again, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("petitions", __name__, channel=lambda: PETITIONS, is_personal=True)
OFTEN = "120 per minute"


@blueprint.get("/petitions")
@requires(Role.PARTICIPANT)
def index() -> ResponseReturnValue:
    """What is asked for, with those who back it, and what was answered today."""
    revision = log.revision(visitor.event_id, PETITIONS)
    return render_template(
        "petitions/index.html",
        petitions=list_html(visitor.event),
        revision=revision,
        personal_json=personal_json(visitor.member, PETITIONS, revision),
    )


def asking_page(problem: Problem | None = None) -> str:
    """The page that asks for a change of a topic; after a refusal with what was chosen.

    It asks for a change of the board, or with `?wish` for what the convener wishes.
    """
    topic = asked_topic()
    if not topic.placements:
        raise NotFound
    may_wish = may_change(topic, visitor.member)
    facts: dict[str, Any] = {"topic": topic, "may_wish": may_wish, "problem": problem}
    if may_wish and "wish" in request.args:
        return render_template("petitions/wish.html", form=WishForm.for_page(), **facts)
    form = ChangeForm.for_page(moving=next(iter(topic.cells)))
    return render_template("petitions/change.html", form=form, **facts, **_places(topic, form, problem))


def _places(topic: Topic, form: ChangeForm, problem: Problem | None) -> dict[str, Any]:
    """What the small board shows. Whoever asks may choose what is locked for them, and swap with any topic."""
    moving = form.moving.data or next(iter(topic.cells))
    found = places(visitor.event, form.cell.data, problem, by=visitor.member, topic=topic, moving=moving)
    taken = {key for key, cell in found["cells"].items() if cell.placement and key not in found["here"]}
    return found | {"locked": set(), "may_swap": taken, "swapping": request.form.get("swap")}


@blueprint.get("/topics/<int:number>/petitions/new")
@requires(Role.PARTICIPANT)
def new(number: int) -> ResponseReturnValue:
    """The page that asks for a change of the topic."""
    return asking_page()


@blueprint.post("/topics/<int:number>/petitions")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(asking_page)
def create(number: int) -> ResponseReturnValue:
    """Ask for a change of the topic."""
    asked = _wish() if "wish" in request.args else _change()
    petition = actions.ask(asked_topic(), by=visitor.member, **asked)
    if wants_json():
        return jsonify(id=petition.id), 201
    if petition.asker_id == visitor.member.id:
        flash_message(gettext("Your request is with the facilitators."))
    else:
        flash_message(gettext("Somebody has asked for this already. You back it now."))
    return see_other(url_for("petitions.index", _anchor=f"petition-{petition.id}"))


def _wish() -> dict[str, Any]:
    form = WishForm()
    form.check()
    return {"kind": Kind(form.kind.data), "words": form.words.data or ""}


def _change() -> dict[str, Any]:
    form = ChangeForm()
    form.check()
    kind = Kind.REPEAT if form.again.data else Kind.SWAP if request.form.get("swap") else Kind.MOVE
    return {"kind": kind, "leaves": form.moving.data or "", "takes": form.cell.data}


@blueprint.put("/petitions/<int:petition_id>/backing")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def back(petition_id: int) -> ResponseReturnValue:
    """Back a petition."""
    petition = find(Petition, petition_id)
    actions.back(petition, by=visitor.member)
    return _answer(petition)


@blueprint.delete("/petitions/<int:petition_id>/backing")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def unback(petition_id: int) -> ResponseReturnValue:
    """Back a petition no more."""
    petition = find(Petition, petition_id)
    actions.unback(petition, by=visitor.member)
    return _answer(petition)


@blueprint.delete("/petitions/<int:petition_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def take_back(petition_id: int) -> ResponseReturnValue:
    """Take back what one has asked for."""
    actions.take_back(find(Petition, petition_id), by=visitor.member)
    if not wants_json():
        flash_message(gettext("You do not ask for this any more."))
    return _answer(None)


def _answer(petition: Petition | None) -> ResponseReturnValue:
    if wants_json():
        return jsonify(backing=len(petition.backings) if petition else 0)
    return see_other(url_for("petitions.index", _anchor=f"petition-{petition.id}" if petition else None))
