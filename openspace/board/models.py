"""Tables of the board (topics, placements, marks of interest) and the queries on them that several modules need."""

from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, aliased, contains_eager, joinedload, mapped_column, relationship

from openspace.access.models import Member, Role
from openspace.board.rules import CellKey
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import Model, UtcDateTime, db

BOARD = "board"


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...


class HasChannel:
    """A mixin that gives the name of the live channel to whatever has a topic's number: `Topic` and `TopicSnapshot`."""

    __slots__ = ()

    @property
    def channel(self: _Numbered) -> str:
        """The name of the live channel that the topic's own page follows, such as `topic-7`."""
        return f"topic-{self.number}"


class Topic(HasChannel, Model):
    """A session that somebody proposes. Without a placement it is on the market.

    A topic that has been merged into another one is part of that joint topic and is shown on its page alone. It keeps
    its own words, convener and marks, so that it can be split off again.

    A programme item in a single cell (a training, a working group) is a topic with `is_programme`, which the organiser
    sets. So it has a page, a QR code and chairs as every topic does.
    """

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("event_id", "number"), UniqueConstraint("convener_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    # active_history loads the old value before a change: `appointments.py` compares it, because only a text that
    # differs is a new version for calendars.
    title: Mapped[str] = mapped_column(String(120), active_history=True)
    text: Mapped[str] = mapped_column(Text, default="", active_history=True)
    language: Mapped[str] = mapped_column(String(2))
    convener_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    is_programme: Mapped[bool] = mapped_column(default=False)
    # The idempotency key of the request that proposed it: a phone that repeats the request, even weeks later, gets this
    # topic and makes no second one.
    key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # How often its entry in calendars has changed, and when last (SEQUENCE and LAST-MODIFIED of iCalendar): see
    # openspace/board/appointments.py.
    edits: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who withdrew it, and the reason that its convener reads.
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    withdrawn_why: Mapped[str] = mapped_column(String(200), default="")
    # The keys ("slot-space") of the cells in which it hung when it was withdrawn or merged, separated by blanks.
    # `restore` and `split` use them.
    former_cells: Mapped[str] = mapped_column(Text, default="")
    # The topic into which it was merged, and the joint topic that it is part of now: another one if that topic has been
    # merged too. When, and by whom.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"), index=True)
    joint_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"), index=True)
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))

    event: Mapped[Event] = relationship()
    convener: Mapped[Member] = relationship(foreign_keys=[convener_id])
    withdrawn_by: Mapped[Member | None] = relationship(foreign_keys=[withdrawn_by_id])
    merged_by: Mapped[Member | None] = relationship(foreign_keys=[merged_by_id])
    merged_into: Mapped["Topic | None"] = relationship(foreign_keys=[merged_into_id], remote_side=[id])
    joint: Mapped["Topic | None"] = relationship(foreign_keys=[joint_id], remote_side=[id])
    # All topics that are part of this joint topic, in the order in which they were merged.
    parts: Mapped[list["Topic"]] = relationship(
        foreign_keys=[joint_id], order_by="Topic.merged_at, Topic.id", viewonly=True
    )
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="topic", cascade="all, delete-orphan", order_by="Placement.id"
    )

    @property
    def cells(self) -> list[CellKey]:
        """The keys of the cells in which the topic hangs."""
        return [placement.cell for placement in self.placements]

    @property
    def conveners(self) -> list[Member]:
        """The convener, and those of the topics that were merged into this one; each once."""
        return list(dict.fromkeys([self.convener, *(part.convener for part in self.parts)]))

    @property
    def convener_ids(self) -> set[int]:
        """The ids of all conveners."""
        return {self.convener_id, *(part.convener_id for part in self.parts)}


# The condition for topics that are shown on the board or the market: neither withdrawn nor merged.
IS_SHOWN = and_(Topic.withdrawn_at.is_(None), Topic.joint_id.is_(None))


class Placement(Model):
    """A topic in one cell of the board. A topic that is repeated has several placements."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("slot_id", "space_id"), UniqueConstraint("topic_id", "slot_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # The globally unique UID of its entry in calendars: see openspace/board/appointments.py.
    uid: Mapped[str] = mapped_column(String(120), unique=True)

    @property
    def cell(self) -> CellKey:
        """The key of the cell in which the placement is."""
        return CellKey(self.slot_id, self.space_id)

    topic: Mapped[Topic] = relationship(back_populates="placements")
    slot: Mapped[Slot] = relationship()
    space: Mapped[Space] = relationship()


class _TopicValues(NamedTuple):
    event_id: int
    number: int
    id: int
    convener_id: int
    withdrawn_at: datetime | None
    # The number of the joint topic, if this one is merged.
    joint_number: int | None
    # Whether other topics have been merged into it.
    has_parts: bool


class TopicSnapshot(HasChannel, _TopicValues):
    """The values of a topic that marking it needs. A tuple, because making ORM objects for each tap would be slow."""

    __slots__ = ()

    @property
    def convener_ids(self) -> set[int]:
        """The id of its convener; those of a joint topic's other conveners are not read for a tap."""
        return {self.convener_id}


class Interest(Model):
    """A member's mark on a topic: `kind` is `go` ("I'll go") or `look` ("I'll look in").

    `own` is the mark that the member gave to this topic itself; empty if it came only from a topic that was merged into
    this one. `kind` is the stronger of `own` and the marks that `counts` on topics merged into it: `joint_marks.py`.
    """

    __tablename__ = "interest"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(4))
    own: Mapped[str] = mapped_column(String(4))
    # Whether it counts for the topic into which its topic has been merged. What a member says of the joint topic itself
    # takes the place of it.
    counts: Mapped[bool] = mapped_column(default=True)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    member: Mapped[Member] = relationship()


# These write and delete a mark. Marking is the most frequent write, and statements are faster than ORM objects. As text
# the upsert is valid on both databases. It changes no row if the mark has this kind already.
MARKED = text(
    "INSERT INTO interest (topic_id, member_id, kind, own, counts, marked_at) "
    "VALUES (:topic, :by, :kind, :kind, true, :at) ON CONFLICT (topic_id, member_id) "
    "DO UPDATE SET kind = :kind, own = :kind WHERE interest.kind <> :kind OR interest.own <> :kind"
).bindparams(bindparam("at", type_=UtcDateTime))
UNMARKED = text("DELETE FROM interest WHERE topic_id = :topic AND member_id = :by")


# Built once at import, because each tap on a chair runs these queries.
_BY_NUMBER = (Topic.event_id == bindparam("event_id"), Topic.number == bindparam("number"))
_joint, _part = aliased(Topic), aliased(Topic)
_TO_MARK = (
    select(Topic.id, Topic.convener_id, Topic.withdrawn_at)
    .add_columns(select(_joint.number).where(_joint.id == Topic.joint_id).scalar_subquery())
    .add_columns(exists().where(_part.merged_into_id == Topic.id))
    .select_from(Topic)
    .join(Member, and_(Member.id == bindparam("by"), Member.left_at.is_(None)))
    .where(*_BY_NUMBER)
)
_NUMBER_SHOWN = (
    select(func.coalesce(_joint.number, Topic.number))
    .select_from(Topic)
    .outerjoin(_joint, _joint.id == Topic.joint_id)
    .where(*_BY_NUMBER, or_(IS_SHOWN, and_(_joint.id.is_not(None), _joint.withdrawn_at.is_(None))))
)
_NUMBERED = (
    select(Topic)
    .where(*_BY_NUMBER)
    .options(
        joinedload(Topic.convener),
        joinedload(Topic.placements).options(joinedload(Placement.slot), joinedload(Placement.space)),
        joinedload(Topic.parts).joinedload(Topic.convener),
    )
)


def topic_numbered(event_id: int, number: int) -> Topic | None:
    """The topic with this number in the event, also a withdrawn one, with convener, placements and parts loaded."""
    return db.session.scalars(_NUMBERED, {"event_id": event_id, "number": number}).unique().one_or_none()


def number_shown(event_id: int, number: int) -> int | None:
    """The number of the topic itself or, if it is merged, of the joint one; None unless everybody may see that."""
    db.session.flush()
    found: int | None = db.session.connection().scalar(_NUMBER_SHOWN, {"event_id": event_id, "number": number})
    return found


def topic_snapshot(event_id: int, number: int, by: int) -> TopicSnapshot | None:
    """The values that marking a topic needs; None if it does not exist, or if the member with the id `by` has left."""
    db.session.flush()
    row = db.session.connection().execute(_TO_MARK, {"event_id": event_id, "number": number, "by": by}).one_or_none()
    return TopicSnapshot(event_id, number, *row) if row else None


def convened_by(*member_ids: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition for topics of which one of these members is a convener, also of joint topics."""
    joint = select(_part.joint_id).where(_part.convener_id.in_(member_ids), _part.joint_id.is_not(None))
    return or_(Topic.convener_id.in_(member_ids), Topic.id.in_(joint))


# Built once, because each opening of the board asks for them.
_MARKS_OF = (
    select(Topic.number, Interest.kind)
    .join(Topic, Topic.id == Interest.topic_id)
    .where(Interest.member_id == bindparam("member_id"))
)
_theirs = select(_part.joint_id).where(_part.convener_id == bindparam("member_id"), _part.joint_id.is_not(None))
_NUMBERS_OF = select(Topic.number, literal("own")).where(
    or_(Topic.convener_id == bindparam("member_id"), Topic.id.in_(_theirs))
)
_MINE = union_all(_NUMBERS_OF, _MARKS_OF)


def topics_and_marks_of(member_id: int) -> tuple[list[int], dict[int, str]]:
    """The numbers of the topics that the member convenes, also of withdrawn ones; and the marks, as `marks_of` does."""
    db.session.flush()
    rows = db.session.connection().execute(_MINE, {"member_id": member_id}).all()
    return [number for number, kind in rows if kind == "own"], dict(row for row in rows if row[1] != "own")


def hidden_topics(event_id: int) -> list[Topic]:
    """The topics that were withdrawn by somebody else than their conveners, the latest first."""
    own = exists().where(_part.joint_id == Topic.id, _part.convener_id == Topic.withdrawn_by_id)
    found = select(Topic).where(
        Topic.event_id == event_id,
        Topic.withdrawn_at.is_not(None),
        Topic.joint_id.is_(None),
        Topic.withdrawn_by_id != Topic.convener_id,
        ~own,
    )
    loaded = found.options(joinedload(Topic.convener), joinedload(Topic.withdrawn_by))
    return list(db.session.scalars(loaded.order_by(Topic.withdrawn_at.desc(), Topic.id.desc())))


_PLACEMENTS = (
    select(Placement)
    .join(Placement.topic)
    .join(Placement.slot)
    .join(Placement.space)
    .join(Topic.convener)
    .options(
        contains_eager(Placement.topic).contains_eager(Topic.convener),
        contains_eager(Placement.slot),
        contains_eager(Placement.space),
    )
    .order_by(Slot.starts_at, Space.number)
)


def placements_where(*conditions: ColumnElement[bool]) -> list[Placement]:
    """The placements that match the conditions, with topic, convener, slot and space loaded, ordered by time."""
    return list(db.session.scalars(_PLACEMENTS.where(*conditions)))


def marks_of(member_id: int) -> dict[int, str]:
    """The marks of the member with this id: kind by topic number.

    Marks on withdrawn topics are included, so that an open page shows the mark when such a topic is restored.
    """
    db.session.flush()
    rows = db.session.connection().execute(_MARKS_OF, {"member_id": member_id})
    return dict(rows.all())


class InCircle(NamedTuple):
    """A mark on a topic, with what is shown of the member who gave it. `id` is the member's."""

    kind: str
    id: int
    name: str
    community: str
    role: Role


# Built once, because the topic's page is drawn for each tap. The columns are in the order of the fields.
_CIRCLE = (
    select(Interest.kind, Member.id, Member.name, Member.community, Member.role)
    .join(Interest.member)
    .where(Interest.topic_id == bindparam("topic_id"))
    .order_by(Interest.marked_at, Interest.member_id)
)


def circle_of(topic: Topic) -> list[InCircle]:
    """All marks on a topic with their members, the oldest first."""
    db.session.flush()
    return [InCircle(*row) for row in db.session.connection().execute(_CIRCLE, {"topic_id": topic.id})]


def marks_on(event: Event) -> dict[int, tuple[int, int]]:
    """The numbers of marks on each topic of the event, by topic id: (those who go, those who look in)."""
    rows = db.session.execute(
        select(Interest.topic_id, Interest.kind, func.count())
        .join(Topic, Topic.id == Interest.topic_id)
        .where(Topic.event_id == event.id)
        .group_by(Interest.topic_id, Interest.kind)
    )
    found: dict[int, tuple[int, int]] = {}
    for topic_id, kind, count in rows:
        going, looking = found.get(topic_id, (0, 0))
        found[topic_id] = (count, looking) if kind == "go" else (going, count)
    return found
