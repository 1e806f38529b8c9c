"""One's own downloads from the contact book: a card, and everybody one has exchanged contacts with."""

from collections.abc import Sequence
from typing import NamedTuple

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.contacts import columns
from openspace.contacts.models import Card, Contact, Photo, card_of, contacts_of
from openspace.contacts.photos import as_jpegs
from openspace.contacts.rules import Viewer
from openspace.contacts.shown import Shown, shown, viewer_of
from openspace.contacts.vcards import vcard
from openspace.events.models import Event
from openspace.extensions import db, limiter
from openspace.web.errors import NotFound
from openspace.web.http import attachment
from openspace.web.spreadsheets import KINDS, Cell, Table, download

blueprint = event_blueprint("vcards", __name__)
VCARD = "text/vcard"


class Known(NamedTuple):
    """Somebody one has exchanged contacts with: what one keeps of that, and what one is shown of their card."""

    contact: Contact
    card: Shown


@blueprint.get("/contacts/<int:member_id>.vcf")
@requires(Role.PARTICIPANT)
def card(member_id: int) -> ResponseReturnValue:
    """A card for one's address book: one's own, one in the book, or of somebody one has exchanged contacts with."""
    found = card_of(find(Member, member_id).id)
    viewer = viewer_of(found, visitor.member) if found else Viewer.STRANGER
    if found is None or not (found.is_in_book or viewer in {Viewer.SELF, Viewer.EXCHANGED}):
        raise NotFound
    seen, contact = shown(found, viewer), db.session.get(Contact, (visitor.member.id, member_id))
    name = slugify(seen.name) or "contact"
    return attachment(_vcards([(contact, seen)]), f"{name}.vcf", VCARD)


@blueprint.get("/contacts/exchanged.vcf")
# Two hundred photos are three seconds of work.
@limiter.limit("20 per minute")
@requires(Role.PARTICIPANT)
def exchanged() -> ResponseReturnValue:
    """Everybody one has exchanged contacts with, in one file."""
    return attachment(_vcards(_known()), f"{visitor.slug}-contacts.vcf", VCARD)


@blueprint.get(f"/contacts/exchanged.{KINDS}")
@requires(Role.PARTICIPANT)
def exchanged_table(kind: str) -> ResponseReturnValue:
    """Everybody one has exchanged contacts with, for a spreadsheet."""
    event = visitor.event
    head = [*columns.head(), gettext("My note"), gettext("When we exchanged contacts"), gettext("Where")]
    lines: list[list[Cell]] = [
        [*columns.line(card), contact.note, event.local(contact.at), contact.place] for contact, card in _known()
    ]
    return download(Table(f"{event.slug}-contacts", head, lines), kind)


def _known() -> list[Known]:
    """Everybody one has exchanged contacts with, the latest first."""
    contacts = contacts_of(visitor.member)
    loaded = (joinedload(Card.member), selectinload(Card.lines))
    with_ids = select(Card).where(Card.member_id.in_([each.other_id for each in contacts])).options(*loaded)
    found = {card.member_id: card for card in db.session.scalars(with_ids)}
    return [
        Known(contact, shown(card, viewer_of(card, visitor.member)))
        for contact in contacts
        if (card := found.get(contact.other_id))
    ]


def _photos(seen: list[Shown]) -> dict[int, bytes]:
    """The pictures that are shown, as WebP, by the members' ids."""
    ids = [card.member_id for card in seen if card.photo]
    rows = db.session.execute(select(Photo.member_id, Photo.large).where(Photo.member_id.in_(ids)))
    return dict(rows.all())


def _vcards(known: Sequence[tuple[Contact | None, Shown]]) -> str:
    photos, event = _photos([card for _, card in known]), visitor.event
    # Drawing takes a while, and the connection is wanted elsewhere. What has been loaded stays loaded.
    db.session.close()
    # Address books do not read WebP.
    jpegs = as_jpegs(photos)
    return "".join(_vcard(card, contact, jpegs.get(card.member_id), event) for contact, card in known)


def _vcard(seen: Shown, contact: Contact | None, photo: bytes | None, event: Event) -> str:
    if contact is None:
        return vcard(seen, event=event, photo=photo)
    return vcard(seen, event=event, photo=photo, note=contact.note, exchanged_at=contact.at, place=contact.place)
