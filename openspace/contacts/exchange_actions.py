"""Writes about two people: exchanges of contacts, private notes, and wishes to meet."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.rules import new_key
from openspace.clock import now
from openspace.contacts.actions import ensure_card
from openspace.contacts.models import Card, Contact, Wish, card_of, whereabouts, wish_to_meet
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import Invalid, NotFound


def exchange(card: Card, *, by: Member) -> Contact:
    """Exchange contacts: each of the two may see the other's fields for contacts. Returns the side of `by`.

    Repeating it changes nothing. Refuses with `Invalid` for one's own card, `NotFound` for a card of another event.
    """
    if by.id == card.member_id:
        raise Invalid(_l("This is your own code. Let somebody else scan it."))
    if by.event_id != card.event_id:
        raise NotFound
    log.claim(card.event_id)
    ensure_card(by)
    if known := db.session.get(Contact, (by.id, card.member_id)):
        return known
    spot = whereabouts(by.event, [by.id]).get(by.id)
    place = spot.space.name if spot and spot.slot.starts_at <= now() else ""
    mine = Contact(member_id=by.id, other_id=card.member_id, place=place, is_news=False)
    db.session.add_all([mine, Contact(member_id=card.member_id, other_id=by.id, place=place)])
    db.session.flush()
    notices.tell(card.event_id, [card.member_id])
    return mine


def undo_exchange(member: Member, other: Member) -> None:
    """Undo an exchange for both sides. The code of `member` is renewed, for with the old one `other` could redo it."""
    log.claim(member.event_id)
    for one, two in ((member, other), (other, member)):
        db.session.execute(delete(Contact).where(Contact.member_id == one.id, Contact.other_id == two.id))
    if card := card_of(member.id):
        card.code = new_key()
    db.session.flush()
    notices.recount(other)


def write_note(contact: Contact, text: str) -> None:
    """Set the private note about a contact."""
    contact.note = text


def wish(card: Card, kind: str, *, by: Member) -> bool:
    """Mark that `by` wants to `meet` the card's owner, or not now (`later`). Returns whether both want to meet.

    In that case the owner gets a notice. Refuses with `Invalid` for one's own card.
    """
    if by.id == card.member_id:
        raise Invalid
    log.claim(card.event_id)
    present = db.session.get(Wish, (by.id, card.member_id))
    if present is None:
        present = Wish(member_id=by.id, other_id=card.member_id, kind=kind)
        db.session.add(present)
    is_new = present.kind != kind or present in db.session.new
    present.kind = kind
    theirs = wish_to_meet(card.member_id, by.id)
    is_mutual = kind == "meet" and theirs is not None
    if theirs and is_mutual and is_new:
        theirs.is_news = True
        db.session.flush()
        notices.tell(card.event_id, [card.member_id])
    db.session.flush()
    return is_mutual


def unwish(card: Card, *, by: Member) -> None:
    """Delete the wish of `by`. A notice to the card's owner that it was mutual is withdrawn if not read yet."""
    log.claim(card.event_id)
    present = db.session.get(Wish, (by.id, card.member_id))
    if present is None:
        return
    db.session.delete(present)
    theirs = db.session.get(Wish, (card.member_id, by.id))
    if theirs and theirs.is_news:
        theirs.is_news = False
        db.session.flush()
        notices.recount(card.member)
