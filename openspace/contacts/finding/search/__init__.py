"""Search in the book: by the beginnings of words in any spelling; where nothing begins so, one slip is forgiven.

Only what every member is shown is ever indexed, so nothing hidden can be found.
"""

from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from openspace.contacts.finding.spelling import SHORTEST_WITH_SLIP, asked, is_near, pieces, searched
from openspace.contacts.shown import Shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.web.i18n import country_names


def find(event: Event, typed: str) -> list[int]:
    """The ids of the members whose cards have all the words that were typed, best first."""
    words = asked(typed)
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
    settle()


def settle() -> None:
    """Let nothing of what was removed from the index stand in the database's files."""
    _engine().settle()


def _with_a_slip(event: Event, words: list[tuple[str, ...]]) -> list[int]:
    longest = max(words, key=lambda spellings: len(spellings[0]))
    candidates: dict[int, str] = {}
    for spelling in longest:
        if len(spelling) >= SHORTEST_WITH_SLIP:
            candidates |= _engine().containing(event.id, pieces(spelling))
    return [member_id for member_id, text in candidates.items() if is_asked_for(words, text)]


def is_asked_for(words: list[tuple[str, ...]], text: str) -> bool:
    """Whether a text, as it is indexed, has all words that are asked for, each with one slip forgiven."""
    found = text.split()
    return all(any(is_near(word, each) for word in spellings for each in found) for spellings in words)


def _engine() -> ModuleType:
    # By its name because SQLAlchemy's half for PostgreSQL is large, and SQLite does without.
    return import_module(f"openspace.contacts.finding.search.{db.engine.dialect.name}")
