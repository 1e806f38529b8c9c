"""Tables of the contact book: cards, photos, consents, exchanged contacts, wishes to meet; and their queries."""

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
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Interest, Placement, Topic
from openspace.clock import now
from openspace.contacts.rules import FIELDS, LISTS, Visibility, first_visibility
from openspace.events.models import Event, Slot
from openspace.extensions import Model, UtcDateTime, db

# Channels of the live log.
PEOPLE, ROOM = "people", "room"
# A member counts as here for so long after the last sign of an open page (`Member.seen_at`).
HERE_FOR = timedelta(minutes=30)


class Card(Model):
    """A member's page in the contact book. Others may see it from the owner's consent until that ends."""

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
    # Digest of the photo, which is part of its address; empty without a photo.
    photo: Mapped[str] = mapped_column(String(32), default="")
    # Field to visibility, where it differs from `first_visibility`.
    visibilities: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # The secret in the QR code by which others exchange contacts with the owner.
    code: Mapped[str] = mapped_column(String(40), unique=True)
    # Collation key of the name (`openspace.collation`), which both databases compare byte by byte.
    sort_key: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), default="")
    in_book_until: Mapped[date | None]

    member: Mapped[Member] = relationship()
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan", order_by="Line.place")

    @property
    def is_in_book(self) -> bool:
        """Whether others may see it: its consent has not ended or run out."""
        return self.in_book_until is not None and self.in_book_until >= now().date()

    def visibility(self, field: str) -> Visibility:
        """Return to whom the owner shows a field."""
        return Visibility(self.visibilities.get(field, first_visibility(field)))

    def lines_of(self, kind: str) -> list[str]:
        """Return the texts of a list field such as `offers`, in the owner's order."""
        return [line.text for line in self.lines if line.kind == kind]

    def value(self, field: str) -> Any:
        """Return the value of a field: a text, or a list of texts for one of `LISTS`."""
        return self.lines_of(field) if field in LISTS else getattr(self, field)

    @property
    def is_blank(self) -> bool:
        """Whether all fields of the card are empty."""
        return not any(self.value(field) for field in FIELDS)


class Line(Model):
    """One entry of a list field of a card (`kind`): a language (ISO 639-1), an interest, an offer or a need."""

    __tablename__ = "card_line"
    __table_args__ = (Index("ix_card_line_kind_text", "kind", "text"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("card.member_id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(120))


class Photo(Model):
    """The photo on a card, square, as WebP in two sizes.

    In the database and not on disk: it is small, is deleted in one transaction with its card, and every server has it.
    """

    __tablename__ = "card_photo"

    member_id: Mapped[int] = mapped_column(ForeignKey("card.member_id", ondelete="CASCADE"), primary_key=True)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    large: Mapped[bytes] = mapped_column(LargeBinary)


class Consent(Model):
    """A consent to be in the book. It is kept after the card is deleted, as proof of when it was given and ended."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    # The sentence that the owner read and agreed to.
    words: Mapped[str] = mapped_column(Text)
    kept_until: Mapped[date]
    # Whether organisers may export the card, and its contact details.
    exports_card: Mapped[bool] = mapped_column(default=False)
    exports_details: Mapped[bool] = mapped_column(default=False)
    # Whether name and community may stand in the book of the event.
    prints_name: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[Member] = relationship()


class Contact(Model):
    """One side of an exchange of contacts: `member` may see more of `other`. The other side is a second row."""

    __tablename__ = "contact"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # The space in which the scanning member had a chair when they exchanged; empty if the board does not tell.
    place: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    is_news: Mapped[bool] = mapped_column(default=True)

    other: Mapped[Member] = relationship(foreign_keys=[other_id])


class Wish(Model):
    """A mark of `member` on `other`: wants to meet them (`meet`), or not now (`later`).

    Secret, unless both want to meet: then both are told.
    """

    __tablename__ = "wish"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(5))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    is_news: Mapped[bool] = mapped_column(default=False)

    other: Mapped[Member] = relationship(foreign_keys=[other_id])


# Built once, because nearly every page of the book asks them.
_CARD = select(Card).where(Card.member_id == bindparam("id_of_member")).options(joinedload(Card.member))
_WISHES = select(Wish.other_id, Wish.kind).where(Wish.member_id == bindparam("member_id"))
_KNOWN = union_all(
    *(select(table.other_id).where(table.member_id == bindparam("member_id")) for table in (Contact, Wish))
)


def in_book(event_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for cards that are in the event's book; the query must join `Member`."""
    return (Card.event_id == event_id, Card.in_book_until >= now().date(), Member.left_at.is_(None))


def cards_in_book(event_id: int, *conditions: ColumnElement[bool]) -> Select[Card]:
    """Return a query for the cards in the event's book, with their members and lines, in the order of names."""
    return (
        select(Card)
        .join(Card.member)
        .where(*in_book(event_id), *conditions)
        .options(contains_eager(Card.member), selectinload(Card.lines))
        .order_by(Card.sort_key, Card.member_id)
    )


def card_of(member_id: int) -> Card | None:
    """Return a member's card with its member, also if it is not in the book. Its lines are loaded when first used."""
    return db.session.scalar(_CARD, {"id_of_member": member_id})


def is_open(field: str) -> ColumnElement[bool]:
    """Return the condition for cards that show a field to everyone."""
    chosen = func.coalesce(Card.visibilities[field].as_string(), first_visibility(field))
    return chosen == Visibility.EVERYONE


def members_here(event_id: int) -> set[int]:
    """Return the ids of the members who are here now (see `HERE_FOR`)."""
    here = select(Member.id).where(Member.event_id == event_id, Member.seen_at >= now() - HERE_FOR)
    return set(db.session.scalars(here))


def has_exchanged(member: Member, other_id: int) -> bool:
    """Whether the two members have exchanged contacts."""
    return db.session.get(Contact, (member.id, other_id)) is not None


def contacts_of(member: Member) -> list[Contact]:
    """Return the member's sides of their exchanges, with the others loaded, the latest first."""
    found = select(Contact).where(Contact.member_id == member.id).options(joinedload(Contact.other))
    return list(db.session.scalars(found.order_by(Contact.at.desc(), Contact.other_id)))


def wishes_of(member: Member) -> dict[int, str]:
    """Return the member's marks: the other's id to `meet` or `later`."""
    return dict(db.session.execute(_WISHES, {"member_id": member.id}).all())


def known_to(member_id: int) -> set[int]:
    """Return the ids of the members with whom a member has exchanged contacts, or whom they have marked."""
    return set(db.session.scalars(_KNOWN, {"member_id": member_id}))


def wish_to_meet(member_id: int, other_id: int) -> Wish | None:
    """Return the wish of one member to meet the other; None if there is none, or it says `later`."""
    wish = db.session.get(Wish, (member_id, other_id))
    return wish if wish and wish.kind == "meet" else None


def whereabouts(event: Event, member_ids: Iterable[int]) -> dict[int, Placement]:
    """Return for each member id the placement where they have a chair or are the convener, now or within 12 hours.

    The earliest one counts; who has none is left out.
    """
    ids, moment = list(member_ids), now()
    if not ids:
        return {}
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


def community_counts(event: Event) -> list[tuple[str, str, int]]:
    """Count the event's members: (community as it was typed, country if the card shows it to everyone, number)."""
    country = db.case((and_(*in_book(event.id), is_open("country")), Card.country), else_="")
    rows = db.session.execute(
        select(Member.community, country, func.count())
        .outerjoin(Card, Card.member_id == Member.id)
        .where(Member.event_id == event.id, Member.left_at.is_(None))
        .group_by(Member.community, country)
    )
    return [(community, found or "", count) for community, found, count in rows]
