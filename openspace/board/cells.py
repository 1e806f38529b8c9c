"""The cells of the board with what hangs in them, and the topics on the market, as pages and forms show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from openspace.access.models import Member
from openspace.board.models import IS_SHOWN, Interest, Placement, Topic
from openspace.board.rules import CellKey, phase
from openspace.events.models import Event, Lock, Slot, Space, slots_on
from openspace.events.rules import tint
from openspace.extensions import db


class Face(NamedTuple):
    """The values from which a cell is rendered: its slot and space, and the topic that hangs in it, if there is one.

    `topic` is the topic's number, `chairs` the seats of the space, `going` the number of people who marked the topic
    with "I'll go"; `is_locked` says that not everybody may hang topics there, `closed_spaces` are of the slot. For a
    changed cell they are read as one row (`faces_of`), for a whole board made from its cells.
    """

    event: str
    slot_id: int
    space_id: int
    number: int
    name: str
    chairs: int
    topic: int | None = None
    title: str = ""
    language: str = ""
    is_programme: bool = False
    convener: str = ""
    community: str = ""
    placed_at: datetime | None = None
    going: int = 0
    is_locked: bool = False
    closed_spaces: str = ""

    @property
    def key(self) -> CellKey:
        """The key of the cell."""
        return CellKey(self.slot_id, self.space_id)

    @property
    def is_closed(self) -> bool:
        """Whether the space is closed for this slot."""
        return str(self.space_id) in self.closed_spaces.split()

    @property
    def tint(self) -> int:
        """The number of the colour of its space, as `events.rules.tint` gives it."""
        return tint(self.number)


class Going(NamedTuple):
    """How many people go to the topic with this number, in one of its cells or on the market, which has no chairs."""

    number: int
    slot_id: int | None
    space_id: int | None
    chairs: int | None
    going: int


@dataclass(frozen=True)
class Cell:
    """One slot in one space, free or with a topic; `going` is the number of people who marked it with "I'll go"."""

    slot: Slot
    space: Space
    placement: Placement | None = None
    going: int = 0

    @property
    def face(self) -> Face:
        """The values from which the template renders the cell."""
        slot, space = self.slot, self.space
        empty = Face(space.event.slug, slot.id, space.id, space.number, space.name, space.chairs)
        empty = empty._replace(is_locked=slot.lock_now is not Lock.OPEN, closed_spaces=slot.closed_spaces)
        if self.placement is None:
            return empty
        topic = self.placement.topic
        return empty._replace(
            topic=topic.number,
            title=topic.title,
            language=topic.language,
            is_programme=topic.is_programme,
            convener=topic.convener.name,
            community=topic.convener.community,
            placed_at=self.placement.placed_at,
            going=self.going,
        )

    @property
    def key(self) -> CellKey:
        """The key by which forms, addresses and element ids name the cell."""
        return CellKey(self.slot.id, self.space.id)


@dataclass(frozen=True)
class Row:
    """One slot of the board with its cells ordered by space number. A slot that the programme fills has no cells."""

    slot: Slot
    cells: list[Cell]

    @property
    def free(self) -> int:
        """The number of cells that are open and without a topic."""
        return sum(cell.placement is None and cell.space.takes(self.slot) for cell in self.cells)

    @property
    def taken(self) -> int:
        """The number of cells with a topic."""
        return sum(cell.placement is not None for cell in self.cells)


_GOING_THERE = (
    select(func.count()).where(Interest.topic_id == Placement.topic_id, Interest.kind == "go").scalar_subquery()
)
# The columns are in the order of the fields of `Face`.
_FACES = (
    select(Event.slug, Slot.id, Space.id, Space.number, Space.name, Space.chairs)
    .add_columns(Topic.number, Topic.title, Topic.language, Topic.is_programme, Member.name, Member.community)
    .add_columns(Placement.placed_at, _GOING_THERE)
    .add_columns(or_(Slot.lock != Lock.OPEN, Event.board_lock != Lock.OPEN), Slot.closed_spaces)
    .select_from(Event)
    .join(Slot, Slot.event_id == Event.id)
    .join(Space, Space.event_id == Event.id)
    .outerjoin(Placement, and_(Placement.slot_id == Slot.id, Placement.space_id == Space.id))
    .outerjoin(Placement.topic)
    .outerjoin(Topic.convener)
    .where(Event.id == bindparam("event_id"), Slot.title == "")
    .where(or_(Space.closed_at.is_(None), Placement.id.is_not(None)))
)
# How many go to these topics, for each of their cells; without a cell for one on the market.
_GOING_TO = (
    select(Topic.number, Placement.slot_id, Placement.space_id, Space.chairs)
    .add_columns(select(func.count()).where(Interest.topic_id == Topic.id, Interest.kind == "go").scalar_subquery())
    .select_from(Topic)
    .outerjoin(Topic.placements)
    .outerjoin(Placement.space)
    .where(Topic.event_id == bindparam("event_id"), Topic.number.in_(bindparam("numbers", expanding=True)), IS_SHOWN)
    .order_by(Topic.number, Placement.id)
)
_FACES_OF = _FACES.where(tuple_(Slot.id, Space.id).in_(bindparam("cells", expanding=True)))


def _placements(event: Event) -> Select[Placement]:
    return (
        select(Placement)
        .join(Placement.topic)
        .join(Topic.convener)
        .where(Topic.event_id == event.id)
        .options(contains_eager(Placement.topic).contains_eager(Topic.convener))
    )


def _going(*conditions: ColumnElement[bool]) -> dict[int, int]:
    counts = (
        select(Interest.topic_id, func.count()).where(Interest.kind == "go", *conditions).group_by(Interest.topic_id)
    )
    return dict(db.session.execute(counts).all())


def _rows(event: Event, slots: list[Slot]) -> list[Row]:
    in_slots = Placement.slot_id.in_([slot.id for slot in slots])
    placed = {(p.slot_id, p.space_id): p for p in db.session.scalars(_placements(event).where(in_slots))}
    going = _going(Interest.topic_id.in_(select(Placement.topic_id).where(in_slots)))

    def cell(slot: Slot, space: Space) -> Cell:
        placement = placed.get((slot.id, space.id))
        return Cell(slot, space, placement, going.get(placement.topic_id, 0) if placement else 0)

    def cells(slot: Slot) -> list[Cell]:
        closed = [space for space in event.closed_spaces if (slot.id, space.id) in placed]
        return [cell(slot, space) for space in sorted([*event.spaces, *closed], key=lambda space: space.number)]

    return [Row(slot, cells(slot) if slot.is_open else []) for slot in slots]


def spaces_of(event: Event, rows: Iterable[Row]) -> list[Space]:
    """The spaces that are columns of these rows, by number: the open ones, and closed ones with a topic in a row."""
    shown = {cell.space.id for row in rows for cell in row.cells}
    closed = [space for space in event.closed_spaces if space.id in shown]
    return sorted([*event.spaces, *closed], key=lambda space: space.number)


def tracks(spaces: Sequence[Space]) -> str:
    """The value of `grid-template-columns`, with a column of width 0 for the number of each closed space.

    Empty if no number is missing: the stylesheet's own columns are right then. No column is narrower than `--least`,
    which the stylesheet sets.
    """
    numbers = {space.number for space in spaces}
    if not numbers or len(numbers) == max(numbers):
        return ""
    return " ".join(
        "minmax(var(--least,0px),1fr)" if number in numbers else "0" for number in range(1, max(numbers) + 1)
    )


def heights(rows: Iterable[Row], moment: datetime, following: Slot | None) -> str:
    """The value of `grid-template-rows`: the head, then a row for each slot. The slot that is on now is the highest."""
    shares = {"past": ".62", "now": "1.34"}

    def height(slot: Slot) -> str:
        return f"minmax(0,{shares.get(phase(slot, moment, following), '1.05')}fr)" if slot.is_open else "2.25rem"

    return " ".join(["3.75rem", *(height(row.slot) for row in rows)])


def board_on(event: Event, day: date) -> list[Row]:
    """The rows of one day, ordered by time."""
    return _rows(event, list(db.session.scalars(slots_on(event, day))))


def rows_of(event: Event, slot_ids: set[int]) -> dict[int, Row]:
    """The rows of the slots with these ids, by slot id. A slot that no longer exists is left out."""
    slots = db.session.scalars(select(Slot).where(Slot.event_id == event.id, Slot.id.in_(slot_ids)))
    return {row.slot.id: row for row in _rows(event, list(slots))}


def faces_of(event_id: int, cells: Iterable[CellKey]) -> dict[CellKey, Face]:
    """The values of these cells by key, read in one query. A cell that no longer exists is left out."""
    pairs = [(cell.slot_id, cell.space_id) for cell in cells]
    rows = db.session.connection().execute(_FACES_OF, {"event_id": event_id, "cells": pairs})
    return {face.key: face for face in (Face(*row) for row in rows)}


def going_to(event_id: int, numbers: Iterable[int]) -> list[Going]:
    """How many people go to the topics with these numbers, once for each cell; withdrawn and merged ones left out."""
    rows = db.session.connection().execute(_GOING_TO, {"event_id": event_id, "numbers": list(numbers)})
    return [Going(*row) for row in rows]


def whole_board(event: Event) -> list[Row]:
    """The rows of all days of the event, ordered by time."""
    return _rows(event, list(event.slots))


def topics_on_market(event: Event, *conditions: ColumnElement[bool]) -> list[tuple[Topic, int]]:
    """The topics on the market, the oldest first, each with the number of people who marked it with "I'll go".

    Those are the topics without a placement that were neither withdrawn nor merged; `conditions` narrow the list.
    """
    topics = db.session.scalars(
        select(Topic)
        .where(
            Topic.event_id == event.id,
            IS_SHOWN,
            ~Topic.placements.any(),
            *conditions,
        )
        .options(joinedload(Topic.convener))
        .order_by(Topic.number)
    ).all()
    going = _going(Interest.topic_id.in_([topic.id for topic in topics]))
    return [(topic, going.get(topic.id, 0)) for topic in topics]
