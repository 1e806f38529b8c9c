"""Writes cards as vCard 3.0 (RFC 2426), for the address books of phones."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask_babel import format_date, gettext

from openspace.clock import now
from openspace.contacts.reach import NAMES, address
from openspace.contacts.visible import VisibleCard
from openspace.events.models import Event
from openspace.web.i18n import country, tongue

# The longest line that RFC 2426 recommends, in bytes.
LINE_OCTETS = 75
# A line length that no line reaches, so that vobject folds nothing; `_folded` does.
UNFOLDED = 10**9
# Contact details that are written as an address (URL) with their name as the label.
PAGES = ("telegram", "whatsapp", "signal", "linkedin", "facebook")


def vcard(
    card: VisibleCard,
    *,
    event: Event,
    photo: bytes | None = None,
    note: str = "",
    exchanged_at: datetime | None = None,
    place: str = "",
) -> str:
    """Return a card as one vCard. `photo` is a JPEG, `note` the viewer's private note, `place` where they exchanged.

    The UID of a card never changes, so that a phone that imports it again updates its entry.
    """
    from vobject import vCard  # here because it is large and seldom needed

    book = vCard()
    _add_person(book, card)
    for number, (label, page) in enumerate(_pages(card), 1):
        _add_page(book, f"item{number}", label, page)
    if photo:
        picture = book.add("photo")
        picture.value, picture.encoding_param, picture.type_param = photo, "b", "JPEG"
    if words := _note(card, event, note, exchanged_at, place):
        book.add("note").value = words
    book.add("uid").value = f"{event.uid_base}-member-{card.member_id}@open-space"
    book.add("rev").value = f"{now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return _folded(book.serialize(lineLength=UNFOLDED))


def _add_person(book: Any, card: VisibleCard) -> None:
    from vobject.vcard import Address, Name

    given, family = _given_and_family(card.name)
    book.add("fn").value = card.name
    book.add("n").value = Name(given=given, family=family)
    if card.community:
        book.add("org").value = [card.community]
    if card.occupation:
        book.add("title").value = card.occupation
    if card.region or card.country:
        book.add("adr").value = Address(region=card.region, country=country(card.country))
    if card.phone:
        number = book.add("tel")
        number.value, number.type_param = card.phone, "CELL"
    if card.email:
        book.add("email").value = card.email
    if page := address("web", card.web):
        _as_it_is(book.add("url"), page)
    if card.interests:
        _as_it_is(book.add("categories"), ",".join(_escaped(tag) for tag in card.interests))


def _given_and_family(name: str) -> tuple[str, str]:
    """Split a name: its last word that begins with a letter is the family name, what comes before is the given name.

    What follows that word, such as an emoji, is dropped. A single word is a given name.
    """
    words = name.split(" ")
    while words and not words[-1][:1].isalpha():
        words.pop()
    given = " ".join(words[:-1])
    return (given, words[-1]) if any(map(str.isalpha, given)) else (name, "")


def _pages(card: VisibleCard) -> Iterator[tuple[str, str]]:
    """Label and address of each contact detail in `PAGES`."""
    for field in PAGES:
        if found := address(field, getattr(card, field)):
            yield str(NAMES[field]), found


def _add_page(book: Any, group: str, label: str, address: str) -> None:
    """Add an address with a label, which iPhones show and other phones ignore (X-ABLabel)."""
    page, name = book.add("url"), book.add("x-ablabel")
    page.group = name.group = group
    _as_it_is(page, address)
    name.value = label


def _note(card: VisibleCard, event: Event, note: str, exchanged_at: datetime | None, place: str) -> str:
    lines = [note, _exchanged(event, exchanged_at, place) if exchanged_at else ""]
    if card.offers:
        lines.append(gettext("Offers: %(lines)s", lines="; ".join(card.offers)))
    if card.needs:
        lines.append(gettext("Looks for: %(lines)s", lines="; ".join(card.needs)))
    if card.about:
        lines.append(gettext("Would like to talk about: %(text)s", text=card.about))
    if card.languages:
        lines.append(gettext("Speaks: %(languages)s", languages=", ".join(map(tongue, card.languages))))
    if card.signal and not address("signal", card.signal):
        lines.append(f"Signal: {card.signal}")
    return "\n".join(line for text in lines for line in text.splitlines())


def _exchanged(event: Event, moment: datetime, place: str) -> str:
    known = {"day": format_date(event.local(moment).date(), "long"), "event": event.name}
    if place:
        return str(gettext("Contacts exchanged on %(day)s, %(event)s, place: %(place)s", place=place, **known))
    return str(gettext("Contacts exchanged on %(day)s, %(event)s", **known))


def _as_it_is(line: Any, value: str) -> None:
    """Set a value that vobject must not escape: addresses (RFC 2426, section 4) and categories, which are a list."""
    line.value, line.encoded = value, True


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text)


def _folded(text: str) -> str:
    """Fold lines to at most 75 octets. vobject would count characters, and would not fold photos."""
    lines = text.removesuffix("\r\n").split("\r\n")
    return "".join("\r\n ".join(_pieces(line)) + "\r\n" for line in lines)


def _pieces(line: str) -> Iterator[str]:
    octets, start, room = line.encode(), 0, LINE_OCTETS
    while len(octets) - start > room:
        end = start + room
        # Do not cut within a UTF-8 character.
        while octets[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1
        yield octets[start:end].decode()
        # A continued line begins with a blank, which counts.
        start, room = end, LINE_OCTETS - 1
    yield octets[start:].decode()
