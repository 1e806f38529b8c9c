"""People to meet: who fits somebody, and why, in words."""

from typing import NamedTuple

from flask_babel import gettext

from openspace.access.models import Member
from openspace.contacts.models import PEOPLE, card_of, cards_in_book, contacts_of, wishes_of
from openspace.contacts.rules import Reason, Viewer, fit, reasons, too_common
from openspace.contacts.shown import Shown, shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.web.cache import LruCache

MOST = 60
# Whole books as every member sees them, by event and revision; and who fits whom in them.
books, fits = LruCache(8), LruCache(512)


class Suggestion(NamedTuple):
    """Somebody to meet, the reasons, best first, and the best one in words."""

    card: Shown
    why: list[Reason]

    @property
    def words(self) -> str:
        """The best reason, as it is read."""
        return in_words(self.why[0])


def in_words(reason: Reason) -> str:
    """A reason as it is read."""
    if reason.kind == "needs":
        return str(gettext("Looks for what you offer: %(line)s", line=reason.words))
    if reason.kind == "offers":
        return str(gettext("Offers what you look for: %(line)s", line=reason.words))
    return str(gettext("Cares about the same: %(line)s", line=reason.words))


def suggestions(member: Member) -> list[Suggestion]:
    """Whom the member might meet, best first; nobody whom they know, have marked, or do not want to meet now."""
    known = {contact.other_id for contact in contacts_of(member)} | set(wishes_of(member)) | {member.id}
    return [each for each in all_fitting(member) if each.card.member_id not in known]


def all_fitting(member: Member) -> list[Suggestion]:
    """Everybody who fits the member, best first, by what every member may see of them."""
    card = card_of(member.id)
    if card is None:
        return []
    me, revision = shown(card, Viewer.SELF), log.revision(member.event_id, PEOPLE)
    # One's own card may change without the book: before it is in it, and in what nobody else is shown.
    return fits.get((revision, repr(me)), lambda: _fitting(member.event, me, revision))


def reasons_between(member: Member, card: Shown) -> list[Reason]:
    """Why these two might meet."""
    mine = card_of(member.id)
    if mine is None or card.member_id == member.id:
        return []
    _, common = _book(member.event, log.revision(member.event_id, PEOPLE))
    return reasons(shown(mine, Viewer.SELF), card, common)


def _fitting(event: Event, me: Shown, revision: int) -> list[Suggestion]:
    cards, common = _book(event, revision)
    found = [Suggestion(other, why) for other in cards if (why := reasons(me, other, common))]
    ordered = sorted(found, key=lambda each: (-fit(me, each.card, each.why), each.card.sort_key))
    return [each for each in ordered if each.card.member_id != me.member_id][:MOST]


def _book(event: Event, revision: int) -> tuple[list[Shown], frozenset[str]]:
    def read() -> tuple[list[Shown], frozenset[str]]:
        cards = [shown(card, Viewer.MEMBER) for card in db.session.scalars(cards_in_book(event))]
        return cards, too_common(line for card in cards for line in (*card.offers, *card.needs))

    return books.get((event.id, revision), read)
