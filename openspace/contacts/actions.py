"""Every write of the contact book: one's own card, what one agreed to, exchanges and wishes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from openspace.access import actions as access, notices
from openspace.access.models import Member, Role
from openspace.access.rules import new_key
from openspace.clock import now
from openspace.collation import collated
from openspace.contacts import changes
from openspace.contacts.finding import search
from openspace.contacts.models import (
    Card,
    Consent,
    Contact,
    Line,
    Photo,
    Wish,
    card_of,
    whereabouts,
    wish_to_meet,
)
from openspace.contacts.rules import LISTS, Viewer, Visibility, first_visibility
from openspace.contacts.visible import visible_to
from openspace.extensions import db
from openspace.live import log
from openspace.store import database
from openspace.text import without_doubles
from openspace.web.errors import Invalid, NotAllowed, NotFound

MOST_LINES = {"languages": 8, "interests": 8, "offers": 5, "needs": 5}


class Picture(NamedTuple):
    """A photo made ready: its digest, and WebP in two sizes."""

    digest: str
    small: bytes
    large: bytes


def begin(member: Member) -> Card:
    """The member's card, a blank one if they had none; it is nobody else's to see before their consent."""
    log.claim(member.event_id)
    if found := card_of(member.id):
        return found
    card = Card(member=member, event_id=member.event_id, code=new_key(), visibilities={}, lines=[])
    card.sort_key = collated(member.name)
    db.session.add(card)
    db.session.flush()
    return card


def write(card: Card, *, by: Member, **fields: Any) -> None:
    """Write these fields, texts or lists of texts. Refuses with `NotAllowed`, and `Invalid` for a list too long."""
    _own(card, by)
    log.claim(card.event_id)
    for name, value in fields.items():
        if name in LISTS:
            _write_list(card, name, value)
        else:
            setattr(card, name, value)
    _changed(card)


def show(card: Card, visibilities: dict[str, Visibility], *, by: Member) -> None:
    """Say whom these fields are shown to. Refuses with `NotAllowed`."""
    _own(card, by)
    log.claim(card.event_id)
    chosen = {**{field: card.visibility(field) for field in card.visibilities}, **visibilities}
    card.visibilities = {field: str(who) for field, who in chosen.items() if who != first_visibility(field)}
    _changed(card)


def put_photo(card: Card, picture: Picture | None, *, by: Member) -> None:
    """Put a picture on the card, or take it off. Refuses with `NotAllowed`."""
    _own(card, by)
    log.claim(card.event_id)
    db.session.execute(delete(Photo).where(Photo.member_id == card.member_id))
    card.photo = ""
    if picture:
        card.photo = picture.digest
        db.session.add(Photo(member_id=card.member_id, small=picture.small, large=picture.large))
    _changed(card)


def consent(card: Card, *, words: str, exports_card: bool, exports_details: bool, by: Member) -> Consent:
    """Put the card into the book, with what its owner has read and agreed to. Refuses with `NotAllowed`."""
    _own(card, by)
    log.claim(card.event_id)
    end_consents(card.member_id)
    given = Consent(
        event_id=card.event_id,
        member_id=card.member_id,
        words=words,
        kept_until=card.member.event.kept_until,
        exports_card=exports_card,
        exports_details=exports_details,
    )
    card.in_book_until = given.kept_until
    db.session.add(given)
    _changed(card)
    return given


def take_back(member: Member, *, by: Member) -> None:
    """End the consent: the card, its picture, all exchanges and wishes of the member are gone, for everybody.

    Only that a consent was given and ended stays. Refuses with `NotAllowed`.
    """
    if by.id != member.id and not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    forget([member])


def forget_expired() -> int:
    """Take back every card whose time is over; returns how many."""
    over = select(Member).join(Card, Card.member_id == Member.id).where(Card.in_book_until < now().date())
    members = list(db.session.scalars(over.order_by(Member.event_id)))
    forget(members)
    return len(members)


def forget(members: Sequence[Member]) -> None:
    """What `take_back` does, for whoever leaves and when the time is over."""
    for member in members:
        log.claim(member.event_id)
        _forget(member)
    if members:
        search.forget(member.id for member in members)


def _forget(member: Member) -> None:
    card = card_of(member.id)
    told = {
        other
        for table in (Contact, Wish)
        for other in db.session.scalars(select(table.member_id).where(table.other_id == member.id, table.is_news))
    }
    db.session.execute(delete(Contact).where(or_(Contact.member_id == member.id, Contact.other_id == member.id)))
    db.session.execute(delete(Wish).where(or_(Wish.member_id == member.id, Wish.other_id == member.id)))
    end_consents(member.id)
    if card:
        db.session.delete(card)
    db.session.flush()
    changes.card(member.event_id, member.id)
    for other in db.session.scalars(select(Member).where(Member.id.in_([member.id, *told])).order_by(Member.key)):
        notices.recount(other)


def renew_code(card: Card, *, by: Member) -> None:
    """Make a new QR code; the old one leads nowhere. Refuses with `NotAllowed`."""
    _own(card, by)
    card.code = new_key()


def exchange(card: Card, *, by: Member) -> Contact:
    """Let the two exchange contacts: each is shown the other's fields meant for that. Done twice it is done once."""
    if by.id == card.member_id:
        raise Invalid(_l("This is your own code. Let somebody else scan it."))
    if by.event_id != card.event_id:
        raise NotFound
    log.claim(card.event_id)
    begin(by)
    if known := db.session.get(Contact, (by.id, card.member_id)):
        return known
    spot = whereabouts(by.event, [by.id]).get(by.id)
    place = spot.space.name if spot and spot.slot.starts_at <= now() else ""
    mine = Contact(member_id=by.id, other_id=card.member_id, place=place, is_news=False)
    db.session.add_all([mine, Contact(member_id=card.member_id, other_id=by.id, place=place)])
    db.session.flush()
    notices.tell(card.event_id, [card.member_id])
    return mine


def part(member: Member, other: Member) -> None:
    """Undo an exchange, for both; the code of whoever undoes it is a new one, else the other could do it again."""
    log.claim(member.event_id)
    for one, two in ((member, other), (other, member)):
        db.session.execute(delete(Contact).where(Contact.member_id == one.id, Contact.other_id == two.id))
    if card := card_of(member.id):
        card.code = new_key()
    db.session.flush()
    notices.recount(other)


def note(contact: Contact, text: str) -> None:
    """Write a private note about somebody one has exchanged with."""
    contact.note = text


def wish(card: Card, kind: str, *, by: Member) -> bool:
    """Say that one wants to `meet` the card's owner, or not now (`later`); returns whether the wish is mutual.

    Then both are told. Refuses with `Invalid` for oneself.
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
    """Take the wish back; if it was not told yet that it is mutual, it never is."""
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


def has_notices(member: Member) -> bool:
    """Whether the member has not been told yet of an exchange or a mutual wish."""
    waits = (select(t.other_id).where(t.member_id == member.id, t.is_news) for t in (Contact, Wish))
    return any(db.session.scalar(each.limit(1)) is not None for each in waits)


def read_notices(member: Member) -> None:
    """Note that the member has been told of all new exchanges and mutual wishes."""
    for table in (Contact, Wish):
        db.session.execute(update(table).where(table.member_id == member.id).values(is_news=False))


def _write_list(card: Card, kind: str, texts: Sequence[str]) -> None:
    wanted = without_doubles(texts)
    if len(wanted) > MOST_LINES[kind]:
        raise Invalid(_l("That is more than a card can hold."))
    others = [line for line in card.lines if line.kind != kind]
    known = {line.place: line for line in card.lines if line.kind == kind}
    lines = []
    for place, text in enumerate(wanted):
        line = known.get(place) or Line(member_id=card.member_id, kind=kind, place=place)
        line.text = text
        lines.append(line)
    card.lines = [*others, *lines]


def _changed(card: Card) -> None:
    card.sort_key = collated(card.member.name)
    db.session.flush()
    # Before that it is nobody else's to see.
    if card.is_in_book:
        search.index(visible_to(card, Viewer.MEMBER))
        changes.card(card.event_id, card.member_id)


def end_consents(member_id: int) -> None:
    """End what the member has agreed to."""
    open_ones = update(Consent).where(Consent.member_id == member_id, Consent.ended_at.is_(None))
    db.session.execute(open_ones.values(ended_at=now()))


def _derive_anew() -> None:
    """Make the order of names and the search index anew from what stands on the cards."""
    for card in db.session.scalars(select(Card).options(joinedload(Card.member), selectinload(Card.lines))).all():
        card.sort_key = collated(card.member.name)
        if card.is_in_book:
            search.index(visible_to(card, Viewer.MEMBER))
    search.purge()


def _own(card: Card, by: Member) -> None:
    if card.member_id != by.id:
        raise NotAllowed


def _introduced(member: Member) -> None:
    log.claim(member.event_id)
    if card := card_of(member.id):
        _changed(card)
    else:
        changes.room(member.event_id)


access.when_seated.append(lambda member: changes.room(member.event_id))
access.when_introduced.append(_introduced)
database.when_upgraded.append(_derive_anew)
