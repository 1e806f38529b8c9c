"""The contact book as every member sees it, kept in memory and brought up to date by the log of changes."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from sqlalchemy import ColumnElement

from openspace.clock import now
from openspace.collation import collated
from openspace.contacts.models import PEOPLE, Card, cards_in_book
from openspace.contacts.rules import Viewer, common_stems
from openspace.contacts.visible import VisibleCard, visible_to
from openspace.extensions import db
from openspace.live import log
from openspace.text import in_one_spelling
from openspace.web.cache import LruCache

# Each event's `KeptBook`, by the event's id.
book_cache = LruCache(8)


class Book:
    """The cards of an event's book as members see them at one revision of the channel `PEOPLE`; it never changes.

    What it lists and counts is what cards show to everyone. `day` is the one on which their consents were looked at.
    """

    def __init__(self, cards: Iterable[VisibleCard], revision: int, day: date) -> None:
        self.revision, self.day = revision, day
        # By member id, in the order of names.
        self.cards = {card.member_id: card for card in sorted(cards, key=lambda each: (each.sort_key, each.member_id))}

    @cached_property
    def communities(self) -> list[str]:
        """The names of the communities, each in one spelling, in alphabetical order."""
        counted = Counter(card.community for card in self.cards.values() if card.community)
        return sorted(in_one_spelling(sorted(counted.items())), key=collated)

    @cached_property
    def countries(self) -> list[str]:
        """The codes (ISO 3166-1) of the countries, the most frequent first."""
        counted = Counter(card.country for card in self.cards.values() if card.country)
        return sorted(counted, key=lambda code: (-counted[code], code))

    @cached_property
    def languages(self) -> list[str]:
        """The codes of the languages, the most frequent first."""
        return _by_frequency(code for card in self.cards.values() for code in card.languages)

    @cached_property
    def interests(self) -> list[str]:
        """The interests, each in one spelling, the most frequent first."""
        return _by_frequency(tag for card in self.cards.values() for tag in card.interests)

    @cached_property
    def common_stems(self) -> frozenset[str]:
        """The stems that are too frequent in offers and needs to connect two people."""
        return common_stems(line for card in self.cards.values() for line in (*card.offers, *card.needs))


class KeptBook:
    """The present book of one event: read whole once, and then only the cards that the log names."""

    def __init__(self) -> None:
        self._book: Book | None = None

    def at(self, event_id: int, revision: int) -> Book:
        """The book with everything up to `revision` of its channel; it may show later changes too."""
        book, day = self._book, now().date()
        if book and book.revision > revision:
            # Somebody asked before a later change; or the database was restored, and counts from an earlier one.
            book = self._book = None
        if book is None or book.day != day:
            book = _whole(event_id)
        elif book.revision < revision:
            book = _brought_up(book, event_id)
        # On PostgreSQL another request may have read a later one while this one waited.
        if self._book is None or (book.day, book.revision) > (self._book.day, self._book.revision):
            self._book = book
        return book


def book_of(event_id: int, revision: int) -> Book:
    """Return an event's book with everything up to `revision` of its channel; it may show later changes too."""
    if log.has_recorded():
        # What this transaction has changed may be rolled back, so it is kept for nobody else.
        return _whole(event_id)
    return book_cache.get(event_id, KeptBook).at(event_id, revision)


def present_book(event_id: int) -> Book:
    """Return an event's book as the database has it now."""
    return book_of(event_id, log.revision(event_id, PEOPLE))


def _whole(event_id: int) -> Book:
    # The revision first: a card that changes in between is then read again, rather than missed.
    revision = log.revision(event_id, PEOPLE)
    return Book(_read(event_id), revision, now().date())


def _brought_up(book: Book, event_id: int) -> Book:
    """The book with the cards that have changed since it was read; read whole if the log does not go back so far."""
    subjects = log.subjects_since(event_id, PEOPLE, book.revision)
    if subjects is None:
        return _whole(event_id)
    changed = {int(name.partition("-")[2]) for name in subjects.names}
    others = [card for card in book.cards.values() if card.member_id not in changed]
    return Book([*others, *_read(event_id, Card.member_id.in_(changed))], subjects.revision, book.day)


def _read(event_id: int, *conditions: ColumnElement[bool]) -> list[VisibleCard]:
    # Anew also what the session has: it may be from before a change that the revision counts already.
    anew = cards_in_book(event_id, *conditions).execution_options(populate_existing=True)
    return [visible_to(card, Viewer.MEMBER) for card in db.session.scalars(anew)]


def _by_frequency(texts: Iterable[str]) -> list[str]:
    counts = in_one_spelling(sorted(Counter(text.lstrip("#") or text for text in texts).items()))
    return sorted(counts, key=lambda text: (-counts[text], collated(text)))
