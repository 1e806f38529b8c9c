"""The views of commitments: the wall, on phones and in the hall; proposing, changing, and saying how far one is."""

import secrets
from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.board.models import Topic
from openspace.board.permissions import topic_shown
from openspace.board.views import my_day_parts
from openspace.commitments import actions
from openspace.commitments.asking import askable
from openspace.commitments.follow_up_models import MailAddress
from openspace.commitments.forms import CommitmentForm, EndForm, HelperForm, PlanForm, SharingForm
from openspace.commitments.fragments import counts_html, personal_json, wall_html
from openspace.commitments.models import COMMITMENTS, Commitment, commitments_with
from openspace.commitments.moderation_actions import may_see
from openspace.commitments.rules import State, Word
from openspace.commitments.sharing import is_unseen
from openspace.extensions import base_url, db, limiter
from openspace.live import log
from openspace.notes.step_actions import step_of
from openspace.screens import scenes
from openspace.text import alike
from openspace.web import qr
from openspace.web.errors import NotAllowed, NotFound, Problem, shows_again, wants_json
from openspace.web.http import see_other
from openspace.writes import request_key

blueprint = event_blueprint("commitments", __name__, is_personal=True)
OFTEN = "60 per minute"
# What the screens of the hall call it.
SCENE = "commitments"


@blueprint.get("/commitments")
@requires(Role.PARTICIPANT)
def index() -> ResponseReturnValue:
    """The wall of commitments, and above it what the member is asked."""
    mine = commitments_with(visitor.member.id)
    return _wall(
        "commitments/index.html",
        asked=[each for each in mine if each.is_open and each.word_of(visitor.member.id) == Word.ASKED],
        mine=len(mine),
        community=alike(visitor.member.community),
        personal_json=personal_json(visitor.member, COMMITMENTS, 0),
    )


@blueprint.get("/projector/<key>/commitments")
def screen(key: str) -> ResponseReturnValue:
    """The wall of commitments on the hall's screen, for whoever has the projector's key."""
    event_projected(key)
    address = (base_url() + url_for("commitments.index")).partition("://")[2]
    return _wall("commitments/projector.html", key=key, address=address)


def _wall(template: str, **facts: Any) -> str:
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(visitor.event_id, COMMITMENTS)
    event = visitor.event
    return render_template(template, columns=wall_html(event), counts=counts_html(event), revision=revision, **facts)


@blueprint.get("/projector/<key>/commitments/qr.svg")
def code(key: str) -> Response:
    """The QR code of the wall of commitments."""
    event_projected(key)
    return qr.answer(base_url() + url_for("commitments.index"))


def proposing_page(problem: Problem | None = None) -> str:
    """The form of a new commitment, of a topic if the address names one; after a refusal with what was typed."""
    topic = _topic()
    form = CommitmentForm.for_page(validate=False).offer(askable(visitor.member, topic))
    if problem:
        form.validate()
    return render_template("commitments/new.html", form=form, topic=topic, problem=problem)


def _topic() -> Topic | None:
    """The topic that the address names. Refuses with `NotFound` one that cannot be seen."""
    number = request.args.get("topic", type=int)
    if number is None:
        return None
    topic = topic_shown(visitor.event_id, number, visitor.member)
    if topic is None:
        raise NotFound
    return topic


@blueprint.get("/commitments/new")
@requires(Role.PARTICIPANT)
def new() -> ResponseReturnValue:
    """The form of a new commitment. `?topic=7` says from which topic it comes."""
    return proposing_page()


@blueprint.post("/commitments")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(proposing_page)
def create() -> ResponseReturnValue:
    """Write a commitment down."""
    topic = _topic()
    form = CommitmentForm().offer(askable(visitor.member, topic))
    form.check()
    commitment = actions.propose(
        visitor.event,
        form.plan,
        by=visitor.member,
        owner=_member(form.owner.data),
        helper=_member(form.helper.data),
        topic=topic,
        key=(request.form.get("key") or request_key() or secrets.token_hex(16))[:64],
    )
    return answer(commitment, 201)


def _member(chosen: str | None) -> Member | None:
    return find(Member, int(chosen)) if chosen else None


@blueprint.post("/topics/<int:number>/notes/steps/<int:step_id>/commitment")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def take_over(number: int, step_id: int) -> ResponseReturnValue:
    """Make a commitment of a next step; if there is one, answer with it."""
    return answer(actions.take_over(step_of(shown_topic(), step_id), by=visitor.member), 201)


@blueprint.get("/commitments/<int:commitment_id>")
@requires(Role.PARTICIPANT)
def show(commitment_id: int) -> ResponseReturnValue:
    """A commitment, with all that one can say to it."""
    return commitment_page()


def commitment_page(problem: Problem | None = None) -> str:
    """The page of a commitment; after a refusal with its reason."""
    commitment = asked((request.view_args or {})["commitment_id"])
    known = {each.member_id for each in commitment.people}
    people = [each for each in askable(visitor.member, commitment.topic) if each.id not in known]
    mine = commitment.pledge_of(visitor.member.id)
    given = {"is_shared": bool(mine and mine.shared_at), "is_named": bool(mine and mine.named_at)}
    return render_template(
        "commitments/show.html",
        commitment=commitment,
        word=commitment.word_of(visitor.member.id),
        offers_mail=bool(current_app.config["SMTP_URL"]) and db.session.get(MailAddress, visitor.member.id) is None,
        may_change=actions.may_change(commitment, visitor.member),
        may_move=actions.may_move(commitment, visitor.member),
        helper_form=HelperForm.for_page(validate=False, is_sent=False).offer(people),
        is_unseen=is_unseen(commitment),
        sharing_form=SharingForm.for_page(is_sent=False, **given),
        end_form=EndForm.for_page(validate=False, is_sent=request.endpoint == "commitments.move"),
        problem=problem,
    )


@blueprint.get("/commitments/<int:commitment_id>/edit")
@requires(Role.PARTICIPANT)
def edit(commitment_id: int) -> ResponseReturnValue:
    """The form that changes what is promised."""
    return editing_page()


def editing_page(problem: Problem | None = None) -> str:
    """The form that changes what is promised; after a refusal with what was typed."""
    commitment = asked((request.view_args or {})["commitment_id"])
    if not actions.may_change(commitment, visitor.member):
        raise NotAllowed(_l("Only the owner or a facilitator can do this."))
    given = {name: getattr(commitment, name) for name in ("what", "first_step", "due_on", "revision")}
    form = PlanForm.for_page(**given)
    return render_template("commitments/edit.html", commitment=commitment, form=form, problem=problem)


@blueprint.put("/commitments/<int:commitment_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(editing_page)
def update(commitment_id: int) -> ResponseReturnValue:
    """Change what is promised."""
    commitment = asked(commitment_id)
    form = PlanForm()
    form.check()
    actions.change(commitment, form.plan, revision=form.revision.data or 0, by=visitor.member)
    return answer(commitment)


@blueprint.put("/commitments/<int:commitment_id>/state")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(commitment_page)
def move(commitment_id: int) -> ResponseReturnValue:
    """Say how far it is: `?to=doing`, `done` or `let-go`."""
    commitment = asked(commitment_id)
    form = EndForm()
    form.check()
    try:
        state = State(request.args.get("to", ""))
    except ValueError:
        raise NotFound from None
    actions.move(commitment, state, why=form.why.data or "", by=visitor.member)
    return answer(commitment)


def asked(commitment_id: int) -> Commitment:
    """The commitment with this id. Refuses with `NotFound` one that is hidden from the visitor."""
    commitment = find(Commitment, commitment_id)
    if not may_see(commitment, visitor.member):
        raise NotFound
    return commitment


def answer(commitment: Commitment, status: int = 200) -> ResponseReturnValue:
    """Answer a write: with the commitment's id as JSON, or with its page."""
    if wants_json():
        return jsonify(id=commitment.id), status
    return see_other(url_for("commitments.show", commitment_id=commitment.id))


def _on_my_day(member: Member) -> str:
    return render_template("commitments/_mine.html", commitments=commitments_with(member.id))


scenes.register(SCENE, title=_l("Commitments"), endpoint="commitments.screen")
my_day_parts.append(_on_my_day)
