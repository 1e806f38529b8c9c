"""Exchanging contacts by a QR code, the list of contacts and private notes, and wishes to meet."""

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.contacts import actions, exchange_actions as exchanges
from openspace.contacts.forms import NoteForm
from openspace.contacts.models import Card, Contact, card_of, contacts_of, has_exchanged
from openspace.contacts.rules import Viewer
from openspace.contacts.views import card_in_book
from openspace.contacts.visible import visible_to
from openspace.extensions import base_url, db, limiter
from openspace.web import qr
from openspace.web.errors import Invalid, NotFound, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("exchanges", __name__, is_personal=True)
WRITES = "120 per minute"


@blueprint.get("/contacts/code")
@requires(Role.PARTICIPANT)
def code() -> ResponseReturnValue:
    """The page with my QR code, and the camera to scan somebody else's."""
    member = visitor.member
    card = card_of(member.id)
    return render_template("contacts/code.html", card=card, address=_address(card) if card else "")


@blueprint.post("/contacts/code")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def make_code() -> ResponseReturnValue:
    """Make a code for me, or a new one; the old one is no longer valid."""
    card = card_of(visitor.member.id)
    if card:
        actions.renew_code(card, by=visitor.member)
        flash_message(gettext("Here is your new code. The old one leads nowhere."))
    else:
        actions.ensure_card(visitor.member)
    return redirect(url_for("exchanges.code"), 303)


@blueprint.get("/contacts/code/qr.svg")
@requires(Role.PARTICIPANT)
def picture() -> Response:
    """My QR code as SVG. It holds an address with a secret, and nothing about me."""
    card = card_of(visitor.member.id)
    if card is None:
        raise NotFound
    picture = qr.answer(_address(card))
    # A renewed code is served at the same address, so a stored picture could show the old one.
    picture.headers["Cache-Control"] = "private, no-store"
    return picture


@blueprint.get("/contacts/code/<code>")
@requires(Role.PARTICIPANT)
def ask(code: str) -> ResponseReturnValue:
    """The page of a scanned code. It asks before anything is exchanged, so that a link preview exchanges nothing."""
    card, member = _card_with_code(code), visitor.member
    if has_exchanged(member, card.member_id):
        return redirect(url_for("contacts.show", member_id=card.member_id))
    return render_template(
        "contacts/exchange.html", card=visible_to(card, Viewer.MEMBER), code=code, mine=card_of(member.id)
    )


@blueprint.put("/contacts/code/<code>")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def exchange(code: str) -> ResponseReturnValue:
    """Exchange contacts with the owner of the code."""
    card = _card_with_code(code)
    exchanges.exchange(card, by=visitor.member)
    address = url_for("contacts.show", member_id=card.member_id)
    if wants_json():
        return jsonify(address=address), 201
    # Messages here name nobody: answers to writes are kept for a while, longer perhaps than the person stays.
    flash_message(gettext("You have exchanged contacts."))
    return redirect(address, 303)


@blueprint.get("/contacts/exchanged")
@requires(Role.PARTICIPANT)
def exchanged() -> ResponseReturnValue:
    """The list of my contacts, with time and place of each exchange and my notes."""
    contacts = contacts_of(visitor.member)
    ids = [contact.other_id for contact in contacts]
    cards = {card.member_id: card for card in db.session.scalars(select(Card).where(Card.member_id.in_(ids)))}
    exchanged = [
        (contact, visible_to(card, Viewer.EXCHANGED)) for contact in contacts if (card := cards.get(contact.other_id))
    ]
    return render_template("contacts/exchanged.html", exchanged=exchanged)


@blueprint.delete("/contacts/<int:member_id>/exchange")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def part(member_id: int) -> ResponseReturnValue:
    """Undo an exchange for both sides; my code is renewed."""
    exchanges.undo_exchange(visitor.member, find(Member, member_id))
    flash_message(gettext("You no longer see each other's contacts, and your code is a new one."))
    return redirect(url_for("exchanges.exchanged"), 303)


@blueprint.put("/contacts/<int:member_id>/note")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def put_note(member_id: int) -> ResponseReturnValue:
    """Save a private note about one of my contacts. Refuses with `NotFound` if we have not exchanged contacts."""
    contact = db.session.get(Contact, (visitor.member.id, member_id))
    if contact is None:
        raise NotFound
    form = NoteForm()
    form.check()
    exchanges.write_note(contact, form.note.data or "")
    flash_message(gettext("Saved."))
    return see_other(url_for("contacts.show", member_id=member_id))


@blueprint.put("/contacts/<int:member_id>/wish")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def put_wish(member_id: int) -> ResponseReturnValue:
    """Mark that I want to meet somebody (`meet`), or not now (`later`)."""
    kind = request.form.get("kind")
    if kind not in {"meet", "later"}:
        raise Invalid
    card = card_in_book(member_id)
    is_mutual = exchanges.wish(card, kind, by=visitor.member)
    if wants_json():
        put_aside = gettext("Put aside. You can change that on the person's card.") if kind == "later" else ""
        return jsonify(says=gettext("You both want to meet.") if is_mutual else put_aside)
    if is_mutual:
        flash_message(gettext("You both want to meet."))
    return redirect(url_for("contacts.index") if "from_book" in request.args else _page_of(card), 303)


@blueprint.delete("/contacts/<int:member_id>/wish")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete_wish(member_id: int) -> ResponseReturnValue:
    """Take back my wish to meet somebody, or my `later`."""
    card = card_in_book(member_id)
    exchanges.unwish(card, by=visitor.member)
    return jsonify(says="") if wants_json() else redirect(_page_of(card), 303)


def _card_with_code(code: str) -> Card:
    """The card in this event that has the code. Refuses with `NotFound`."""
    card = db.session.scalar(select(Card).where(Card.event_id == visitor.event_id, Card.code == code))
    if card is None or card.member.left_at:
        raise NotFound(gettext("This code is no longer valid. Ask for a new one."))
    return card


def _address(card: Card) -> str:
    return base_url() + url_for("exchanges.ask", code=card.code)


def _page_of(card: Card) -> str:
    return url_for("contacts.show", member_id=card.member_id)
