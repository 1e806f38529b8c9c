"""Renders the live parts of the contact book: cards, the picture of the room, and personal JSON."""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from sqlalchemy import func, select

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.board.fragments import books
from openspace.contacts.finding.highlights import Highlights
from openspace.contacts.finding.suggestions import suggestions
from openspace.contacts.models import (
    PEOPLE,
    ROOM,
    Card,
    cards_in_book,
    community_counts,
    in_book,
    wishes_of,
)
from openspace.contacts.room import room_of
from openspace.contacts.rules import Viewer
from openspace.contacts.visible import VisibleCard, visible_to
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.text import alike


def person_html(event: Event, card: VisibleCard, typed: str = "") -> str:
    """Render a card for the book's list; what was `typed` into the search is highlighted."""
    return render_template("contacts/_person.html", event=event, card=card, highlights=Highlights(card, typed))


def count_html(event: Event) -> str:
    """Render how many cards from how many communities are in the book."""
    rows = db.session.execute(
        select(Member.community, func.count())
        .join(Card, Card.member_id == Member.id)
        .where(*in_book(event))
        .group_by(Member.community)
    ).all()
    communities = {alike(community) for community, _ in rows if community}
    cards = sum(count for _, count in rows)
    return render_template("contacts/_count.html", cards=cards, communities=len(communities))


def room_html(event: Event) -> str:
    """Render the picture of who is in the room."""
    return render_template("contacts/_room.html", event=event, room=room_of(community_counts(event)))


def in_book_of(event: Event, member_ids: set[int]) -> set[int]:
    """Return those of the ids whose members have a card in the event's book."""
    cards = select(Card.member_id).join(Member, Card.member_id == Member.id)
    return set(db.session.scalars(cards.where(*in_book(event), Card.member_id.in_(member_ids))))


def draw_people(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `card-N`, and one for the count of cards."""
    event = db.session.get_one(Event, event_id)
    ids = [int(subject.partition("-")[2]) for subject in subjects]
    cards = {card.member_id: card for card in db.session.scalars(cards_in_book(event, Card.member_id.in_(ids)))}
    for member_id in ids:
        card = cards.get(member_id)
        yield f"card-{member_id}", person_html(event, visible_to(card, Viewer.MEMBER)) if card else None
    yield "book-count", count_html(event)


def draw_room(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield the one patch of this channel: the picture of the room."""
    yield "room-map", room_html(db.session.get_one(Event, event_id))


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of the book: `meets`, ids to mark, and `fits`, id to reason of each suggestion."""
    member = db.session.get(Member, asking.id) if asking else None
    if member is None:
        return {}
    wishes = wishes_of(member)
    fits = {str(each.card.member_id): each.words for each in suggestions(member)}
    return {"meets": [ident for ident, kind in wishes.items() if kind == "meet"], "fits": fits}


fragments.register(PEOPLE, draw_people, rule=fragments.only("members"))
fragments.register(ROOM, draw_room, rule=fragments.only("members", "projector"))
fragments.register_personal(personal_json, PEOPLE)
books.append(in_book_of)
