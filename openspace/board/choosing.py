"""Choosing a cell for a topic: what the small board in the form shows, and whether a cell is still free."""

from typing import Any

from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.board.cells import Cell, Row, spaces_of, tracks, whole_board
from openspace.board.free_cells import cell_taken, topic_at
from openspace.board.locks import is_locked_for, refusal
from openspace.board.models import Topic, convened_by
from openspace.board.rules import CellKey
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import db
from openspace.web.errors import Problem


def places(
    event: Event,
    chosen: str | None,
    problem: Problem | None,
    *,
    by: Member,
    topic: Topic | None = None,
    moving: str = "",
) -> dict[str, Any]:
    """What the small board in the form shows: rows that have not ended, the chosen cell, and where `topic` hangs now.

    `chosen` and `moving` are keys of cells. `locked` holds the cells that are locked for the member `by`, `may_swap`
    those whose topics can change places with the topic that moves out of `moving`.
    """
    rows: list[Row] = [row for row in whole_board(event) if row.slot.ends_at > now()]
    cells: dict[str, Cell] = {cell.key: cell for row in rows for cell in row.cells}
    free = problem.facts.get("free", []) if problem else []
    picked = free[0]["cell"] if free else chosen
    locked = {key for key, cell in cells.items() if is_locked_for(cell.slot, by) or not cell.space.takes(cell.slot)}
    if picked not in cells or cells[picked].placement or picked in locked:
        picked = ""
    here = topic.cells if topic else []
    spaces = spaces_of(event, rows)
    first = cells.get(moving) or next((cells[key] for key in here if key in cells), None)
    return {
        "rows": rows,
        "spaces": spaces,
        "tracks": tracks(spaces),
        "cells": cells,
        "chosen": picked,
        "here": here,
        "here_on": first.slot.day if first else None,
        "locked": locked,
        "may_swap": _to_swap_with(cells, topic, by) - locked if topic and moving in here else set(),
    }


def _to_swap_with(cells: dict[str, Cell], topic: Topic, by: Member) -> set[str]:
    own = set(db.session.scalars(select(Topic.id).where(Topic.event_id == by.event_id, convened_by(by.id))))
    return {
        key
        for key, cell in cells.items()
        if cell.placement
        and cell.placement.topic_id != topic.id
        and cell.space.is_column
        and (by.is_at_least(Role.FACILITATOR) or cell.placement.topic_id in own)
    }


def refused_by_now(event: Event, key: str, *, by: Member, topic: Topic | None = None) -> Problem | None:
    """The refusal for the cell with this key if it is locked for `by`, or a topic hangs there by now; else None.

    None too if there is no such cell. `topic` is the one that would hang there, if there is one already.
    """
    cell = CellKey.parse(key)
    slot = db.session.get(Slot, cell.slot_id) if cell else None
    space = db.session.get(Space, cell.space_id) if cell else None
    if not slot or not space or slot.event_id != event.id or space.event_id != slot.event_id:
        return None
    if is_locked_for(slot, by):
        return refusal(slot, topic)
    there = topic_at(slot, space)
    return cell_taken(slot, space, by=there, asker=by) if there else None
