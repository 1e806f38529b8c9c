"""How the live pieces of the contact book are drawn: a card in the book, the picture of the room, one's own notices."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from sqlalchemy import func, select

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import Notice, Source
from openspace.access.snapshots import MemberSnapshot
from openspace.board.fragments import books
from openspace.contacts.actions import has_notices, read_notices
from openspace.contacts.finding.suggestions import suggestions
from openspace.contacts.finding.why import Found
from openspace.contacts.models import (
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
from openspace.contacts.rules import Viewer
from openspace.contacts.shown import Shown, shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.text import alike


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
    communities = {alike(community) for community, _ in rows if community}
    cards = sum(count for _, count in rows)
    return render_template("contacts/_count.html", cards=cards, communities=len(communities))


def room_html(event: Event) -> str:
    """The picture of who is in the room."""
    return render_template("contacts/_room.html", event=event, room=circles_in(communities_in(event)))


def notices_of(member: Member) -> list[Notice]:
    """What is to be told to this member: new exchanges, and wishes to meet that turned out mutual."""
    return [
        Notice(icon, words(other.name), url_for("contacts.show", event=member.event.slug, member_id=other.id))
        for icon, words, table in (("link", _exchanged, Contact), ("heart", _mutual, Wish))
        for other in db.session.scalars(
            select(Member)
            .join(table, table.other_id == Member.id)
            .where(table.member_id == member.id, table.is_news)
            .order_by(table.at)
        )
    ]


def _exchanged(name: str) -> str:
    return str(gettext("You have exchanged contacts with %(name)s.", name=name))


def _mutual(name: str) -> str:
    return str(gettext("You and %(name)s want to meet each other.", name=name))


def in_book_of(event: Event, member_ids: set[int]) -> set[int]:
    """Which of these members have a card in the event's book."""
    cards = select(Card.member_id).join(Member, Card.member_id == Member.id)
    return set(db.session.scalars(cards.where(*in_book(event), Card.member_id.in_(member_ids))))


def draw_people(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Patches for `card-N`."""
    event = db.session.get_one(Event, event_id)
    ids = [int(subject.partition("-")[2]) for subject in subjects]
    cards = {card.member_id: card for card in db.session.scalars(cards_in_book(event, Card.member_id.in_(ids)))}
    for member_id in ids:
        card = cards.get(member_id)
        yield f"card-{member_id}", person_html(event, shown(card, Viewer.MEMBER)) if card else None
    yield "book-count", count_html(event)


def draw_room(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """The one patch of the room's picture."""
    yield "room-map", room_html(db.session.get_one(Event, event_id))


def mine(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """What only this person's book marks: whom they want to meet, and who fits them, in words."""
    member = db.session.get(Member, asking.id) if asking and channel == PEOPLE else None
    if member is None:
        return {}
    wishes = wishes_of(member)
    fits = {str(each.card.member_id): each.words for each in suggestions(member)}
    return {"meets": [ident for ident, kind in wishes.items() if kind == "meet"], "fits": fits}


fragments.register(PEOPLE, draw_people, rule=fragments.only("members"))
fragments.register(ROOM, draw_room, rule=fragments.only("members", "projector"))
fragments.register_personal(mine)
books.append(in_book_of)
notices.register(Source(has_notices, notices_of, read_notices))
