"""The visitor's own card: filled in step by step, put into the book by a consent, and deleted."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access import actions as access
from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.contacts import actions, photos
from openspace.contacts.finding.book import present_book
from openspace.contacts.forms import (
    VISIBILITY_CHOICES,
    ConsentForm,
    GiveForm,
    InterestsForm,
    ReachForm,
    WhoForm,
    read_visibilities,
)
from openspace.contacts.models import Card, Consent, card_of
from openspace.contacts.rules import DETAILS, FIELDS, LISTS, Viewer
from openspace.contacts.visible import visible_to
from openspace.extensions import db, limiter
from openspace.text import without_doubles
from openspace.web.errors import Invalid, Problem, shows_again, wants_json
from openspace.web.forms import Form
from openspace.web.http import accepts_body, flash_message, see_other
from openspace.web.i18n import day, language
from openspace.web.preparing import prepared_by

blueprint = event_blueprint("cards", __name__, is_personal=True)
STEPS = ("who", "give", "interests", "reach", "consent")
WRITES = "120 per minute"
# Interface language to the country of phone numbers without a country code, for cards without a country.
HOME = {"de": "DE"}
# In bytes: an uncropped photo of a phone, from a browser in which the script that crops does not run.
LARGEST_UPLOAD = 16 * 1024 * 1024
_BLANK: dict[str, Any] = {field: "" for field in FIELDS if field not in LISTS} | {"visibilities": {}}


@blueprint.get("/contacts/mine")
@requires(Role.PARTICIPANT)
def mine() -> ResponseReturnValue:
    """My card as others see it, with what I can do; redirects to the first step while it is empty."""
    card = card_of(visitor.member.id)
    if card is None or (card.is_blank and not card.is_in_book):
        return redirect(url_for("cards.step", step=STEPS[0]))
    return render_template(
        "contacts/mine.html", card=visible_to(card, Viewer.SELF), own=card, consent=_consent_of(card), steps=STEPS
    )


@blueprint.get("/contacts/mine/<any(who, give, interests, reach, consent):step>")
@requires(Role.PARTICIPANT)
def step(step: str) -> ResponseReturnValue:
    """The form of one step of my card."""
    return step_page(None, step)


@blueprint.put("/contacts/mine/<any(who, give, interests, reach, consent):step>")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(lambda problem: step_page(problem, (request.view_args or {})["step"]))
def put_step(step: str) -> ResponseReturnValue:
    """Save a step and go on to the next one; back to the card if it is in the book already, or with `leave`."""
    card = actions.ensure_card(visitor.member)
    was_in_book = card.is_in_book
    _WRITERS[step](card)
    if was_in_book:
        flash_message(gettext("Saved."))
        return see_other(url_for("cards.mine"))
    if step == STEPS[-1]:
        flash_message(gettext("Your card is in the book."))
    if step == STEPS[-1] or "leave" in request.form:
        return see_other(url_for("cards.mine"))
    return see_other(url_for("cards.step", step=STEPS[STEPS.index(step) + 1]))


def _scaled_photo() -> actions.Picture:
    """The uploaded photo, scaled before the transaction."""
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        raise Invalid(gettext("Choose a picture first."))
    return photos.prepare(upload.read())


@blueprint.put("/contacts/mine/photo")
@accepts_body(LARGEST_UPLOAD, _l("This picture is larger than 16 MB. Please choose a smaller one."))
@limiter.limit("20 per minute")
@requires(Role.PARTICIPANT)
@shows_again(lambda problem: step_page(problem, "who", is_sent=False))
@prepared_by(_scaled_photo)
def put_photo(picture: actions.Picture) -> ResponseReturnValue:
    """Put the uploaded photo on my card. Refuses with `Invalid`, `TooLong` and `Busy`."""
    actions.put_photo(actions.ensure_card(visitor.member), picture, by=visitor.member)
    return ({}, 200) if wants_json() else redirect(url_for("cards.step", step="who"), 303)


@blueprint.delete("/contacts/mine/photo")
@requires(Role.PARTICIPANT)
def delete_photo() -> ResponseReturnValue:
    """Take the photo off my card."""
    actions.put_photo(actions.ensure_card(visitor.member), None, by=visitor.member)
    return redirect(url_for("cards.step", step="who"), 303)


@blueprint.delete("/contacts/mine")
@requires(Role.PARTICIPANT)
def take_back() -> ResponseReturnValue:
    """End my consent and delete my card, exchanges and wishes."""
    actions.take_back(visitor.member, by=visitor.member)
    flash_message(gettext("Your card is gone, and with it your exchanges and marks."))
    return redirect(url_for("contacts.index"), 303)


def step_page(problem: Problem | None, name: str, *, is_sent: bool = True) -> str:
    """Render the page of a step; after a refusal with `problem` and what was typed, if the step's form was sent."""
    member = visitor.member
    # Only looking at a step must not make a card.
    card = card_of(member.id) or Card(**_BLANK)
    return render_template(
        f"contacts/step_{name}.html",
        form=_form(name, member, card, is_sent=is_sent),
        own=card,
        step=name,
        steps=STEPS,
        problem=problem,
        visibility_choices=VISIBILITY_CHOICES,
        **_extras(name, card),
    )


def _form(name: str, member: Member, card: Card, *, is_sent: bool) -> Form:
    """The form of a step, filled from the card or from what was just sent."""
    if name == "who":
        fields: dict[str, Any] = {field: card.value(field) or "" for field in ("occupation", "region", "country")}
        return WhoForm.for_page(is_sent=is_sent, name=member.name, community=member.community, **fields)
    if name == "give":
        return GiveForm.for_page(offers=card.lines_of("offers"), needs=card.lines_of("needs"), about=card.about)
    if name == "interests":
        return InterestsForm.for_page(languages=card.lines_of("languages"), interests=card.lines_of("interests"))
    if name == "reach":
        reach: dict[str, Any] = {field: getattr(card, field) for field in DETAILS}
        return ReachForm.for_page(**reach)
    given = _consent_of(card)
    also = ("exports_card", "exports_details", "prints_name")
    ticked: Any = {name: getattr(given, name) for name in also} if given else {}
    return ConsentForm.for_page(agreed=given is not None, **ticked)


def _extras(name: str, card: Card) -> dict[str, Any]:
    """What the page of a step needs besides its form."""
    chosen = {field: request.form.get(f"show_{field}") or card.visibility(field) for field in FIELDS}
    if name == "interests":
        offered = present_book(visitor.event_id).interests[:16]
        return {"tags": without_doubles([*card.lines_of("interests"), *offered])}
    if name == "consent":
        filled = [field for field in FIELDS if card.value(field)]
        return {"filled": filled, "chosen": chosen, "sentence": consent_sentence(), "in_print": print_sentence()}
    return {"chosen": chosen}


def consent_sentence() -> str:
    """Return the sentence to which an owner consents, in their language, with the day until which cards are kept."""
    event = visitor.event
    until = f"{day(event.kept_until)} {event.kept_until.year}"
    return str(
        gettext(
            "The people of “%(event)s” may see my card as I have set it. It is kept until %(day)s and then deleted."
            " I can change it, take it back and have it deleted at any time.",
            event=event.name,
            day=until,
        )
    )


def print_sentence() -> str:
    """Return the sentence to which an owner consents who lets their name be printed, in their language."""
    return str(
        gettext(
            "My name and community may stand in the book of the event, which everyone may take home."
            " What is printed and handed out cannot be called back."
        )
    )


def _consent_of(card: Card) -> Consent | None:
    return db.session.query(Consent).filter_by(member_id=card.member_id, ended_at=None).first()


def _write_who(card: Card) -> None:
    form = WhoForm()
    form.check()
    member = visitor.member
    if (member.name, member.community) != (form.name.data, form.community.data or ""):
        access.introduce(member, name=form.name.data or "", community=form.community.data or "")
    fields = {"occupation": form.occupation.data, "region": form.region.data, "country": form.country.data}
    actions.write(card, by=member, **{name: value or "" for name, value in fields.items()})


def _write_give(card: Card) -> None:
    form = GiveForm()
    form.check()
    actions.write(card, by=visitor.member, offers=form.offers.data, needs=form.needs.data, about=form.about.data or "")


def _write_interests(card: Card) -> None:
    form = InterestsForm()
    form.check()
    actions.write(card, by=visitor.member, languages=form.languages.data or [], interests=form.tags())


def _write_reach(card: Card) -> None:
    form = ReachForm()
    form.country = card.country or HOME.get(language(), "UA")
    form.check()
    actions.write(card, by=visitor.member, **{field: form[field].data or "" for field in DETAILS})
    actions.set_visibilities(card, read_visibilities(request.form), by=visitor.member)


def _write_consent(card: Card) -> None:
    form = ConsentForm()
    actions.set_visibilities(card, read_visibilities(request.form), by=visitor.member)
    form.check()
    words = [consent_sentence(), print_sentence()] if form.prints_name.data else [consent_sentence()]
    actions.consent(
        card,
        words=" ".join(words),
        exports_card=form.exports_card.data,
        exports_details=form.exports_details.data,
        prints_name=form.prints_name.data,
        by=visitor.member,
    )


_WRITERS = {
    "who": _write_who,
    "give": _write_give,
    "interests": _write_interests,
    "reach": _write_reach,
    "consent": _write_consent,
}
