"""The tables of commitments and of what members say to them, and the queries on them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Enum, ForeignKey, String, UniqueConstraint, exists, func, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.commitments.rules import LONGEST, OPEN, State, Word, column, order
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db
from openspace.notes.models import NextStep

# The channel of the live log. Its subjects are `commitment-N`.
COMMITMENTS = "commitments"


def _enum(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=10, values_callable=lambda members: [each.value for each in members])


class Commitment(Model):
    """What somebody promised, or is asked to: what, its first step, and by when."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        # A personal link must never open another commitment that has come under its id.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    # Made by the form that wrote it, which may be sent again.
    key: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(LONGEST))
    first_step: Mapped[str] = mapped_column(String(LONGEST), default="")
    due_on: Mapped[date | None]
    state: Mapped[State] = mapped_column(_enum(State), default=State.PROPOSED)
    # The sentence with which it was let go.
    why: Mapped[str] = mapped_column(String(LONGEST), default="")
    # None while somebody is looked for who takes it on.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # Who wrote it down.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"), index=True)
    # The next step of notes that it was made of. Each is taken over once.
    step_id: Mapped[int | None] = mapped_column(ForeignKey("note_step.id", ondelete="SET NULL"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When it was done or let go.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when facilitators hide it, as it abuses somebody.
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Grows with each change: whoever changes an older one is told.
    revision: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
    owner: Mapped[Member | None] = relationship(foreign_keys=[owner_id])
    topic: Mapped[Topic | None] = relationship()
    step: Mapped[NextStep | None] = relationship()
    pledges: Mapped[list["Pledge"]] = relationship(
        back_populates="commitment",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Pledge.at, Pledge.member_id",
    )

    @property
    def column(self) -> str:
        """The column of the wall in which it stands."""
        return column(self.state)

    @property
    def order(self) -> int:
        """Its sort key on the wall."""
        return order(self.state, self.due_on, self.id)

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor let go."""
        return self.state in OPEN

    def pledge_of(self, member_id: int) -> "Pledge | None":
        """What this member says to it; None for somebody who was not asked."""
        return next((each for each in self.pledges if each.member_id == member_id), None)

    def word_of(self, member_id: int | None) -> Word | None:
        """The word of this member; None for somebody who was not asked."""
        pledge = self.pledge_of(member_id) if member_id else None
        return pledge.word if pledge else None

    @property
    def is_owned(self) -> bool:
        """Whether its owner has said yes."""
        return self.word_of(self.owner_id) == Word.YES

    def said(self, *words: Word) -> list[Member]:
        """Return the members besides the owner who said one of these words, in the order in which they were asked."""
        return [each.member for each in self.pledges if each.word in words and each.member_id != self.owner_id]

    @property
    def helpers(self) -> list[Member]:
        """Those who help."""
        return self.said(Word.YES)

    @property
    def awaited(self) -> list[Member]:
        """Those whose answer is waited for: the owner, and who was asked to help."""
        return [each.member for each in self.pledges if each.word == Word.ASKED]

    @property
    def people(self) -> list["Pledge"]:
        """What those say who stand on its sheet: the owner first, and nobody who said no or nothing."""
        shown = [each for each in self.pledges if each.word in (Word.YES, Word.ASKED)]
        return sorted(shown, key=lambda each: (each.member_id != self.owner_id, each.at, each.member_id))

    @property
    def is_shared(self) -> bool:
        """Whether its owner lets it stand on the public page of outcomes, and no facilitator hides it."""
        pledge = self.pledge_of(self.owner_id) if self.is_owned and self.owner_id else None
        return bool(pledge and pledge.shared_at) and self.hidden_at is None

    @property
    def named(self) -> list[Member]:
        """Those who promised it and let their names stand with it in public, the owner first."""
        return [each.member for each in self.people if each.word == Word.YES and each.named_at]

    @property
    def origin(self) -> Topic | None:
        """The topic from which it came, of a merged one the joint; None if that was taken down."""
        topic = self.topic and (self.topic.joint or self.topic)
        return topic if topic and topic.withdrawn_at is None else None


class Pledge(Model):
    """What a member says to a commitment: the owner, or somebody who was asked to help or offered to."""

    __tablename__ = "pledge"

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    word: Mapped[Word] = mapped_column(_enum(Word), default=Word.ASKED)
    # Who asked; None for whoever offered it.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # When they were asked, or offered it; of an owner who said yes, when they took it on.
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # Whether the owner has not read yet what was answered; in the owner's own row, that somebody else let it go.
    is_news: Mapped[bool] = mapped_column(default=False)
    # Since when the owner lets the commitment stand on the public page of outcomes, without a name.
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when the member lets their name stand with it there, and in the book.
    named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    commitment: Mapped[Commitment] = relationship(back_populates="pledges")
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    by: Mapped[Member | None] = relationship(foreign_keys=[by_id])


_SHOWN = (
    joinedload(Commitment.owner),
    joinedload(Commitment.topic).joinedload(Topic.joint),
    selectinload(Commitment.pledges).joinedload(Pledge.member),
)


def commitments_of(event_id: int) -> list[Commitment]:
    """Return all commitments of an event, with what is shown of them, in the order of the wall, hidden ones too."""
    found = db.session.scalars(select(Commitment).where(Commitment.event_id == event_id).options(*_SHOWN))
    return sorted(found, key=lambda each: each.order)


def shown_commitments_of(event_id: int) -> list[Commitment]:
    """Return the commitments of an event that no facilitator hides, as `commitments_of` does."""
    return [each for each in commitments_of(event_id) if each.hidden_at is None]


def counts(event_id: int) -> dict[str, int]:
    """Count the commitments in each column of the wall."""
    shown = (Commitment.event_id == event_id, Commitment.hidden_at.is_(None))
    found = select(Commitment.state, func.count()).where(*shown).group_by(Commitment.state)
    numbers = dict.fromkeys(("waiting", "taken", "done", "over"), 0)
    for state, number in db.session.execute(found):
        numbers[column(state)] += number
    return numbers


def open_ones(event_id: int, *which: ColumnElement[bool]) -> int:
    """Count the open commitments of an event that nobody hides, all or those `which`."""
    shown = (Commitment.event_id == event_id, Commitment.hidden_at.is_(None))
    found = select(func.count()).where(*shown, Commitment.state.in_(OPEN), *which)
    return db.session.scalar(found) or 0


def commitments_with(member_id: int) -> list[Commitment]:
    """Return the commitments that a member owns, helps with, or is asked about, in the order of the wall.

    Those that facilitators hide are left out.
    """
    theirs = exists().where(
        Pledge.commitment_id == Commitment.id, Pledge.member_id == member_id, Pledge.word.in_((Word.YES, Word.ASKED))
    )
    found = select(Commitment).where(or_(Commitment.owner_id == member_id, theirs), Commitment.hidden_at.is_(None))
    found = found.options(*_SHOWN)
    return sorted(db.session.scalars(found), key=lambda each: each.order)


def naming(member: Member) -> list[Commitment]:
    """Return the commitments on whose sheets the member may stand."""
    named = select(Pledge.commitment_id).where(Pledge.member_id == member.id)
    return list(db.session.scalars(select(Commitment).where(Commitment.id.in_(named)).order_by(Commitment.id)))
