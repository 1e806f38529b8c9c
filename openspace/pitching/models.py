"""Tables of the microphone: who reads, has read or waits to read a topic out; and codes for people without a phone."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Interest, Placement, Topic
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db

# The channel of the live log. Projectors follow it without anybody signed in, so no code is in it.
PITCH = "pitch"


class Pitch(Model):
    """A member's turn at the microphone: waiting until `began_at` is set, and over when `ended_at` is.

    Without a topic the member says one at the microphone, and a facilitator writes it down.
    """

    __tablename__ = "pitch"
    __table_args__ = (Index("ix_pitch_event_id_ended_at", "event_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    # The order of those who wait. Numbers may be missing.
    place: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    member: Mapped[Member] = relationship()
    topic: Mapped[Topic | None] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Whether the member is in the queue."""
        return self.began_at is None and self.ended_at is None

    @property
    def shown(self) -> Topic | None:
        """The topic, as long as everybody may see it."""
        return self.topic if self.topic and self.topic.withdrawn_at is None else None

    @property
    def placement(self) -> Placement | None:
        """Where the topic was hung last; None while it is on the market."""
        placements = self.shown.placements if self.shown else []
        return max(placements, key=lambda placement: (placement.placed_at, placement.id), default=None)


class Claim(Model):
    """A code by which somebody without a phone takes over, on a phone later, what was written down for them.

    The code is made from the installation's secret, the row's id and `salt`, and kept nowhere: `claims.py`.
    """

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("event_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    salt: Mapped[int] = mapped_column(default=0)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    member: Mapped[Member] = relationship()


class Turn(NamedTuple):
    """What a change of a topic may touch: whether the pitch has begun, by the pitch's id."""

    id: int
    has_begun: bool


WAITING = (Pitch.began_at.is_(None), Pitch.ended_at.is_(None))
AT_MICROPHONE = (Pitch.began_at.is_not(None), Pitch.ended_at.is_(None))
_PLACED = selectinload(Topic.placements).options(joinedload(Placement.slot), joinedload(Placement.space))
# Built once at import: each tap on a chair asks for the turns of its topic, and each change on the board for who reads.
_OF_EVENT = (
    select(Pitch)
    .where(Pitch.event_id == bindparam("event_id"))
    .options(joinedload(Pitch.member), joinedload(Pitch.topic))
)
_NOW = (
    _OF_EVENT.where(*AT_MICROPHONE)
    .options(joinedload(Pitch.topic).options(joinedload(Topic.convener), _PLACED))
    .order_by(Pitch.began_at.desc(), Pitch.id.desc())
    .limit(1)
)
_QUEUE = _OF_EVENT.where(*WAITING).order_by(Pitch.place, Pitch.id)
_TURNS = select(Pitch.id, Pitch.began_at.is_not(None)).where(
    Pitch.topic_id == bindparam("topic_id"), Pitch.ended_at.is_(None)
)


def pitch_now(event_id: int) -> Pitch | None:
    """Who is at the microphone; None if nobody is."""
    return db.session.scalar(_NOW, {"event_id": event_id})


def queue_of(event_id: int) -> list[Pitch]:
    """Those who wait, in their order."""
    return list(db.session.scalars(_QUEUE, {"event_id": event_id}))


def turns_open(event_id: int) -> list[Pitch]:
    """Whoever is at the microphone, and those who wait, in their order; without their topics and members."""
    found = select(Pitch).where(Pitch.event_id == event_id, Pitch.ended_at.is_(None))
    return list(db.session.scalars(found.order_by(Pitch.place, Pitch.id)))


def pitch_waiting(member_id: int) -> Pitch | None:
    """The place of a member in the queue; None if they do not wait."""
    return db.session.scalar(select(Pitch).where(Pitch.member_id == member_id, *WAITING).order_by(Pitch.id).limit(1))


def last_place(event_id: int) -> int:
    """The highest number in the queue; 0 if nobody waits."""
    found = select(func.max(Pitch.place)).where(Pitch.event_id == event_id, *WAITING)
    return db.session.scalar(found) or 0


def turns_with(topic_id: int) -> list[Turn]:
    """The turns of a topic that are not over."""
    return [Turn(*row) for row in db.session.connection().execute(_TURNS, {"topic_id": topic_id})]


def going_to(topic: Topic) -> int:
    """How many people have said of the topic that they will go."""
    count = select(func.count()).where(Interest.topic_id == topic.id, Interest.kind == "go")
    return db.session.scalar(count) or 0


def open_claims(event_id: int) -> list[Claim]:
    """The codes that nobody has used, the oldest first."""
    found = select(Claim).where(Claim.event_id == event_id, Claim.used_at.is_(None))
    return list(db.session.scalars(found.options(joinedload(Claim.member)).order_by(Claim.id)))
