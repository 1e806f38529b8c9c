"""Tables of the contact book: cards and what their owners agreed to, exchanges, wishes to meet."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    Text,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Interest, Placement, Topic
from openspace.clock import now
from openspace.collation import collated
from openspace.contacts.rules import FIELDS, LISTS, Visibility, first_visibility
from openspace.events.models import Event, Slot
from openspace.extensions import Model, UtcDateTime, db
from openspace.text import alike, in_one_spelling

PEOPLE, ROOM = "people", "room"
# Somebody is here while a page of theirs was open not longer ago than this.
HERE_FOR = timedelta(minutes=30)


class Card(Model):
    """A member's page in the contact book. It is in the book from its owner's consent until that ends."""

    __tablename__ = "card"
    __table_args__ = (Index("ix_card_event_id_sort_key", "event_id", "sort_key"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    occupation: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    # ISO 3166-1, two letters.
    country: Mapped[str] = mapped_column(String(2), default="")
    about: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    telegram: Mapped[str] = mapped_column(String(64), default="")
    signal: Mapped[str] = mapped_column(String(120), default="")
    whatsapp: Mapped[str] = mapped_column(String(40), default="")
    linkedin: Mapped[str] = mapped_column(String(200), default="")
    facebook: Mapped[str] = mapped_column(String(200), default="")
    web: Mapped[str] = mapped_column(String(200), default="")
    # The digest of the picture, which is its address too; empty without one.
    photo: Mapped[str] = mapped_column(String(32), default="")
    # Field to visibility, where it is not what a field begins with.
    visibilities: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # The secret in the QR code by which others exchange contacts with the owner.
    code: Mapped[str] = mapped_column(String(40), unique=True)
    # Where the name stands in the order of names: see `openspace.collation`. Both databases compare it byte by byte.
    sort_key: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), default="")
    in_book_until: Mapped[date | None]

    member: Mapped[Member] = relationship()
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan", order_by="Line.place")

    @property
    def is_in_book(self) -> bool:
        """Whether others are shown it."""
        return self.in_book_until is not None and self.in_book_until >= now().date()

    def visibility(self, field: str) -> Visibility:
        """Whom a field is shown to."""
        return Visibility(self.visibilities.get(field, first_visibility(field)))

    def listed(self, kind: str) -> list[str]:
        """The lines of one kind, in order."""
        return [line.text for line in self.lines if line.kind == kind]

    def value(self, field: str) -> Any:
        """What stands in a field: a text, or a list of texts."""
        return self.listed(field) if field in LISTS else getattr(self, field)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written on it yet."""
        return not any(self.value(field) for field in FIELDS)


class Line(Model):
    """One of several: a language (ISO 639-1), a tag of interest, something offered or looked for."""

    __tablename__ = "card_line"
    __table_args__ = (Index("ix_card_line_kind_text", "kind", "text"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("card.member_id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(120))


class Photo(Model):
    """The picture on a card, square, as WebP in two sizes.

    Here and not on disk, for it is small, goes in the same transaction as its card, and every server has it.
    """

    __tablename__ = "card_photo"

    member_id: Mapped[int] = mapped_column(ForeignKey("card.member_id", ondelete="CASCADE"), primary_key=True)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    large: Mapped[bytes] = mapped_column(LargeBinary)


class Consent(Model):
    """What somebody agreed to, and when: it stays, without the card, as the proof that it was given and taken back."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    # The sentence as it was read.
    words: Mapped[str] = mapped_column(Text)
    kept_until: Mapped[date]
    # What may go into the organisers' list.
    exports_card: Mapped[bool] = mapped_column(default=False)
    exports_details: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[Member] = relationship()


class Contact(Model):
    """One side of an exchange: what `member` keeps of `other`. The other side is a row of its own."""

    __tablename__ = "contact"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # Where they met, as far as the board tells.
    place: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    is_news: Mapped[bool] = mapped_column(default=True)

    other: Mapped[Member] = relationship(foreign_keys=[other_id])


class Wish(Model):
    """That `member` wants to meet `other` (`meet`), or not now (`later`): nobody else knows, unless it is mutual."""

    __tablename__ = "wish"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(5))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    is_news: Mapped[bool] = mapped_column(default=False)

    other: Mapped[Member] = relationship(foreign_keys=[other_id])


def in_book(event: Event) -> tuple[ColumnElement[bool], ...]:
    """The condition for the cards that are in the event's book."""
    return (Card.event_id == event.id, Card.in_book_until >= now().date(), Member.left_at.is_(None))


def cards_in_book(event: Event, *conditions: ColumnElement[bool]) -> Select[Card]:
    """The event's cards with their members and lines, in the order of names."""
    return (
        select(Card)
        .join(Card.member)
        .where(*in_book(event), *conditions)
        .options(contains_eager(Card.member), selectinload(Card.lines))
        .order_by(Card.sort_key, Card.member_id)
    )


def card_of(member_id: int) -> Card | None:
    """Somebody's card, in the book or not."""
    loaded = (joinedload(Card.member), selectinload(Card.lines))
    return db.session.scalar(select(Card).where(Card.member_id == member_id).options(*loaded))


def has_line(event: Event, kind: str, text: str) -> ColumnElement[bool]:
    """The condition for cards with such a line, however it is spelt, as far as everybody may see it."""
    there = select(Line.text).join(Card, Card.member_id == Line.member_id).distinct()
    spellings = _alike(text, there.where(Card.event_id == event.id, Line.kind == kind))
    return exists().where(Line.member_id == Card.member_id, Line.kind == kind, Line.text.in_(spellings)) & is_open(kind)


def is_from(event: Event, community: str) -> ColumnElement[bool]:
    """The condition for members from a community, however it is spelt."""
    there = select(Member.community).where(Member.event_id == event.id).distinct()
    return Member.community.in_(_alike(community, there))


def _alike(name: str, spelt: Select[str]) -> list[str]:
    return [each for each in db.session.scalars(spelt) if alike(each) == alike(name)]


def is_open(field: str) -> ColumnElement[bool]:
    """The condition for cards whose field everybody is shown."""
    chosen = func.coalesce(Card.visibilities[field].as_string(), first_visibility(field))
    return chosen == Visibility.EVERYONE


def is_here() -> ColumnElement[bool]:
    """The condition for members who are here now."""
    return Member.seen_at >= now() - HERE_FOR


def tags_of(event: Event, kind: str, most: int) -> list[str]:
    """The lines of a kind that stand on most cards of the event, the most frequent first, each in one spelling."""
    rows = db.session.execute(
        select(Line.text, func.count())
        .join(Card, Card.member_id == Line.member_id)
        .join(Card.member)
        .where(*in_book(event), Line.kind == kind, is_open(kind))
        .group_by(Line.text)
    )
    counts = in_one_spelling(sorted((text.lstrip("#") or text, count) for text, count in rows))
    return sorted(counts, key=lambda text: (-counts[text], collated(text)))[:most]


def has_exchanged(member: Member, other_id: int) -> bool:
    """Whether these two have exchanged contacts."""
    return db.session.get(Contact, (member.id, other_id)) is not None


def contacts_of(member: Member) -> list[Contact]:
    """With whom the member has exchanged contacts, the latest first."""
    found = select(Contact).where(Contact.member_id == member.id).options(joinedload(Contact.other))
    return list(db.session.scalars(found.order_by(Contact.at.desc(), Contact.other_id)))


def wishes_of(member: Member) -> dict[int, str]:
    """Whom the member wants to meet or not now, by the others' ids."""
    return dict(db.session.execute(select(Wish.other_id, Wish.kind).where(Wish.member_id == member.id)).all())


def wants_to_meet(member_id: int, other_id: int) -> Wish | None:
    """The wish of one to meet the other."""
    wish = db.session.get(Wish, (member_id, other_id))
    return wish if wish and wish.kind == "meet" else None


def whereabouts(event: Event, member_ids: Iterable[int]) -> dict[int, Placement]:
    """Where each of these people has a chair or a topic now, else next, before the day is over."""
    ids, moment = list(member_ids), now()
    goes = and_(Interest.topic_id == Topic.id, Interest.kind == "go", Interest.member_id.in_(ids))
    rows = db.session.execute(
        select(Placement, Interest.member_id, Topic.convener_id)
        .join(Placement.topic)
        .join(Placement.slot)
        .outerjoin(Interest, goes)
        .where(
            Topic.event_id == event.id,
            Slot.ends_at > moment,
            Slot.starts_at < moment + timedelta(hours=12),
            or_(Interest.member_id.is_not(None), Topic.convener_id.in_(ids)),
        )
        .options(contains_eager(Placement.topic), contains_eager(Placement.slot), joinedload(Placement.space))
        .order_by(Slot.starts_at)
    )
    found: dict[int, Placement] = {}
    for placement, going, convener in rows:
        for member_id in (convener, going):
            if member_id in ids:
                found.setdefault(member_id, placement)
    return found


def communities_in(event: Event) -> list[tuple[str, str, int]]:
    """Who sits in the circle, by community as it is written and country as everybody may see it: how many of each."""
    country = db.case((and_(*in_book(event), is_open("country")), Card.country), else_="")
    rows = db.session.execute(
        select(Member.community, country, func.count())
        .outerjoin(Card, Card.member_id == Member.id)
        .where(Member.event_id == event.id, Member.left_at.is_(None))
        .group_by(Member.community, country)
    )
    return [(community, found or "", count) for community, found, count in rows]
