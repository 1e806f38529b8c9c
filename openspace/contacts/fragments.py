"""Renders the live parts of the contact book: cards, the picture of the room, and personal JSON."""

from collections.abc import Iterable, Set
from typing import Any

from flask import render_template

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.board.fragments import books
from openspace.contacts.finding.book import Book, book_of, present_book
from openspace.contacts.finding.highlights import Highlights
from openspace.contacts.finding.suggestions import Suggestion, suggestions
from openspace.contacts.models import PEOPLE, ROOM, card_of, community_counts, wishes_of
from openspace.contacts.room import room_of
from openspace.contacts.visible import VisibleCard
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.web.cache import LruCache
from openspace.web.i18n import language

# Cards of the book's list, by the event's address, the language and all that every member sees of the card.
person_cache = LruCache(512)


def person_html(event: Event, card: VisibleCard, typed: str = "") -> str:
    """Render a card for the book's list; what was `typed` into the search is highlighted."""
    if typed:
        return _person(event, card, typed)
    return person_cache.get((event.slug, language(), card), lambda: _person(event, card, ""))


def _person(event: Event, card: VisibleCard, typed: str) -> str:
    return render_template("contacts/_person.html", event=event, card=card, highlights=Highlights(card, typed))


def count_html(book: Book) -> str:
    """Render how many cards from how many communities are in the book."""
    return render_template("contacts/_count.html", cards=len(book.cards), communities=len(book.communities))


def room_html(event: Event) -> str:
    """Render the picture of who is in the room."""
    return render_template("contacts/_room.html", event=event, room=room_of(community_counts(event)))


def in_book_of(event: Event, member_ids: Set[int]) -> set[int]:
    """Return those of the ids whose members have a card in the event's book."""
    return member_ids & present_book(event.id).cards.keys()


def draw_people(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `card-N`, and one for the count of cards."""
    event, book = db.session.get_one(Event, event_id), present_book(event_id)
    for subject in subjects:
        card = book.cards.get(int(subject.partition("-")[2]))
        yield subject, person_html(event, card) if card else None
    yield "book-count", count_html(book)


def draw_room(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield the one patch of this channel: the picture of the room."""
    yield "room-map", room_html(db.session.get_one(Event, event_id))


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of the book for a page that follows `PEOPLE`: see `marks`."""
    member = db.session.get(Member, asking.id) if asking else None
    if member is None:
        return {}
    return marks(wishes_of(member), suggestions(card_of(member.id), book_of(member.event_id, revision)))


def marks(wishes: dict[int, str], suggested: Iterable[Suggestion]) -> dict[str, Any]:
    """Return a member's own part of the book: `meets`, ids to mark, and `fits`, id to reason of each suggestion."""
    fits = {str(each.card.member_id): each.words for each in suggested}
    return {"meets": [ident for ident, kind in wishes.items() if kind == "meet"], "fits": fits}


fragments.register(PEOPLE, draw_people, rule=fragments.only("members"))
fragments.register(ROOM, draw_room, rule=fragments.only("members", "projector"))
fragments.register_personal(personal_json, PEOPLE)
books.append(in_book_of)
