"""The tables of petitions and of who backs them, and the queries on them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Enum, ForeignKey, Index, String, bindparam, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Placement, Topic
from openspace.board.rules import CellKey
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import Model, UtcDateTime, db
from openspace.petitions.rules import LONGEST, Kind, State, is_over

# The channel of the live log, and its only subject: the list of all petitions.
PETITIONS, LIST = "petitions", "petitions"


def _once(name: str, *columns: str, where: str) -> Index:
    """A unique index over those open petitions for which the condition holds."""
    condition = text(f"state = 'open' AND {where}")
    return Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


class Petition(Model):
    """What a member asks facilitators to change for a topic that hangs.

    A change of the board is about cells, named by their keys: it moves the topic out of `leaves` into `takes`, swaps it
    with the topic `other` there, or repeats it in `takes`. A wish has a sentence instead.
    """

    __tablename__ = "petition"
    __table_args__ = (
        # One open petition of the same content for each topic.
        _once("ix_petition_content", "topic_id", "kind", "leaves", "takes", "words", where="other_id IS NULL"),
        _once("ix_petition_swap", "topic_id", "other_id", "leaves", "takes", where="other_id IS NOT NULL"),
        Index("ix_petition_event_id_state", "event_id", "state"),
        # An undone decision must never find another petition under its id.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind] = mapped_column(
        Enum(Kind, native_enum=False, length=12, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    leaves: Mapped[str] = mapped_column(String(20), default="")
    takes: Mapped[str] = mapped_column(String(20), default="")
    other_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(LONGEST), default="")
    # None once it is decided and the asker has left.
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=12, values_callable=lambda states: [state.value for state in states]),
        default=State.OPEN,
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # The sentence with which it was decided.
    answer: Mapped[str] = mapped_column(String(LONGEST), default="")

    event: Mapped[Event] = relationship()
    topic: Mapped[Topic] = relationship(foreign_keys=[topic_id])
    other: Mapped[Topic | None] = relationship(foreign_keys=[other_id])
    asker: Mapped[Member | None] = relationship(foreign_keys=[asker_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])
    backings: Mapped[list["Backing"]] = relationship(
        back_populates="petition", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def cells(self) -> list[CellKey]:
        """The keys of the cells that it is about."""
        return [cell for cell in map(CellKey.parse, (self.leaves, self.takes)) if cell]

    def cell_at(self, key: str) -> tuple[Slot, Space] | None:
        """The slot and the space of a cell by its key; None if one of them is not there any more.

        They are found among all those of the event, which are loaded once however many petitions ask.
        """
        cell = CellKey.parse(key)
        if cell is None:
            return None
        slots = {slot.id: slot for slot in self.event.slots}
        spaces = {space.id: space for space in self.event.all_spaces}
        if cell.slot_id not in slots or cell.space_id not in spaces:
            return None
        return slots[cell.slot_id], spaces[cell.space_id]

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision: it is not decided, its topic hangs, and none of its cells is over."""
        if self.state != State.OPEN:
            return False
        times = {slot.id: slot for slot in self.event.slots}
        cells = [times[cell.slot_id] for cell in self.cells if cell.slot_id in times]
        return not is_over(self.kind, [placement.slot for placement in self.topic.placements], cells, now())


class Backing(Model):
    """A member backs a petition that somebody else made."""

    __tablename__ = "petition_backing"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    petition: Mapped[Petition] = relationship(back_populates="backings")


_hung = selectinload(Topic.placements).options(joinedload(Placement.slot), joinedload(Placement.space))
_shown = (_hung, selectinload(Topic.parts))
# Built once, because each change of the board asks for them. They come with all that is shown of them.
_PETITIONS = (
    select(Petition)
    .where(Petition.event_id == bindparam("event_id"))
    .options(
        joinedload(Petition.topic).options(joinedload(Topic.convener), *_shown),
        joinedload(Petition.other).options(*_shown),
        joinedload(Petition.asker),
        joinedload(Petition.decided_by),
        selectinload(Petition.backings),
    )
    .order_by(Petition.id)
)
_OPEN = _PETITIONS.where(Petition.state == State.OPEN)
_ANY = select(Petition.id).where(Petition.event_id == bindparam("event_id")).limit(1)


def open_petitions(event_id: int, *conditions: ColumnElement[bool]) -> list[Petition]:
    """The petitions that wait for a decision, the oldest first."""
    found = db.session.scalars(_OPEN.where(*conditions) if conditions else _OPEN, {"event_id": event_id})
    return [petition for petition in found if petition.is_open]


def petitions_shown(event: Event) -> tuple[list[Petition], list[Petition]]:
    """The petitions that wait for a decision, the oldest first; and those that were decided today, the latest first."""
    today = event.local(now()).date()
    found = db.session.scalars(_PETITIONS, {"event_id": event.id}).all()
    decided = [each for each in found if each.decided_at and event.local(each.decided_at).date() == today]
    decided.sort(key=lambda petition: (petition.decided_at, petition.id), reverse=True)
    return [petition for petition in found if petition.is_open], decided


def have_petitions(event_id: int) -> bool:
    """Whether the event has any petition."""
    return db.session.scalar(_ANY, {"event_id": event_id}) is not None


def backed_by(member_id: int) -> list[int]:
    """The ids of the petitions that the member backs."""
    return list(db.session.scalars(select(Backing.petition_id).where(Backing.member_id == member_id)))
