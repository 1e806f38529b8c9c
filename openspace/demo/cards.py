"""The contact book of the demo: a card for everybody, and a few wishes and exchanges."""

import random
from typing import Any

from openspace.access.models import Member, Role
from openspace.contacts import actions as contacts, exchange_actions as exchanges
from openspace.contacts.models import Card
from openspace.contacts.rules import Visibility

TEAM = {Role.FACILITATOR: "фасилітаторка", Role.ORGANISER: "команда події"}
SENTENCE = "Люди події можуть бачити мою картку."
# On how many cards in ten each of these is.
WITH_NEEDS, WITH_PHONE, WITH_TELEGRAM, OPEN_PHONE = 8, 7, 4, 1


def put(people: list[Member], parts: dict[str, Any], chance: random.Random) -> None:
    """Fill in a card for each person; the first one wants to meet some of the others, and has exchanged with some."""
    guests = {guest["name"]: guest for guest in parts["guests"]}
    cards = [_card(person, guests.get(person.name, {}), parts, chance) for person in people]
    first, others = people[0], cards[1:]
    for card in others[:4]:
        exchanges.wish(card, "meet", by=first)
    for card in others[4:7]:
        exchanges.exchange(card, by=first)


def _card(person: Member, guest: dict[str, Any], parts: dict[str, Any], chance: random.Random) -> Card:
    card = contacts.ensure_card(person)
    contacts.write(
        card,
        by=person,
        occupation=TEAM.get(person.role) or chance.choice(parts["roles"]),
        country=guest.get("country", "UA"),
        languages=guest.get("languages") or ["uk", *chance.sample(["en", "de", "ru", "pl"], chance.randrange(3))],
        interests=chance.sample(parts["interests"], chance.randrange(1, 4)),
        offers=chance.sample(parts["offers"], chance.randrange(1, 3)),
        needs=chance.sample(parts["needs"], 1) if chance.randrange(10) < WITH_NEEDS else [],
        phone=f"+380 67 {chance.randrange(100, 1000)} {chance.randrange(1000, 10000)}"
        if _some(chance, WITH_PHONE)
        else "",
        email=f"person{person.id}@hromada.example",
        telegram=f"@demo_{person.id:04}" if _some(chance, WITH_TELEGRAM) else "",
    )
    if _some(chance, OPEN_PHONE):
        contacts.set_visibilities(card, {"phone": Visibility.EVERYONE}, by=person)
    exports_card = _some(chance, 6)
    contacts.consent(
        card,
        words=SENTENCE,
        exports_card=exports_card,
        exports_details=_some(chance, 3),
        # Not by chance: what comes after it in the demo stays as it was.
        prints_name=exports_card,
        by=person,
    )
    return card


def _some(chance: random.Random, in_ten: int) -> bool:
    return chance.randrange(10) < in_ten
