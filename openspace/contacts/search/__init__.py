"""Search in the book: by the beginnings of words, and where nothing begins so, with one slip forgiven.

Only what every member is shown is ever indexed, so nothing hidden can be found.
"""

from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from openspace.contacts.rules import SHORTEST_WITH_SLIP, folded, is_near, pieces, searched
from openspace.contacts.shown import Shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.i18n import country_names


def find(event: Event, typed: str) -> list[int]:
    """The ids of the members whose cards have all the words that were typed, best first."""
    words = folded(typed).split()
    if not words:
        return []
    return _engine().beginning(event.id, words) or _with_a_slip(event, words)


def index(card: Shown) -> None:
    """Let a card, as every member sees it, be found by what now stands on it."""
    rest = [card.occupation, card.region, *card.interests, *card.offers, *card.needs, card.about]
    rest += country_names(card.country)
    name = searched(f"{card.name} {card.community}")
    _engine().index(card.member_id, name, searched(" ".join(rest)))


def forget(member_ids: Iterable[int]) -> None:
    """Let nothing of these cards be found any more, nor stand in the index."""
    for member_id in member_ids:
        _engine().forget(member_id)
    _engine().settle()


def _with_a_slip(event: Event, words: list[str]) -> list[int]:
    longest = max(words, key=len)
    if len(longest) < SHORTEST_WITH_SLIP:
        return []
    candidates = _engine().containing(event.id, pieces(longest))
    return [
        member_id
        for member_id, text in candidates
        if all(any(is_near(word, other) for other in text.split()) for word in words)
    ]


def _engine() -> ModuleType:
    # By its name because SQLAlchemy's half for PostgreSQL is large, and SQLite does without.
    return import_module(f"openspace.contacts.search.{db.engine.dialect.name}")
