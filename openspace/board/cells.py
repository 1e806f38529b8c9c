"""The cells of the board with what hangs in them, and the topics on the market, as pages and forms show them."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, tuple_
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


_GOING_TO_TOPIC = select(func.count()).where(Interest.topic_id == Topic.id, Interest.kind == "go").scalar_subquery()
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
    .where(or_(and_(Space.closed_at.is_(None), ~Space.is_butterfly), Placement.id.is_not(None)))
)
# How many go to these topics, for each of their cells; without a cell for one on the market.
_GOING_TO = (
    select(Topic.number, Placement.slot_id, Placement.space_id, Space.chairs)
    .add_columns(_GOING_TO_TOPIC)
    .select_from(Topic)
    .outerjoin(Topic.placements)
    .outerjoin(Placement.space)
    .where(Topic.event_id == bindparam("event_id"), Topic.number.in_(bindparam("numbers", expanding=True)), IS_SHOWN)
    .order_by(Topic.number, Placement.id)
)
_FACES_OF = _FACES.where(tuple_(Slot.id, Space.id).in_(bindparam("cells", expanding=True)))


# What hangs in these slots: with topics, conveners and how many go, or as placements alone.
_HUNG = select(Placement).where(Placement.slot_id.in_(bindparam("slots", expanding=True)))
_SHOWN = (
    _HUNG.add_columns(_GOING_THERE)
    .join(Placement.topic)
    .join(Topic.convener)
    .options(contains_eager(Placement.topic).contains_eager(Topic.convener))
)
_IS_ON_MARKET = (Topic.event_id == bindparam("event_id"), IS_SHOWN, ~Topic.placements.any())
_MARKET = (
    select(Topic, _GOING_TO_TOPIC).where(*_IS_ON_MARKET).options(joinedload(Topic.convener)).order_by(Topic.number)
)
_MARKET_SIZE = select(func.count()).select_from(Topic).where(*_IS_ON_MARKET)


def _rows(event: Event, slots: Sequence[Slot]) -> list[Row]:
    found = db.session.execute(_SHOWN, {"slots": [slot.id for slot in slots]})
    return _filled(event, slots, {(hung.slot_id, hung.space_id): (hung, going) for hung, going in found})


def _bare_rows(event: Event, slots: Sequence[Slot]) -> list[Row]:
    """Rows that show which cells are taken, but neither by which topics nor how many go."""
    found = db.session.scalars(_HUNG, {"slots": [slot.id for slot in slots]})
    return _filled(event, slots, {(hung.slot_id, hung.space_id): (hung, 0) for hung in found})


def _filled(event: Event, slots: Sequence[Slot], hung: dict[tuple[int, int], tuple[Placement, int]]) -> list[Row]:
    def cells(slot: Slot) -> list[Cell]:
        spaces = [space for space in event.all_spaces if space.is_column or (slot.id, space.id) in hung]
        return [Cell(slot, space, *hung.get((slot.id, space.id), ())) for space in spaces]

    return [Row(slot, cells(slot) if slot.is_open else []) for slot in slots]


def spaces_of(event: Event, rows: Iterable[Row]) -> list[Space]:
    """The columns of these rows, by number: the event's own, and other spaces in which a topic hangs in a row."""
    shown = {cell.space.id for row in rows for cell in row.cells}
    return [space for space in event.all_spaces if space.is_column or space.id in shown]


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
    return _rows(event, db.session.scalars(slots_on(event, day)).all())


def bare_rows_of(event: Event, slot_ids: Set[int]) -> dict[int, Row]:
    """The rows of the slots with these ids, by slot id, without topics. A slot that no longer exists is left out."""
    slots = [slot for slot in event.slots if slot.id in slot_ids]
    return {row.slot.id: row for row in _bare_rows(event, slots)}


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
    return _rows(event, event.slots)


def bare_board(event: Event) -> list[Row]:
    """The rows of all days of the event, ordered by time, for what shows only which cells are taken."""
    return _bare_rows(event, event.slots)


def topics_on_market(event: Event, *conditions: ColumnElement[bool]) -> list[tuple[Topic, int]]:
    """The topics on the market, the oldest first, each with the number of people who marked it with "I'll go".

    Those are the topics without a placement that were neither withdrawn nor merged; `conditions` narrow the list.
    """
    found = db.session.execute(_MARKET.where(*conditions), {"event_id": event.id})
    return [(topic, going) for topic, going in found]


def market_size(event: Event) -> int:
    """The number of topics on the market."""
    return db.session.scalar(_MARKET_SIZE, {"event_id": event.id}) or 0
