"""How the live pieces of the contact book are drawn: a card in the book, the picture of the room, one's own news."""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from sqlalchemy import func, select

from openspace.access.models import Member
from openspace.contacts import changes
from openspace.contacts.models import (
    MINE,
    PEOPLE,
    ROOM,
    Card,
    Contact,
    Wish,
    cards_in_book,
    communities_in,
    in_book,
    wishes_of,
)
from openspace.contacts.room import circles_in
from openspace.contacts.rules import Viewer, folded
from openspace.contacts.shown import Shown, shown
from openspace.contacts.suggestions import suggestions
from openspace.contacts.why import Found
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View


def person_html(event: Event, card: Shown, typed: str = "") -> str:
    """A card as it stands in the book: the same for every member who `typed` the same into the search."""
    return render_template("contacts/_person.html", event=event, card=card, why=Found(card, typed))


def count_html(event: Event) -> str:
    """How many cards of how many communities there are."""
    rows = db.session.execute(
        select(Member.community, func.count())
        .join(Card, Card.member_id == Member.id)
        .where(*in_book(event))
        .group_by(Member.community)
    ).all()
    communities = {folded(community) for community, _ in rows if community}
    cards = sum(count for _, count in rows)
    return render_template("contacts/_count.html", cards=cards, communities=len(communities))


def room_html(event: Event) -> str:
    """The picture of who is in the room."""
    return render_template("contacts/_room.html", event=event, room=circles_in(communities_in(event)))


def news_html(member: Member) -> str:
    """What is to be told to this member: new exchanges, and wishes to meet that turned out mutual."""
    return render_template("contacts/_news.html", event=member.event, news=_news_of(member))


def _news_of(member: Member) -> list[tuple[str, Member]]:
    found: list[tuple[str, Member]] = []
    for kind, table in (("exchanged", Contact), ("mutual", Wish)):
        others = select(Member).join(table, table.other_id == Member.id).order_by(table.at)
        found += [
            (kind, other) for other in db.session.scalars(others.where(table.member_id == member.id, table.is_news))
        ]
    return found


def draw_people(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Patches for `card-N`: members see it, others never learn of it."""
    if view.audience != "members":
        return
    event = db.session.get_one(Event, event_id)
    ids = [int(subject.partition("-")[2]) for subject in subjects]
    cards = {card.member_id: card for card in db.session.scalars(cards_in_book(event, Card.member_id.in_(ids)))}
    for member_id in ids:
        card = cards.get(member_id)
        yield f"card-{member_id}", person_html(event, shown(card, Viewer.MEMBER)) if card else None
    yield "book-count", count_html(event)


def draw_room(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """The one patch of the room's picture."""
    if view.audience == "members":
        yield "room-map", room_html(db.session.get_one(Event, event_id))


def draw_mine(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """The one patch of the channel that only its member knows."""
    for member_id in {int(subject.partition("-")[2]) for subject in subjects}:
        member = db.session.get(Member, member_id)
        if member and changes.mine(member) == channel and view.audience == "members":
            yield "news", news_html(member)


def mine(member: Member | None, channel: str, revision: int) -> dict[str, Any]:
    """What only this person's book marks: whom they want to meet, and who fits them, in words."""
    if member is None or channel != PEOPLE:
        return {}
    wishes = wishes_of(member)
    fits = {str(each.card.member_id): each.words for each in suggestions(member)}
    return {"meets": [ident for ident, kind in wishes.items() if kind == "meet"], "fits": fits}


fragments.register(PEOPLE, draw_people, for_seats=True)
fragments.register(ROOM, draw_room)
fragments.register(MINE, draw_mine, for_seats=True)
fragments.register_personal(mine)
