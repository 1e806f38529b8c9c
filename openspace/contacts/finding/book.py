"""Lists the contact book page by page, searched and filtered."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from openspace.access.models import Member
from openspace.collation import collated
from openspace.contacts.finding import search
from openspace.contacts.finding.suggestions import suggestions
from openspace.contacts.models import Card, cards_in_book, has_line, in_book, is_from, is_here, is_open, wishes_of
from openspace.events.models import Event
from openspace.extensions import db
from openspace.text import alike, in_one_spelling, one_line

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

    cards: list[Card]
    has_more: bool
    total: int


def page_of(event: Event, member: Member, query: BookQuery, number: int) -> Page:
    """Return page `number`, from 1 on, of the cards that `query` of `member` finds.

    Ordered by relevance if there are search words, by score for `show=fit`, else by name.
    """
    first = (number - 1) * PAGE_SIZE
    conditions = (*in_book(event), *_conditions(event, member, query))
    ranked = _ranked(event, member, query)
    if ranked is None:
        cards = list(db.session.scalars(cards_in_book(event, *conditions).offset(first).limit(PAGE_SIZE)))
        count = db.session.scalar(select(func.count()).select_from(Card).join(Card.member).where(*conditions)) or 0
        return Page(cards, first + len(cards) < count, count)
    allowed = set(db.session.scalars(select(Card.member_id).join(Card.member).where(*conditions)))
    found = [ident for ident in ranked if ident in allowed]
    page = found[first : first + PAGE_SIZE]
    by_id = {card.member_id: card for card in db.session.scalars(cards_in_book(event, Card.member_id.in_(page)))}
    return Page([by_id[ident] for ident in page], first + len(page) < len(found), len(found))


def communities_of(event: Event) -> list[str]:
    """Return the names of the communities in the book, each in one spelling, in alphabetical order."""
    counted = select(Member.community, func.count()).join(Card, Card.member_id == Member.id).where(*in_book(event))
    rows = db.session.execute(counted.group_by(Member.community))
    return sorted(in_one_spelling(sorted((name, count) for name, count in rows if name)), key=collated)


def countries_of(event: Event) -> list[str]:
    """Return the codes (ISO 3166-1) of the countries that cards show to everyone, the most frequent first."""
    counted = (
        select(Card.country)
        .join(Card.member)
        .where(*in_book(event), Card.country != "", is_open("country"))
        .group_by(Card.country)
        .order_by(func.count().desc(), Card.country)
    )
    return list(db.session.scalars(counted))


def _conditions(event: Event, member: Member, query: BookQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.language:
        conditions.append(has_line(event, "languages", query.language))
    if query.interest:
        conditions.append(has_line(event, "interests", query.interest))
    if query.community:
        conditions.append(is_from(event, query.community))
    if query.country:
        conditions += [Card.country == query.country, is_open("country")]
    if query.show == "here":
        conditions.append(is_here())
    if query.show == "meet":
        conditions.append(Card.member_id.in_([ident for ident, kind in wishes_of(member).items() if kind == "meet"]))
    return conditions


def _ranked(event: Event, member: Member, query: BookQuery) -> list[int] | None:
    """Member ids, best first; None if neither search words nor suggestions give an order."""
    suggested = [each.card.member_id for each in suggestions(member)] if query.show == "fit" else None
    if not query.q:
        return suggested
    found = search.find(event, query.q)
    return found if suggested is None else [ident for ident in found if ident in set(suggested)]
