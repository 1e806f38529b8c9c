"""Fills a contact book with distinct values, and reads the files that are exported from it."""

import csv
import html
import json
import re
import subprocess
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import vobject

from openspace.access.models import Member
from openspace.contacts import actions as contacts, exchange_actions as exchanges, photos
from openspace.contacts.models import card_of
from openspace.contacts.rules import FIELDS, Visibility
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import Hall

NODE = Path(__file__).parent / "node"
STRUCTURED = {"n", "adr", "org"}
WORDS = "The people of the event may see my card."
ENGLISH = {"Accept-Language": "en"}

FULL = {
    "occupation": "Бджолярка",
    "region": "Полісся",
    "country": "PL",
    "languages": ["lt"],
    "interests": ["Цифровізація"],
    "offers": ["Навчання з грантів"],
    "needs": ["Партнери з Литви"],
    "about": "Про воду в селі",
    "phone": "+380 44 123 4567",
    "email": "oksana@hidden.example",
    "telegram": "@oksana_secret",
    "signal": "oksana.42",
    "whatsapp": "+380 50 765 4321",
    "linkedin": "https://linkedin.com/in/oksana-linked",
    "facebook": "https://facebook.com/oksana.face",
    "web": "https://oksana.example/site",
}
# What shows in a file that a field is in it. Spreadsheets have no photo.
IN_TABLES = {
    **{name: value for name, value in FULL.items() if isinstance(value, str)},
    **{name: value[0] for name, value in FULL.items() if isinstance(value, list)},
    "country": "Poland",
    "languages": "Lietuvių",
}
IN_VCARDS = {
    **IN_TABLES,
    "telegram": "t.me/oksana_secret",
    "whatsapp": "wa.me/380507654321",
    "photo": "PHOTO;",
}


@cache
def a_picture() -> bytes:
    """Return a JPEG as a phone might send it."""
    from PIL import Image

    stream = BytesIO()
    Image.effect_noise((600, 500), 60).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


@cache
def a_prepared_picture() -> photos.Picture:
    """Return that picture as cards keep it."""
    return photos.prepare(a_picture())


def a_card(
    hall: Hall,
    who: str,
    *,
    shown_to: Visibility | None = None,
    in_book: bool = True,
    card: bool = False,
    details: bool = False,
    photo: bool = False,
    **fields: Any,
) -> None:
    """Fill in a card with these fields, all visible to `shown_to` if given.

    `card` and `details` are the consent to export them.
    """
    with hall.app.test_request_context(), sqlite.writing():
        member = db.session.get_one(Member, hall.ids[who])
        found = contacts.ensure_card(member)
        contacts.write(found, by=member, **fields)
        if shown_to:
            contacts.set_visibilities(found, dict.fromkeys(FIELDS, shown_to), by=member)
        if photo:
            contacts.put_photo(found, a_prepared_picture(), by=member)
        if in_book:
            contacts.consent(found, words=WORDS, exports_card=card, exports_details=details, by=member)
        db.session.commit()


def exchange(hall: Hall, one: str, two: str, note: str = "") -> None:
    """Let `one` exchange contacts by the code of `two`, and write a note."""
    with hall.app.test_request_context(), sqlite.writing():
        card = card_of(hall.ids[two])
        assert card is not None
        kept = exchanges.exchange(card, by=db.session.get_one(Member, hall.ids[one]))
        exchanges.write_note(kept, note)
        db.session.commit()


def unfolded(text: str) -> str:
    """Undo the folding of lines in a vCard."""
    return text.replace("\r\n ", "")


def seen_in(text: str, traces: dict[str, str]) -> set[str]:
    """Return the fields whose trace is in a file."""
    whole = re.sub(r"\\([,;])", r"\1", unfolded(text))
    return {field for field, trace in traces.items() if trace in whole}


def by_vobject(text: str) -> list[Any]:
    """Return the vCards of a file as vobject reads them."""
    return list(vobject.readComponents(text))


def by_icaljs(node: str, text: str) -> list[dict[str, list[Any]]]:
    """Return the vCards of a file as ical.js reads them: property to a list of (group, parts of the value)."""
    read = subprocess.run([node, "read.js"], cwd=NODE, input=text.encode(), capture_output=True, check=False)
    assert read.returncode == 0, read.stderr.decode()[-500:]
    cards = []
    for _, properties, _ in json.loads(read.stdout):
        card: dict[str, list[Any]] = {}
        for name, more, _, *values in properties:
            texts = values if name in STRUCTURED else [_unescaped(value) for value in values]
            card.setdefault(name, []).append((more.get("group"), texts))
        cards.append(card)
    return cards


def _unescaped(text: str) -> str:
    """Remove the backslash before a semicolon (RFC 2426), which ical.js leaves outside of structured values."""
    return text.replace("\\;", ";")


def taken(hall: Hall, rest: str, who: str = "organiser") -> str:
    """Return a file that `who` downloads, in English."""
    return hall.ask(who).get(hall.url(rest), headers=ENGLISH).get_data(as_text=True)


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, as column title to value."""
    return list(csv.DictReader(StringIO(table.removeprefix("\ufeff"))))


def words(page: str) -> str:
    """Return the text of a page without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))
