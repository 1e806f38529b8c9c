"""The views of codes: printing them for people without a phone, and taking a topic over by one."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access import attempts, security_log
from openspace.access.browser_seats import take_seat
from openspace.access.guards import event_blueprint, find, requires, signs_in
from openspace.access.models import Role
from openspace.access.security_log import Kind
from openspace.access.visitor import visitor
from openspace.board.models import Topic
from openspace.extensions import base_url, db
from openspace.pitching.claim_actions import take_over
from openspace.pitching.claims import claim_with, code_of
from openspace.pitching.forms import ClaimForm
from openspace.pitching.models import Claim, open_claims
from openspace.pitching.rules import in_pairs
from openspace.web import qr
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, see_other
from openspace.web.preparing import prepared_by

blueprint = event_blueprint("claims", __name__, is_personal=True)
# Six digits are fewer than the entrance's letters, and many codes may be open at once: so fewer guesses are free, and
# few wait at a time: one guess in two seconds.
GUESSES = attempts.Kind("claim", free=10, free_of_all=60, waiting=2)


def claim_page(problem: Problem | None = None) -> str:
    """The page that asks for a code; after a refusal with what was typed."""
    form = ClaimForm.for_page(code=request.args.get("code", ""))
    return render_template("pitching/claim.html", form=form, problem=problem)


@blueprint.get("/claim")
def show() -> ResponseReturnValue:
    """The page on which somebody takes their topic over on a phone; `?code=` as in the QR code of the slip."""
    return claim_page()


def _check_code() -> str:
    """The code that was typed, after the wait that many wrong guesses cause. Refuses with `WrongCode`."""
    form = ClaimForm()
    form.check()
    typed = form.code.data or ""
    with GUESSES.attempt():
        claim_with(visitor.event, typed)
    return typed


@blueprint.post("/claim")
@shows_again(claim_page)
@signs_in
@prepared_by(_check_code)
def take(typed: str) -> ResponseReturnValue:
    """Take the topics over: for the member who is signed in, else as the person who was written down."""
    here = visitor.member_or_none
    member = take_over(visitor.event, typed, by=here)
    if here is None:
        take_seat(member)
    kind = Kind.MERGED if here else Kind.SIGNED_IN
    security_log.note(member.event_id, kind, by=member.id, about=member.id if here else None, detail="claim")
    flash_message(gettext("The topic is yours now."))
    return see_other(url_for("board.my_day"))


@blueprint.get("/facilitator/pitch/claims")
@requires(Role.FACILITATOR)
def slips() -> ResponseReturnValue:
    """The codes that nobody has used, as slips to print; with `?claim=` that one, and with `?part=1` only its words."""
    asked = request.args.get("claim", type=int)
    claims = [find(Claim, asked)] if asked is not None else open_claims(visitor.event_id)
    if asked is not None and claims[0].used_at:
        raise NotFound
    codes = {claim.id: in_pairs(code_of(claim)) for claim in claims}
    if "part" in request.args:
        return render_template("pitching/_claim.html", claim=claims[0], code=codes[claims[0].id])
    address = f"{base_url()}{url_for('claims.show')}".partition("://")[2]
    return render_template("pitching/slips.html", claims=claims, codes=codes, titles=_titles(claims), address=address)


def _titles(claims: list[Claim]) -> dict[int, list[str]]:
    """The titles of the topics of each person who was written down, by the member's id."""
    found: dict[int, list[str]] = {claim.member_id: [] for claim in claims}
    theirs = (Topic.convener_id.in_(found), Topic.withdrawn_at.is_(None))
    for topic in db.session.scalars(select(Topic).where(*theirs).order_by(Topic.number)):
        found[topic.convener_id].append(topic.title)
    return found


@blueprint.get("/facilitator/pitch/claims/<int:claim_id>/qr.svg")
@requires(Role.FACILITATOR)
def code(claim_id: int) -> Response:
    """The QR code of a slip. It leads to the page with the code filled in."""
    claim = find(Claim, claim_id)
    if claim.used_at:
        raise NotFound
    return qr.answer(base_url() + url_for("claims.show", code=code_of(claim)))
