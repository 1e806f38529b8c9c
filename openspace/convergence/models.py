"""Tables of rounds of dots: their topics, what people have given, sealed until the end, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.convergence.rules import GRACE, RESULT_STAYS, Ranked, ranked
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db

# The channel of the live log, for members and for projectors.
DOTS = "dots"


class State(StrEnum):
    """How far a round is: people read, they give, what is on its way arrives, paper is counted, the result is there."""

    READING = "reading"
    OPEN = "open"
    COUNTING = "counting"
    PAPER = "paper"
    OVER = "over"


class DotRound(Model):
    """A round in which everybody gives dots to topics. The last one of an event is the present one."""

    __tablename__ = "dot_round"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    per_person: Mapped[int]
    # Whether one person may give several dots to one topic.
    is_stacked: Mapped[bool]
    minutes: Mapped[int]
    # How many topics go on; more if there are ties.
    going_on: Mapped[int]
    # Whether people also put dots on paper: then it is counted only when facilitators have entered these.
    has_paper: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # Of a round with paper: since when phones can give nothing more, and only paper is awaited.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Without it nothing that was sealed can be opened any more: it is deleted when the round is counted.
    salt: Mapped[str] = mapped_column(String(32))
    # Once counted: the people who have given, those of them on paper, and seals that could not be opened.
    givers: Mapped[int] = mapped_column(default=0)
    on_paper: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()
    topics: Mapped[list["DotTopic"]] = relationship(
        back_populates="round", cascade="all, delete-orphan", order_by="DotTopic.place"
    )

    @property
    def state(self) -> State:
        """How far it is, by the server's clock."""
        if self.counted_at:
            return State.OVER
        if self.closed_at:
            return State.PAPER
        if self.ends_at is None:
            return State.READING
        return State.OPEN if now() < self.ends_at else State.COUNTING

    @property
    def takes_dots(self) -> bool:
        """Whether dots that arrive now count: until a moment after the end, for those that were on their way."""
        return self.takes(now())

    def takes(self, arrived: datetime) -> bool:
        """Whether dots count that arrived then, if it was before this moment: they may have waited for the lock."""
        is_closed = self.closed_at or self.counted_at
        return not is_closed and self.ends_at is not None and arrived < self.ends_at + GRACE

    @property
    def takes_paper(self) -> bool:
        """Whether sheets of paper that are entered now count: within the window, or after it if paper is awaited."""
        return self.takes_dots or (self.has_paper and self.ends_at is not None and self.counted_at is None)

    @property
    def dots(self) -> int:
        """The sum of all dots, once they are counted."""
        return sum(each.dots for each in self.topics)

    @property
    def shown(self) -> list["DotTopic"]:
        """Its topics without those that were withdrawn."""
        return [each for each in self.topics if each.topic.withdrawn_at is None]

    @property
    def ranking(self) -> list[tuple[Ranked, "DotTopic"]]:
        """Its topics that are shown, those with the most dots first, once they are counted."""
        topics = {each.topic.number: each for each in self.shown}
        dots = {number: each.dots for number, each in topics.items()}
        return [(each, topics[each.number]) for each in ranked(dots, going_on=self.going_on)]


class DotTopic(Model):
    """A topic of a round. `place` is where a sealed choice has its dots."""

    __tablename__ = "dot_topic"

    round_id: Mapped[int] = mapped_column(ForeignKey("dot_round.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    # 0 until all are counted; those of them that were on paper.
    dots: Mapped[int] = mapped_column(default=0)
    on_paper: Mapped[int] = mapped_column(default=0)

    round: Mapped[DotRound] = relationship(back_populates="topics")
    topic: Mapped[Topic] = relationship()


class SealedDots(Model):
    """That a member has given, and what, sealed. It is deleted when the round is counted."""

    __tablename__ = "sealed_dots"

    round_id: Mapped[int] = mapped_column(ForeignKey("dot_round.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PaperDots(Model):
    """A sheet of dots that people without a phone have stuck, sealed as those of phones."""

    __tablename__ = "paper_dots"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("dot_round.id", ondelete="CASCADE"), index=True)
    people: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # What it is sealed for: an id is known only once it is stored.
    ident: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    by: Mapped[Member | None] = relationship()


class Reopening(Model):
    """A topic of a round goes on as a new topic, convened by whoever has taken it on."""

    __tablename__ = "dot_reopening"

    round_id: Mapped[int] = mapped_column(ForeignKey("dot_round.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True)
    new_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), unique=True)

    topic: Mapped[Topic] = relationship(foreign_keys=[topic_id])
    new: Mapped[Topic] = relationship(foreign_keys=[new_id])


def round_of(event_id: int, number: int | None = None) -> DotRound | None:
    """The present round of an event, or the one with this number, with its topics; None before the first."""
    found = select(DotRound).where(DotRound.event_id == event_id).order_by(DotRound.number.desc()).limit(1)
    if number is not None:
        found = found.where(DotRound.number == number)
    return db.session.scalar(found.options(selectinload(DotRound.topics).joinedload(DotTopic.topic)))


def counted_round_of(event_id: int) -> DotRound | None:
    """The last round of an event that was counted, with its topics; None before the first."""
    found = select(DotRound).where(DotRound.event_id == event_id, DotRound.counted_at.is_not(None))
    found = found.order_by(DotRound.number.desc()).limit(1)
    return db.session.scalar(found.options(selectinload(DotRound.topics).joinedload(DotTopic.topic)))


def present_round_of(event_id: int) -> DotRound | None:
    """The present round of an event as `round_of` says, read without its topics."""
    return db.session.scalar(
        select(DotRound).where(DotRound.event_id == event_id).order_by(DotRound.number.desc()).limit(1)
    )


def shown_round_of(event_id: int) -> DotRound | None:
    """The round that phones and the hall show: for some hours a result stays while the next round is prepared."""
    present = round_of(event_id)
    if present and present.state is State.READING:
        last = round_of(event_id, present.number - 1)
        return last if last and last.counted_at and last.counted_at > now() - RESULT_STAYS else present
    return present


class Lineage(NamedTuple):
    """The topic from which a topic goes on, and the one as which it goes on."""

    origin: Topic | None
    follower: Topic | None


def lineage_of(topic: Topic) -> Lineage:
    """Where a topic comes from and where it leads, without topics that were withdrawn."""
    rows = select(Reopening).where(or_(Reopening.new_id == topic.id, Reopening.topic_id == topic.id))
    found = db.session.scalars(rows.options(joinedload(Reopening.topic), joinedload(Reopening.new)))
    origin = follower = None
    for each in found:
        if each.new_id == topic.id:
            origin = each.topic
        elif each.new.withdrawn_at is None:
            follower = each.new
    return Lineage(origin, follower)


def people_of(event_id: int) -> int:
    """How many members an event has now."""
    found = select(func.count()).select_from(Member).where(Member.event_id == event_id, Member.left_at.is_(None))
    return db.session.scalar(found) or 0


def givers_of(found: DotRound) -> int:
    """How many have given so far, on phones and on paper; once it is counted, how many had."""
    if found.counted_at:
        return found.givers
    phones = select(func.count()).select_from(SealedDots).where(SealedDots.round_id == found.id)
    return (db.session.scalar(phones) or 0) + sum(each.people for each in sheets_of(found))


def givers_now(event_id: int) -> int:
    """How many have given in the present round of an event, as `givers_of` says, without its topics."""
    present = present_round_of(event_id)
    return givers_of(present) if present else 0


def sheets_of(found: DotRound) -> list[PaperDots]:
    """The sheets of paper of a round, in the order in which they were entered."""
    sheets = select(PaperDots).where(PaperDots.round_id == found.id).options(joinedload(PaperDots.by))
    return list(db.session.scalars(sheets.order_by(PaperDots.id)))


def reopenings_of(found: DotRound) -> dict[int, Topic]:
    """The new topics of a round that have not been withdrawn, by the id of the topic that each comes from."""
    rows = select(Reopening).where(Reopening.round_id == found.id).options(joinedload(Reopening.new))
    return {each.topic_id: each.new for each in db.session.scalars(rows) if each.new.withdrawn_at is None}
