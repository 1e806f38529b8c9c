"""Suggestions of people to meet, each with the reasons."""

from typing import NamedTuple

from flask_babel import gettext

from openspace.contacts.finding.book import Book
from openspace.contacts.models import Card, known_to
from openspace.contacts.rules import Reason, Viewer, fit_score, reasons
from openspace.contacts.visible import VisibleCard, visible_to

# How many suggestions a member gets at most.
MOST = 60


class Suggestion(NamedTuple):
    """The card of somebody to meet, and at least one reason, the strongest first."""

    card: VisibleCard
    reasons: list[Reason]

    @property
    def words(self) -> str:
        """The strongest reason as a sentence."""
        return in_words(self.reasons[0])


def in_words(reason: Reason) -> str:
    """Return a reason as a sentence in the language of the request."""
    if reason.kind == "needs":
        return str(gettext("Looks for what you offer: %(line)s", line=reason.line))
    if reason.kind == "offers":
        return str(gettext("Offers what you look for: %(line)s", line=reason.line))
    return str(gettext("Cares about the same: %(line)s", line=reason.line))


def suggestions(mine: Card | None, book: Book) -> list[Suggestion]:
    """Return whom the owner of a card might meet, best first; empty without a card.

    Only what the others show to every member is compared. Contacts and people marked "meet" or "later" are left out.
    """
    if mine is None:
        return []
    me, known = visible_to(mine, Viewer.SELF), known_to(mine.member_id)
    found = ((other, _reasons(me, other, book)) for other in book.cards.values())
    suggested = [Suggestion(other, reasons) for other, reasons in found if reasons]
    best = sorted(suggested, key=lambda each: (-fit_score(me, each.card, each.reasons), each.card.sort_key))[:MOST]
    return [each for each in best if each.card.member_id not in known]


def reasons_between(mine: Card | None, card: VisibleCard, book: Book) -> list[Reason]:
    """Return why the owner of the card `mine` might meet that of `card`, strongest first; empty without a card."""
    return _reasons(visible_to(mine, Viewer.SELF), card, book) if mine else []


def _reasons(me: VisibleCard, other: VisibleCard, book: Book) -> list[Reason]:
    return reasons(me, other, book.common_stems) if me.member_id != other.member_id else []
