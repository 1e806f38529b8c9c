"""The views of the follow-up: one's own address, and for organisers rounds, answers, silence, links and the table."""

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.security_log import downloads
from openspace.access.visitor import visitor
from openspace.commitments import follow_up_actions as actions, photos
from openspace.commitments.follow_up_models import (
    FollowUp,
    MailAddress,
    bounced_addresses,
    follow_ups_of,
    left_letters,
    unsent_letter,
    weeks_of,
)
from openspace.commitments.follow_up_rules import WEEKS, due_at
from openspace.commitments.forms import AddressForm, WeeksForm
from openspace.commitments.models import shown_commitments_of
from openspace.commitments.photo_models import photo_of, photos_of
from openspace.commitments.words import OUTCOMES, STATES
from openspace.contacts.models import card_of
from openspace.extensions import SELDOM, base_url, db, limiter
from openspace.web import qr
from openspace.web.errors import Problem, shows_again
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import language
from openspace.web.spreadsheets import KINDS, Cell, Table, download

blueprint = event_blueprint("follow_ups", __name__, is_personal=True)


def address_page(problem: Problem | None = None) -> str:
    """Where the member may be asked what came of what they promised; after a refusal with what was typed."""
    address, card = db.session.get(MailAddress, visitor.member.id), card_of(visitor.member.id)
    known = address.email if address else ""
    form = AddressForm.for_page(email=known or (card.email if card else ""))
    facts = {"address": address, "weeks": _weeks(), "sends_mail": bool(current_app.config["SMTP_URL"])}
    return render_template("commitments/address.html", form=form, problem=problem, **facts)


def _weeks() -> list[int]:
    return weeks_of(visitor.event_id)


@blueprint.get("/me/commitments")
@requires(Role.PARTICIPANT)
def address() -> ResponseReturnValue:
    """The page of one's own address."""
    return address_page()


@blueprint.put("/me/commitments")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(address_page)
def agree() -> ResponseReturnValue:
    """Agree to be asked by mail."""
    form = AddressForm()
    form.check()
    card, typed = card_of(visitor.member.id), form.email.data or ""
    is_card = bool(card and card.email == typed)
    actions.agree(visitor.member, email="" if is_card else typed, language=language())
    flash_message(_agreed_words())
    return see_other(url_for("commitments.index"))


def _agreed_words() -> str:
    address = db.session.get_one(MailAddress, visitor.member.id)
    if address.is_confirmed or not current_app.config["SMTP_URL"]:
        return str(gettext("Saved. You will be asked at this address."))
    return str(gettext("Saved. A mail comes within a few minutes: say in it that the address is yours."))


@blueprint.delete("/me/commitments")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
def withdraw() -> ResponseReturnValue:
    """Forget one's address."""
    actions.withdraw(visitor.member)
    flash_message(gettext("The address is forgotten. You get no mail about commitments."))
    return see_other(url_for("commitments.index"))


def overview_page(problem: Problem | None = None) -> str:
    """The organisers' page; after a refusal with its reason."""
    event, rounds = visitor.event, follow_ups_of(visitor.event_id)
    return render_template(
        "commitments/follow_up.html",
        form=WeeksForm.for_page(weeks=[str(each) for each in _weeks()], validate=False),
        rounds=rounds,
        due={weeks: due_at(event.ends_on, event.zone, weeks) for weeks in WEEKS},
        bounced=bounced_addresses(event.id),
        sends_mail=bool(current_app.config["SMTP_URL"]),
        left=left_letters(event.id),
        unsent=unsent_letter(event.id),
        link_of=link_of,
        outcomes=OUTCOMES,
        photos=photos_of(event.id),
        address_of=photos.addresses("follow_ups.photo"),
        problem=problem,
    )


def link_of(follow_up: FollowUp) -> str:
    """The personal link of a question, to be handed out."""
    return base_url() + url_for("outcomes.show", token=follow_up.token)


@blueprint.get("/commitments/follow-up")
@requires(Role.ORGANISER)
def overview() -> ResponseReturnValue:
    """Which rounds there are, what was answered, who is silent, and links to hand out."""
    return overview_page()


@blueprint.put("/commitments/follow-up")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
@shows_again(overview_page)
def choose() -> ResponseReturnValue:
    """Choose after how many weeks it is asked."""
    form = WeeksForm()
    form.check()
    actions.choose_weeks(visitor.event, [int(each) for each in form.weeks.data or []], by=visitor.member)
    flash_message(gettext("Saved."))
    return see_other(url_for("follow_ups.overview"))


@blueprint.post("/commitments/follow-up/letters")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def send_left() -> ResponseReturnValue:
    """Let letters be sent that were set aside when a backup was brought back, or that were refused for days."""
    actions.send_left(visitor.event, by=visitor.member)
    flash_message(gettext("The letters are sent within a few minutes."))
    return see_other(url_for("follow_ups.overview"))


@blueprint.put("/commitments/follow-up/<int:follow_up_id>/link")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def renew(follow_up_id: int) -> ResponseReturnValue:
    """End a personal link, which may have been forwarded, and make another one."""
    actions.renew(find(FollowUp, follow_up_id), by=visitor.member)
    flash_message(gettext("The old link leads nowhere now. Hand the new one out."))
    return see_other(url_for("follow_ups.overview", _anchor=f"follow-up-{follow_up_id}"))


@blueprint.get("/commitments/follow-up/<int:follow_up_id>/qr.svg")
@requires(Role.ORGANISER)
def code(follow_up_id: int) -> Response:
    """The QR code of a personal link."""
    return qr.answer(link_of(find(FollowUp, follow_up_id)))


@blueprint.get("/commitments/follow-up/<int:follow_up_id>/photo/<picture>")
@requires(Role.ORGANISER)
def photo(follow_up_id: int, picture: str) -> Response:
    """A file of the photo of an answer, for organisers."""
    return photos.answer(photo_of(find(FollowUp, follow_up_id).id), picture)


@blueprint.get(f"/exports/commitments.{KINDS}")
@requires(Role.ORGANISER)
@downloads("commitments")
def table(kind: str) -> ResponseReturnValue:
    """All commitments that nobody hides, with the answers of each round, as a spreadsheet."""
    event = visitor.event
    answers: dict[int, dict[int, FollowUp]] = {}
    for each in follow_ups_of(event.id):
        answers.setdefault(each.commitment_id, {})[each.weeks] = each
    head = [
        gettext("Commitment"),
        gettext("First step"),
        gettext("By when?"),
        gettext("State"),
        gettext("Who takes it on"),
        gettext("Helpers"),
        gettext("Topic"),
        gettext("Why it was let go"),
    ]
    for weeks in WEEKS:
        head += [
            ngettext("After %(num)d week", "After %(num)d weeks", weeks),
            gettext("In words, after %(weeks)d weeks", weeks=weeks),
        ]
    rows: list[list[Cell]] = []
    for commitment in shown_commitments_of(event.id):
        row: list[Cell] = [
            commitment.what,
            commitment.first_step,
            commitment.due_on or "",
            str(STATES[commitment.state]),
        ]
        row += [commitment.owner.name if commitment.owner else "", ", ".join(each.name for each in commitment.helpers)]
        row += [commitment.origin.title if commitment.origin else "", commitment.why]
        for weeks in WEEKS:
            row += _answer(answers.get(commitment.id, {}).get(weeks))
        rows.append(row)
    return download(Table(f"{event.slug}-commitments", head, rows), kind)


def _answer(follow_up: FollowUp | None) -> list[Cell]:
    if follow_up is None:
        return ["", ""]
    if follow_up.outcome is None:
        return [gettext("no answer"), ""]
    return [str(OUTCOMES[follow_up.outcome]), follow_up.words]
