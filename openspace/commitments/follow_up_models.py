"""The tables of the follow-up: which rounds, the questions with their answers, letters, and where they go."""

import hmac
import secrets
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from flask import current_app
from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access.models import Member
from openspace.access.rules import hashed
from openspace.clock import now
from openspace.commitments.follow_up_rules import LEFT, WEEKS, Letters, Outcome
from openspace.commitments.models import Commitment
from openspace.commitments.rules import LONGEST
from openspace.contacts.models import card_of
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db


def _enum(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=10, values_callable=lambda members: [each.value for each in members])


class FollowUpPlan(Model):
    """The rounds that organisers have chosen, in weeks after the event. Without a row all of `WEEKS` are."""

    __tablename__ = "follow_up_plan"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    weeks: Mapped[str] = mapped_column(String(20), default="")
    # When a backup was brought back: what was due by then may have been sent after the backup was made.
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailAddress(Model):
    """Where a member agreed to be asked what came of what they promised."""

    __tablename__ = "mail_address"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    # Empty for that of their card: it is read there each time, so it is gone when the card is.
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(5))
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When the mail server refused it for good, and with which words.
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounce: Mapped[str] = mapped_column(String(200), default="")
    # When they asked not to be asked any more.
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[Member] = relationship()

    @property
    def is_card(self) -> bool:
        """Whether it is that of their card."""
        return not self.email

    @property
    def target(self) -> str:
        """The address that the member gave; empty if it was that of a card which is gone."""
        card = card_of(self.member_id) if self.is_card else None
        return card.email if card else self.email

    @property
    def check(self) -> "AddressCheck | None":
        """Whether that address has been asked, and what it said; None if it was not."""
        theirs = (AddressCheck.member_id == self.member_id, AddressCheck.hash == address_hash(self.target))
        return db.session.scalar(select(AddressCheck).where(*theirs))

    @property
    def is_confirmed(self) -> bool:
        """Whether who reads mail there has said that it is theirs."""
        check = self.check
        return bool(check and check.confirmed_at and not check.stopped_at)

    @property
    def now(self) -> str:
        """The address to which mail goes; empty if there is none."""
        if self.bounced_at or self.stopped_at or self.member.left_at or not self.is_confirmed:
            return ""
        return self.target


class AddressCheck(Model):
    """An address that a member gave, which gets one letter: who reads it there confirms it, or wants no mail.

    It stays when the member forgets the address, lest that gets another letter.
    """

    __tablename__ = "address_check"
    __table_args__ = (
        UniqueConstraint("member_id", "hash"),
        # A link must never confirm another address that has come under its id.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    # The address itself stands in `MailAddress` or on a card alone.
    hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[Letters] = mapped_column(_enum(Letters), default=Letters.WAITING)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[Member] = relationship()

    @property
    def token(self) -> str:
        """The secret of its link, which only the letter has."""
        return _signed(f"address check {self.id} {self.hash}")


def address_hash(email: str) -> str:
    """Return by what an address is known again, which tells it to nobody without the installation's secret."""
    return _signed(f"address {email.casefold()}")


def _signed(words: str) -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.new(secret.encode(), words.encode(), sha256).hexdigest()


def check_with(event_id: int, check_id: int, token: str) -> AddressCheck | None:
    """Return the address that a link is about; None for a link that is none."""
    check = db.session.get(AddressCheck, check_id)
    is_theirs = check is not None and check.member.event_id == event_id and check.member.left_at is None
    return check if check and is_theirs and hmac.compare_digest(check.token.encode(), token.encode()) else None


class FollowUp(Model):
    """The question what came of a commitment, so many weeks after the event, and its answer."""

    __tablename__ = "follow_up"
    __table_args__ = (
        # One for each round, whatever clocks and queues do.
        UniqueConstraint("commitment_id", "weeks"),
        # A link must never open another question that has come under its id.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id", ondelete="CASCADE"))
    weeks: Mapped[int]
    # Who is asked: the owner when the round began.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # Another salt makes another link, and ends the one before.
    salt: Mapped[str] = mapped_column(String(32), default=lambda: secrets.token_hex(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    outcome: Mapped[Outcome | None] = mapped_column(_enum(Outcome))
    words: Mapped[str] = mapped_column(String(LONGEST), default="")
    wants_help: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    commitment: Mapped[Commitment] = relationship()
    member: Mapped[Member | None] = relationship()
    letters: Mapped[list["Letter"]] = relationship(
        back_populates="follow_up", cascade="all, delete-orphan", passive_deletes=True, order_by="Letter.id"
    )

    @property
    def token(self) -> str:
        """The secret of its personal link: 256 bits, made of the installation's secret. The database has its hash."""
        return _signed(f"follow-up {self.event_id} {self.commitment_id} {self.weeks} {self.salt}")

    def renew(self) -> None:
        """Give it another link; the one before opens nothing any more."""
        self.salt = secrets.token_hex(16)
        self.token_hash = hashed(self.token)


class Letter(Model):
    """A letter to one member about a follow-up: the question, or the call for help to somebody who promised it.

    It is marked as being sent before it is, in a transaction of its own, so that it is sent at most once.
    """

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("follow_up_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    state: Mapped[Letters] = mapped_column(_enum(Letters), default=Letters.WAITING)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when the mail server refuses it for good, without saying that it is the address.
    refused_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the mail server said when it did not take it.
    said: Mapped[str] = mapped_column(String(200), default="")
    # Whether the call for help waits as a notice, too.
    is_news: Mapped[bool] = mapped_column(default=False)

    follow_up: Mapped[FollowUp] = relationship(back_populates="letters")
    member: Mapped[Member] = relationship()

    @property
    def is_question(self) -> bool:
        """Whether it asks what came of it; else it calls for help."""
        return self.member_id == self.follow_up.member_id


def weeks_of(event_id: int) -> list[int]:
    """Return the rounds that are chosen for an event, in weeks after its end."""
    plan = db.session.get(FollowUpPlan, event_id)
    return [int(each) for each in plan.weeks.split()] if plan else list(WEEKS)


def follow_up_with(event_id: int, token: str) -> FollowUp | None:
    """Return the question that a personal link opens; None for one that was replaced or never was."""
    found = select(FollowUp).where(FollowUp.event_id == event_id, FollowUp.token_hash == hashed(token))
    return db.session.scalar(found)


def follow_ups_of(event_id: int) -> list[FollowUp]:
    """Return all questions of an event: the latest round first, then in the order of the commitments."""
    loaded = (
        joinedload(FollowUp.commitment).joinedload(Commitment.owner),
        joinedload(FollowUp.member),
        joinedload(FollowUp.letters).joinedload(Letter.member),
    )
    found = select(FollowUp).where(FollowUp.event_id == event_id).options(*loaded)
    ordered = found.order_by(FollowUp.weeks.desc(), FollowUp.commitment_id)
    return list(db.session.scalars(ordered).unique())


def latest_answers(event_id: int) -> dict[int, FollowUp]:
    """Return the answer of the latest round to each commitment that has any, by the commitment's id."""
    found = select(FollowUp).where(FollowUp.event_id == event_id, FollowUp.outcome.is_not(None))
    return {each.commitment_id: each for each in db.session.scalars(found.order_by(FollowUp.weeks))}


def left_letters(event_id: int) -> list[Letter]:
    """Return the letters of an event that are sent only if an organiser says so."""
    found = select(Letter).join(FollowUp).where(FollowUp.event_id == event_id, Letter.state.in_(LEFT))
    return list(db.session.scalars(found.order_by(Letter.id)))


def unsent_letter(event_id: int) -> Letter | None:
    """Return the letter of an event that waits because the mail server was away the last time, if any does.

    One that it refuses, while it may take others, says so where it is listed.
    """
    waiting = select(Letter).join(FollowUp).where(FollowUp.event_id == event_id, Letter.state == Letters.WAITING)
    not_taken = waiting.where(Letter.said != "", Letter.refused_since.is_(None))
    return db.session.scalar(not_taken.order_by(Letter.next_at.desc()).limit(1))


def bounced_addresses(event_id: int) -> list[MailAddress]:
    """Return the addresses of an event's members from which mail came back."""
    found = select(MailAddress).join(MailAddress.member).where(Member.event_id == event_id)
    return list(db.session.scalars(found.where(MailAddress.bounced_at.is_not(None)).order_by(MailAddress.member_id)))
