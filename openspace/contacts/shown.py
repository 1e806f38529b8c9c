"""What of a card somebody is shown: the one place through which every page, patch, file and search goes."""

from dataclasses import dataclass, field
from typing import Any

from openspace.access.models import Member, Role
from openspace.contacts.models import Card, Consent, has_exchanged
from openspace.contacts.reach import Way, way
from openspace.contacts.rules import DETAILS, FIELDS, Viewer, is_exported, sees


@dataclass(frozen=True)
class Shown:
    """A card as one viewer sees it: what is not for them is empty."""

    member_id: int
    name: str
    community: str
    sort_key: str
    # Anybody can take the facilitator's name: the role beside it nobody can.
    role: str = Role.PARTICIPANT
    photo: str = ""
    occupation: str = ""
    region: str = ""
    country: str = ""
    languages: list[str] = field(default_factory=list)
    interests: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
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
    def ways(self) -> list[Way]:
        """The ways to reach them that are shown, in the order of a card."""
        return [way(name, value) for name in DETAILS if (value := getattr(self, name))]


def shown(card: Card, viewer: Viewer) -> Shown:
    """The card as this viewer sees it. Before its owner's consent, and after, others see the name alone."""
    is_open = card.is_in_book or viewer == Viewer.SELF
    fields = [name for name in FIELDS if is_open and sees(viewer, card.visibility(name))]
    return _with(card, fields)


def for_export(card: Card, consent: Consent) -> Shown:
    """The card as it may stand in the organisers' list: the fields whose owner agreed to that."""
    agreed = {"card": consent.exports_card, "details": consent.exports_details}
    return _with(card, [name for name in FIELDS if is_exported(name, card.visibility(name), **agreed)])


def viewer_of(card: Card, member: Member | None) -> Viewer:
    """As whom a person looks at a card."""
    if member is None or member.event_id != card.event_id:
        return Viewer.STRANGER
    if member.id == card.member_id:
        return Viewer.SELF
    return Viewer.EXCHANGED if has_exchanged(member, card.member_id) else Viewer.MEMBER


def as_json(card: Shown) -> dict[str, Any]:
    """What is shown, without what is empty."""
    facts = {name: getattr(card, name) for name in ("name", "community", *FIELDS) if name != "photo"}
    return {"id": card.member_id, **{name: value for name, value in facts.items() if value}}


def _with(card: Card, fields: list[str]) -> Shown:
    values = {name: card.value(name) for name in fields}
    member = card.member
    return Shown(card.member_id, member.name, member.community, card.sort_key, member.role, **values)
