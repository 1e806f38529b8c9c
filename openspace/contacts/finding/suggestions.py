"""Suggestions of people to meet, each with the reasons."""

from typing import NamedTuple

from flask_babel import gettext

from openspace.access.models import Member
from openspace.contacts.models import PEOPLE, card_of, cards_in_book, contacts_of, wishes_of
from openspace.contacts.rules import Reason, Viewer, common_stems, fit_score, reasons
from openspace.contacts.visible import VisibleCard, visible_to
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.web.cache import LruCache

# How many suggestions a member gets at most.
MOST = 60
# The cards of a book as members see them with their common stems, by event and revision of the book.
book_cache = LruCache(8)
# The suggestions for one member, by revision of the book and the member's own card.
suggestion_cache = LruCache(512)


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


def suggestions(member: Member) -> list[Suggestion]:
    """Return whom the member might meet, best first, without contacts and people marked "meet" or "later"."""
    known = {contact.other_id for contact in contacts_of(member)} | set(wishes_of(member)) | {member.id}
    return [each for each in all_suggestions(member) if each.card.member_id not in known]


def all_suggestions(member: Member) -> list[Suggestion]:
    """Return everybody whom the member might meet, best first; empty without a card.

    Only what the others show to every member is compared.
    """
    card = card_of(member.id)
    if card is None:
        return []
    me, revision = visible_to(card, Viewer.SELF), log.revision(member.event_id, PEOPLE)
    # The member's own card is in the key: hidden fields, and all of a card outside of the book, change no revision.
    return suggestion_cache.get((revision, repr(me)), lambda: _ranked(member.event, me, revision))


def reasons_between(member: Member, card: VisibleCard) -> list[Reason]:
    """Return why the member might meet the owner of `card`, strongest first; empty without a card of their own."""
    mine = card_of(member.id)
    if mine is None or card.member_id == member.id:
        return []
    _, common = _book(member.event, log.revision(member.event_id, PEOPLE))
    return reasons(visible_to(mine, Viewer.SELF), card, common)


def _ranked(event: Event, me: VisibleCard, revision: int) -> list[Suggestion]:
    cards, common = _book(event, revision)
    suggested = [Suggestion(other, found) for other in cards if (found := reasons(me, other, common))]
    ordered = sorted(suggested, key=lambda each: (-fit_score(me, each.card, each.reasons), each.card.sort_key))
    return [each for each in ordered if each.card.member_id != me.member_id][:MOST]


def _book(event: Event, revision: int) -> tuple[list[VisibleCard], frozenset[str]]:
    """The cards in the book as members see them, and the stems that are too common to compare."""

    def read() -> tuple[list[VisibleCard], frozenset[str]]:
        cards = [visible_to(card, Viewer.MEMBER) for card in db.session.scalars(cards_in_book(event))]
        return cards, common_stems(line for card in cards for line in (*card.offers, *card.needs))

    return book_cache.get((event.id, revision), read)
