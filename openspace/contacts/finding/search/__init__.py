"""Search in the book: by prefixes of words in any spelling; if nothing has them, one typo in each word is forgiven.

The index holds only what every member may see, so that hidden fields cannot be found.
"""

from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from openspace.contacts.finding.spelling import SHORTEST_WITH_TYPO, indexed_words, is_near, pieces, query_words
from openspace.contacts.visible import VisibleCard
from openspace.events.models import Event
from openspace.extensions import db
from openspace.web.i18n import country_names


def find(event: Event, typed: str) -> list[int]:
    """Return the ids of the members whose cards have all typed words, best first."""
    words = query_words(typed)
    if not words:
        return []
    return _backend().find_prefixes(event.id, words) or _find_with_typo(event, words)


def index(card: VisibleCard) -> None:
    """Put a card, as every member sees it, into the index in place of its earlier content."""
    rest = [card.occupation, card.region, *card.interests, *card.offers, *card.needs, card.about]
    rest += country_names(card.country)
    name = indexed_words(f"{card.name} {card.community}")
    _backend().index(card.member_id, name, indexed_words(" ".join(rest)))


def forget(member_ids: Iterable[int]) -> None:
    """Delete these members' cards from the index, also from its files."""
    for member_id in member_ids:
        _backend().forget(member_id)
    purge()


def purge() -> None:
    """Overwrite what was deleted from the index, so that it is not left in the database's files."""
    _backend().purge()


def _find_with_typo(event: Event, words: list[tuple[str, ...]]) -> list[int]:
    longest = max(words, key=lambda spellings: len(spellings[0]))
    candidates: dict[int, str] = {}
    for spelling in longest:
        if len(spelling) >= SHORTEST_WITH_TYPO:
            candidates |= _backend().find_pieces(event.id, pieces(spelling))
    return [member_id for member_id, text in candidates.items() if has_all_words(words, text)]


def has_all_words(words: list[tuple[str, ...]], text: str) -> bool:
    """Whether a text from `indexed_words` has every word of a query (`query_words`), one typo in each forgiven."""
    indexed = text.split()
    return all(any(is_near(word, each) for word in spellings for each in indexed) for spellings in words)


def _backend() -> ModuleType:
    # Imported by name because SQLAlchemy's PostgreSQL dialect is large, and SQLite does without it.
    return import_module(f"openspace.contacts.finding.search.{db.engine.dialect.name}")
