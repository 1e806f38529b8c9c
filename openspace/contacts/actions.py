"""Writes to cards of the contact book and their consents. `exchange_actions.py` has exchanges and wishes."""

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
)
from openspace.contacts.rules import LISTS, Viewer, Visibility, first_visibility
from openspace.contacts.visible import visible_to
from openspace.extensions import db
from openspace.live import log
from openspace.store import database
from openspace.text import without_doubles
from openspace.web.errors import Invalid, NotAllowed

# How many lines a list field holds at most.
MOST_LINES = {"languages": 8, "interests": 8, "offers": 5, "needs": 5}


class Picture(NamedTuple):
    """A photo for a card: its digest, and WebP in two sizes."""

    digest: str
    small: bytes
    large: bytes


def ensure_card(member: Member) -> Card:
    """Return the member's card, creating a blank one if there is none. Others do not see it before a consent."""
    log.claim(member.event_id)
    if found := card_of(member.id):
        return found
    card = Card(member=member, event_id=member.event_id, code=new_key(), visibilities={}, lines=[])
    card.sort_key = collated(member.name)
    db.session.add(card)
    db.session.flush()
    return card


def write(card: Card, *, by: Member, **fields: Any) -> None:
    """Set fields of a card to texts or lists of texts. Refuses with `NotAllowed`, and `Invalid` for a list too long."""
    _require_owner(card, by)
    log.claim(card.event_id)
    for name, value in fields.items():
        if name in LISTS:
            _write_list(card, name, value)
        else:
            setattr(card, name, value)
    _record_change(card)


def set_visibilities(card: Card, visibilities: dict[str, Visibility], *, by: Member) -> None:
    """Set to whom the given fields are shown. Refuses with `NotAllowed`."""
    _require_owner(card, by)
    log.claim(card.event_id)
    chosen = {**{field: card.visibility(field) for field in card.visibilities}, **visibilities}
    card.visibilities = {field: str(who) for field, who in chosen.items() if who != first_visibility(field)}
    _record_change(card)


def put_photo(card: Card, picture: Picture | None, *, by: Member) -> None:
    """Put a photo on the card, or remove it if `picture` is None. Refuses with `NotAllowed`."""
    _require_owner(card, by)
    log.claim(card.event_id)
    db.session.execute(delete(Photo).where(Photo.member_id == card.member_id))
    card.photo = ""
    if picture:
        card.photo = picture.digest
        db.session.add(Photo(member_id=card.member_id, small=picture.small, large=picture.large))
    _record_change(card)


def consent(
    card: Card, *, words: str, exports_card: bool, exports_details: bool, prints_name: bool = False, by: Member
) -> Consent:
    """Put the card into the contact book until the event's `kept_until`. Refuses with `NotAllowed`.

    `words` are the sentences that the owner read and agreed to; the flags say what organisers may export, and whether
    the owner's name may stand in the book of the event.
    """
    _require_owner(card, by)
    log.claim(card.event_id)
    end_consents(card.member_id)
    given = Consent(
        event_id=card.event_id,
        member_id=card.member_id,
        words=words,
        kept_until=card.member.event.kept_until,
        exports_card=exports_card,
        exports_details=exports_details,
        prints_name=prints_name,
    )
    card.in_book_until = given.kept_until
    db.session.add(given)
    _record_change(card)
    return given


def take_back(member: Member, *, by: Member) -> None:
    """End the consent, and delete the member's card, photo, exchanges and wishes. Refuses with `NotAllowed`.

    The record that a consent was given and ended is kept.
    """
    if by.id != member.id and not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    delete_cards([member])


def delete_expired_cards() -> int:
    """Delete the cards whose consent has run out, with all that `take_back` deletes; returns how many."""
    over = select(Member).join(Card, Card.member_id == Member.id).where(Card.in_book_until < now().date())
    members = list(db.session.scalars(over.order_by(Member.event_id)))
    delete_cards(members)
    return len(members)


def delete_cards(members: Sequence[Member]) -> None:
    """End the members' consents and delete their cards, photos, exchanges and wishes."""
    for member in members:
        log.claim(member.event_id)
        _delete_card(member)
    if members:
        search.forget(member.id for member in members)


def _delete_card(member: Member) -> None:
    card = card_of(member.id)
    informed = {
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
    for other in db.session.scalars(select(Member).where(Member.id.in_([member.id, *informed])).order_by(Member.key)):
        notices.recount(other)


def end_consents(member_id: int) -> None:
    """End the member's consents, if any is open."""
    open_ones = update(Consent).where(Consent.member_id == member_id, Consent.ended_at.is_(None))
    db.session.execute(open_ones.values(ended_at=now()))


def renew_code(card: Card, *, by: Member) -> None:
    """Give the card a new code; the old one is no longer valid. Refuses with `NotAllowed`."""
    _require_owner(card, by)
    card.code = new_key()


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


def _record_change(card: Card) -> None:
    card.sort_key = collated(card.member.name)
    db.session.flush()
    # Outside of the book nobody else sees the card, so nothing changes for others.
    if card.is_in_book:
        search.index(visible_to(card, Viewer.MEMBER))
        changes.card(card.event_id, card.member_id)


def _rebuild_keys_and_index() -> None:
    """Compute the sort keys and the search index of all cards again, after an upgrade changed how they are made."""
    for card in db.session.scalars(select(Card).options(joinedload(Card.member), selectinload(Card.lines))).all():
        card.sort_key = collated(card.member.name)
        if card.is_in_book:
            search.index(visible_to(card, Viewer.MEMBER))
    search.purge()


def _require_owner(card: Card, by: Member) -> None:
    if card.member_id != by.id:
        raise NotAllowed


def _introduced(member: Member) -> None:
    log.claim(member.event_id)
    if card := card_of(member.id):
        _record_change(card)
    else:
        changes.room(member.event_id)


access.when_seated.append(lambda member: changes.room(member.event_id))
access.when_introduced.append(_introduced)
database.when_upgraded.append(_rebuild_keys_and_index)
