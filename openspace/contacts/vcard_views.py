"""Downloads for members: a card as vCard, and their contacts as vCards or as a spreadsheet."""

from collections.abc import Sequence
from typing import NamedTuple

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.security_log import downloads
from openspace.access.visitor import visitor
from openspace.contacts import columns
from openspace.contacts.models import Card, Contact, Photo, card_of, contacts_of
from openspace.contacts.photos import as_jpegs
from openspace.contacts.rules import Viewer
from openspace.contacts.vcards import vcard
from openspace.contacts.visible import VisibleCard, viewer_of, visible_to
from openspace.events.models import Event
from openspace.extensions import db, limiter
from openspace.web.errors import NotFound
from openspace.web.http import attachment
from openspace.web.spreadsheets import KINDS, Cell, Table, download

blueprint = event_blueprint("vcards", __name__)
VCARD = "text/vcard"


class ExchangedCard(NamedTuple):
    """A contact of the visitor, and the other's card as the visitor may see it."""

    contact: Contact
    card: VisibleCard


@blueprint.get("/contacts/<int:member_id>.vcf")
@requires(Role.PARTICIPANT)
def card(member_id: int) -> ResponseReturnValue:
    """A card as vCard: one in the book, the visitor's own, or that of a contact. Refuses with `NotFound`."""
    found = card_of(find(Member, member_id).id)
    viewer = viewer_of(found, visitor.member) if found else Viewer.STRANGER
    if found is None or not (found.is_in_book or viewer in {Viewer.SELF, Viewer.EXCHANGED}):
        raise NotFound
    visible, contact = visible_to(found, viewer), db.session.get(Contact, (visitor.member.id, member_id))
    name = slugify(visible.name) or "contact"
    return attachment(_vcards([(contact, visible)]), f"{name}.vcf", VCARD)


@blueprint.get("/contacts/exchanged.vcf")
# Two hundred photos take three seconds of processor time.
@limiter.limit("20 per minute")
@requires(Role.PARTICIPANT)
@downloads("exchanged.vcf")
def exchanged() -> ResponseReturnValue:
    """All contacts of the visitor as vCards in one file."""
    return attachment(_vcards(_exchanged_cards()), f"{visitor.slug}-contacts.vcf", VCARD)


@blueprint.get(f"/contacts/exchanged.{KINDS}")
@requires(Role.PARTICIPANT)
@downloads("exchanged")
def exchanged_table(kind: str) -> ResponseReturnValue:
    """All contacts of the visitor as a spreadsheet, with their notes."""
    event = visitor.event
    head = [*columns.headers(), gettext("My note"), gettext("When we exchanged contacts"), gettext("Where")]
    lines: list[list[Cell]] = [
        [*columns.row(card), contact.note, event.local(contact.at), contact.place]
        for contact, card in _exchanged_cards()
    ]
    return download(Table(f"{event.slug}-contacts", head, lines), kind)


def _exchanged_cards() -> list[ExchangedCard]:
    """The cards of the visitor's contacts, the latest exchange first."""
    contacts = contacts_of(visitor.member)
    loaded = (joinedload(Card.member), selectinload(Card.lines))
    with_ids = select(Card).where(Card.member_id.in_([each.other_id for each in contacts])).options(*loaded)
    found = {card.member_id: card for card in db.session.scalars(with_ids)}
    return [
        ExchangedCard(contact, visible_to(card, viewer_of(card, visitor.member)))
        for contact in contacts
        if (card := found.get(contact.other_id))
    ]


def _photos(cards: list[VisibleCard]) -> dict[int, bytes]:
    """The visible photos as WebP, by member id."""
    ids = [card.member_id for card in cards if card.photo]
    rows = db.session.execute(select(Photo.member_id, Photo.large).where(Photo.member_id.in_(ids)))
    return dict(rows.all())


def _vcards(cards: Sequence[tuple[Contact | None, VisibleCard]]) -> str:
    photos, event = _photos([card for _, card in cards]), visitor.event
    # Converting photos takes long: the database connection is given back before. Loaded objects stay loaded.
    db.session.close()
    # Address books do not read WebP.
    jpegs = as_jpegs(photos)
    return "".join(_vcard(card, contact, jpegs.get(card.member_id), event) for contact, card in cards)


def _vcard(card: VisibleCard, contact: Contact | None, photo: bytes | None, event: Event) -> str:
    if contact is None:
        return vcard(card, event=event, photo=photo)
    return vcard(card, event=event, photo=photo, note=contact.note, exchanged_at=contact.at, place=contact.place)
