"""What hangs where: the cells of the board and the market, as they are drawn and chosen from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from openspace.access.models import Member
from openspace.board.models import Interest, Placement, Topic
from openspace.board.rules import CellKey, phase
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import tint
from openspace.extensions import db


class Face(NamedTuple):
    """The plain values that a cell is drawn from: its space, and the topic that hangs there, if one does.

    A changed cell reads them in one row; a whole board takes them from its cells. `topic` is the topic's number.
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

    @property
    def key(self) -> CellKey:
        """The key of the cell."""
        return CellKey(self.slot_id, self.space_id)

    @property
    def tint(self) -> int:
        """The number of its space's colour of tape."""
        return tint(self.number)


@dataclass(frozen=True)
class Cell:
    """One place on the board, free or with a topic; `going` counts those who take a chair."""

    slot: Slot
    space: Space
    placement: Placement | None = None
    going: int = 0

    @property
    def face(self) -> Face:
        """The plain values that the cell is drawn from."""
        slot, space = self.slot, self.space
        empty = Face(space.event.slug, slot.id, space.id, space.number, space.name, space.chairs)
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
        """How forms and pages name the cell."""
        return CellKey(self.slot.id, self.space.id)


@dataclass(frozen=True)
class Row:
    """One slot of the board with its cells in the order of the spaces; none if the programme fills it."""

    slot: Slot
    cells: list[Cell]

    @property
    def free(self) -> int:
        """How many topics still fit."""
        return sum(cell.placement is None for cell in self.cells)

    @property
    def taken(self) -> int:
        """In how many of its cells a topic hangs."""
        return len(self.cells) - self.free


_GOING_THERE = (
    select(func.count()).where(Interest.topic_id == Placement.topic_id, Interest.kind == "go").scalar_subquery()
)
# In the order of a Face.
_FACES = (
    select(Event.slug, Slot.id, Space.id, Space.number, Space.name, Space.chairs)
    .add_columns(Topic.number, Topic.title, Topic.language, Topic.is_programme, Member.name, Member.community)
    .add_columns(Placement.placed_at, _GOING_THERE)
    .select_from(Event)
    .join(Slot, Slot.event_id == Event.id)
    .join(Space, Space.event_id == Event.id)
    .outerjoin(Placement, and_(Placement.slot_id == Slot.id, Placement.space_id == Space.id))
    .outerjoin(Placement.topic)
    .outerjoin(Topic.convener)
    .where(Event.id == bindparam("event_id"), Slot.title == "")
    .where(or_(Space.closed_at.is_(None), Placement.id.is_not(None)))
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
    """The spaces that these rows need a column for: all, of those that were closed the ones where something hangs."""
    shown = {cell.space.id for row in rows for cell in row.cells}
    closed = [space for space in event.closed_spaces if space.id in shown]
    return sorted([*event.spaces, *closed], key=lambda space: space.number)


def tracks(spaces: Sequence[Space]) -> str:
    """The widths of the columns in CSS, one a number, if some number has none because its space was closed; else "".

    No column is narrower than `--least`, which is the stylesheet's.
    """
    numbers = {space.number for space in spaces}
    if not numbers or len(numbers) == max(numbers):
        return ""
    return " ".join(
        "minmax(var(--least,0px),1fr)" if number in numbers else "0" for number in range(1, max(numbers) + 1)
    )


def heights(rows: Iterable[Row], moment: datetime, following: Slot | None) -> str:
    """The heights of the board's rows in CSS: its head, then one of each slot; what is on now is the highest."""
    shares = {"past": ".62", "now": "1.34"}

    def height(slot: Slot) -> str:
        return f"minmax(0,{shares.get(phase(slot, moment, following), '1.05')}fr)" if slot.is_open else "2.25rem"

    return " ".join(["3.75rem", *(height(row.slot) for row in rows)])


def board_on(event: Event, day: date) -> list[Row]:
    """The rows of one day."""
    return _rows(event, list(db.session.scalars(slots_on(event, day))))


def rows_of(event: Event, slot_ids: set[int]) -> dict[int, Row]:
    """The rows of these slots, by slot id; a slot that is gone is left out."""
    slots = db.session.scalars(select(Slot).where(Slot.event_id == event.id, Slot.id.in_(slot_ids)))
    return {row.slot.id: row for row in _rows(event, list(slots))}


def faces_of(event_id: int, cells: Iterable[CellKey]) -> dict[CellKey, Face]:
    """What these cells show, however large the board; one that is gone is left out."""
    pairs = [(cell.slot_id, cell.space_id) for cell in cells]
    rows = db.session.connection().execute(_FACES_OF, {"event_id": event_id, "cells": pairs})
    return {face.key: face for face in (Face(*row) for row in rows)}


def whole_board(event: Event) -> list[Row]:
    """Every row of the event, in the order of time."""
    return _rows(event, list(event.slots))


def topics_on_market(event: Event, *conditions: ColumnElement[bool]) -> list[tuple[Topic, int]]:
    """The topics without a placement, oldest first, each with how many are interested."""
    topics = db.session.scalars(
        select(Topic)
        .where(
            Topic.event_id == event.id,
            Topic.withdrawn_at.is_(None),
            ~Topic.placements.any(),
            *conditions,
        )
        .options(joinedload(Topic.convener))
        .order_by(Topic.number)
    ).all()
    going = _going(Interest.topic_id.in_([topic.id for topic in topics]))
    return [(topic, going.get(topic.id, 0)) for topic in topics]
