"""Lists the contact book page by page, searched and filtered."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from openspace.access.models import Member
from openspace.contacts.finding import search
from openspace.contacts.finding.book import Book
from openspace.contacts.finding.suggestions import suggestions
from openspace.contacts.models import card_of, members_here, wishes_of
from openspace.contacts.visible import VisibleCard
from openspace.text import alike, one_line

PAGE_SIZE = 30
# In characters, of each parameter of a query.
LONGEST_QUERY = 100


class BookQuery(NamedTuple):
    """A search in the book with its filters; an empty one does not filter.

    `show` is `meet` (whom I want to meet), `fit` (who is suggested to me) or `here` (who is here now).
    """

    q: str = ""
    show: str = ""
    community: str = ""
    country: str = ""
    language: str = ""
    interest: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "BookQuery":
        """Read the query from the parameters of an address."""
        return cls(*(one_line(args.get(name))[:LONGEST_QUERY] for name in cls._fields))

    def parameters(self) -> dict[str, str]:
        """Return the parts that are not empty, as parameters of an address."""
        return {name: value for name, value in self._asdict().items() if value}

    def toggled(self, name: str, value: str) -> dict[str, str]:
        """Return the parameters with one filter set to `value`, or cleared if it has that value already."""
        return self._replace(**{name: "" if self.has(name, value) else value}).parameters()

    def has(self, name: str, value: str) -> bool:
        """Whether a filter has this value, in any spelling."""
        return bool(getattr(self, name)) and alike(getattr(self, name)) == alike(value)


class Page(NamedTuple):
    """One page of the cards that a query found; `total` counts the cards on all pages."""

    cards: list[VisibleCard]
    has_more: bool
    total: int


def page_of(book: Book, member: Member, query: BookQuery, number: int) -> Page:
    """Return page `number`, from 1 on, of the cards that `query` of `member` finds.

    Ordered by relevance if there are search words, by score for `show=fit`, else by name.
    """
    first = (number - 1) * PAGE_SIZE
    asked = _asked(book, member, query)
    found = [card for ident in asked if (card := book.cards.get(ident)) and _passes(card, query)]
    return Page(found[first : first + PAGE_SIZE], first + PAGE_SIZE < len(found), len(found))


def _asked(book: Book, member: Member, query: BookQuery) -> Iterable[int]:
    """Member ids that the search words and `show` leave, in the order of the page."""
    shown = _shown(book, member, query.show)
    if not query.q:
        return shown
    left = set(shown)
    return [ident for ident in search.find(member.event, query.q) if ident in left]


def _shown(book: Book, member: Member, show: str) -> Iterable[int]:
    if show == "fit":
        return [each.card.member_id for each in suggestions(card_of(member.id), book)]
    if show == "meet":
        wishes = wishes_of(member)
        return [ident for ident in book.cards if wishes.get(ident) == "meet"]
    if show == "here":
        here = members_here(member.event_id)
        return [ident for ident in book.cards if ident in here]
    return book.cards


def _passes(card: VisibleCard, query: BookQuery) -> bool:
    """Whether a card passes the filters."""
    return (
        (not query.language or _names(card.languages, query.language))
        and (not query.interest or _names(card.interests, query.interest))
        and (not query.community or _names([card.community], query.community))
        and (not query.country or card.country == query.country)
    )


def _names(texts: Iterable[str], wanted: str) -> bool:
    """Whether one of the texts is the wanted one, in any spelling."""
    return alike(wanted) in map(alike, texts)
