"""Which fields of a card a viewer may see. Every page, patch, file and search gets cards through here."""

from dataclasses import dataclass
from typing import Any

from openspace.access.models import Member, Role
from openspace.contacts.models import Card, Consent, has_exchanged
from openspace.contacts.reach import ContactLink, contact_link
from openspace.contacts.rules import DETAILS, FIELDS, LISTS, Viewer, is_exported, sees


@dataclass(frozen=True)
class VisibleCard:
    """A card as one viewer sees it; fields that are hidden from the viewer are empty. Caches have it in their keys."""

    member_id: int
    name: str
    community: str
    sort_key: str
    # Shown beside the name, for anybody can join under the facilitator's name.
    role: str = Role.PARTICIPANT
    photo: str = ""
    occupation: str = ""
    region: str = ""
    country: str = ""
    languages: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    about: str = ""
    phone: str = ""
    email: str = ""
    telegram: str = ""
    signal: str = ""
    whatsapp: str = ""
    linkedin: str = ""
    facebook: str = ""
    web: str = ""

    @property
    def contact_links(self) -> list[ContactLink]:
        """The visible contact details as links, in the order of the card."""
        return [contact_link(name, value) for name in DETAILS if (value := getattr(self, name))]


def visible_to(card: Card, viewer: Viewer) -> VisibleCard:
    """Return the card with the fields that `viewer` may see.

    While there is no consent of the owner (not yet, or no longer), others see only name, community and role.
    """
    is_open = card.is_in_book or viewer == Viewer.SELF
    fields = [name for name in FIELDS if is_open and sees(viewer, card.visibility(name))]
    return _with_fields(card, fields)


def for_export(card: Card, consent: Consent) -> VisibleCard:
    """Return the card for the organisers' list, with the fields that the owner's `consent` lets them export."""
    agreed = {"card": consent.exports_card, "details": consent.exports_details}
    return _with_fields(card, [name for name in FIELDS if is_exported(name, card.visibility(name), **agreed)])


def viewer_of(card: Card, member: Member | None) -> Viewer:
    """Return what `member` is to the owner of a card. Without a member, or in another event: `STRANGER`."""
    if member is None or member.event_id != card.event_id:
        return Viewer.STRANGER
    if member.id == card.member_id:
        return Viewer.SELF
    return Viewer.EXCHANGED if has_exchanged(member, card.member_id) else Viewer.MEMBER


def as_json(card: VisibleCard) -> dict[str, Any]:
    """Return the card as JSON: `id`, `name`, `community` and its fields, without photo and empty values."""
    values = {name: getattr(card, name) for name in ("name", "community", *FIELDS) if name != "photo"}
    return {"id": card.member_id, **{name: value for name, value in values.items() if value}}


def _with_fields(card: Card, fields: list[str]) -> VisibleCard:
    values: dict[str, Any] = {name: getattr(card, name) for name in fields if name not in LISTS}
    values |= {name: tuple(card.lines_of(name)) for name in fields if name in LISTS}
    member = card.member
    return VisibleCard(card.member_id, member.name, member.community, card.sort_key, member.role, **values)
