"""The book as it is asked: searched, filtered, and given out page by page."""

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

A_PAGE = 30
LONGEST_QUERY = 100


class Asked(NamedTuple):
    """What somebody looks for; what is empty does not matter. `show` is meet, fit or here."""

    q: str = ""
    show: str = ""
    community: str = ""
    country: str = ""
    language: str = ""
    interest: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Asked":
        """From an address."""
        return cls(*(one_line(given.get(name))[:LONGEST_QUERY] for name in cls._fields))

    def given(self) -> dict[str, str]:
        """What is not empty."""
        return {name: value for name, value in self._asdict().items() if value}

    def toggled(self, name: str, value: str) -> dict[str, str]:
        """What is asked when one more filter is chosen, or one that is chosen is taken back."""
        return self._replace(**{name: "" if self.has(name, value) else value}).given()

    def has(self, name: str, value: str) -> bool:
        """Whether a filter is chosen, however its value is spelt."""
        return bool(getattr(self, name)) and alike(getattr(self, name)) == alike(value)


class Page(NamedTuple):
    """One page of the cards that are asked for, whether more follow, and how many there are on all pages."""

    cards: list[Card]
    has_more: bool
    total: int


def page_of(event: Event, member: Member, asked: Asked, number: int) -> Page:
    """One page of the cards that are asked for, from 1 on: what fits best comes first."""
    first = (number - 1) * A_PAGE
    there = (*in_book(event), *_conditions(event, member, asked))
    ranked = _ranked(event, member, asked)
    if ranked is None:
        cards = list(db.session.scalars(cards_in_book(event, *there).offset(first).limit(A_PAGE)))
        count = db.session.scalar(select(func.count()).select_from(Card).join(Card.member).where(*there)) or 0
        return Page(cards, first + len(cards) < count, count)
    ids = set(db.session.scalars(select(Card.member_id).join(Card.member).where(*there)))
    wanted = [ident for ident in ranked if ident in ids]
    page = wanted[first : first + A_PAGE]
    by_id = {card.member_id: card for card in db.session.scalars(cards_in_book(event, Card.member_id.in_(page)))}
    return Page([by_id[ident] for ident in page], first + len(page) < len(wanted), len(wanted))


def communities_of(event: Event) -> list[str]:
    """The communities in the book, each once, in the order of the alphabet."""
    counted = select(Member.community, func.count()).join(Card, Card.member_id == Member.id).where(*in_book(event))
    rows = db.session.execute(counted.group_by(Member.community))
    return sorted(in_one_spelling(sorted((name, count) for name, count in rows if name)), key=collated)


def countries_of(event: Event) -> list[str]:
    """The countries in the book, by their codes, the most frequent first."""
    counted = (
        select(Card.country)
        .join(Card.member)
        .where(*in_book(event), Card.country != "", is_open("country"))
        .group_by(Card.country)
        .order_by(func.count().desc(), Card.country)
    )
    return list(db.session.scalars(counted))


def _conditions(event: Event, member: Member, asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.language:
        conditions.append(has_line(event, "languages", asked.language))
    if asked.interest:
        conditions.append(has_line(event, "interests", asked.interest))
    if asked.community:
        conditions.append(is_from(event, asked.community))
    if asked.country:
        conditions += [Card.country == asked.country, is_open("country")]
    if asked.show == "here":
        conditions.append(is_here())
    if asked.show == "meet":
        conditions.append(Card.member_id.in_([ident for ident, kind in wishes_of(member).items() if kind == "meet"]))
    return conditions


def _ranked(event: Event, member: Member, asked: Asked) -> list[int] | None:
    """The ids in the order in which they fit, or None if all are the same to who asks."""
    fitting = [each.card.member_id for each in suggestions(member)] if asked.show == "fit" else None
    if not asked.q:
        return fitting
    found = search.find(event, asked.q)
    return found if fitting is None else [ident for ident in found if ident in set(fitting)]
