"""A card as one row of a spreadsheet."""

from typing import Any

from flask_babel import gettext, lazy_gettext as _l

from openspace.contacts.reach import NAMES
from openspace.contacts.visible import VisibleCard
from openspace.web.i18n import country, tongue

# Field to title. Every field of a card but the photo, in the order of the columns.
COLUMNS: dict[str, Any] = {
    "occupation": _l("Occupation"),
    "region": _l("Region"),
    "country": _l("Country"),
    "languages": _l("Languages"),
    "interests": _l("Interests"),
    "offers": _l("Offers"),
    "needs": _l("Looks for"),
    "about": _l("Would like to talk about"),
    **NAMES,
}


def headers() -> list[str]:
    """Return the titles of the columns, name and community first."""
    return [gettext("Name"), gettext("Community or town"), *(str(name) for name in COLUMNS.values())]


def row(card: VisibleCard) -> list[str]:
    """Return the card's values in the order of `headers`."""
    return [card.name, card.community, *(_cell(card, field) for field in COLUMNS)]


def _cell(card: VisibleCard, field: str) -> str:
    if field == "country":
        return country(card.country)
    if field == "languages":
        return ", ".join(tongue(code) for code in card.languages)
    value = getattr(card, field)
    return "; ".join(value) if isinstance(value, tuple) else str(value)
