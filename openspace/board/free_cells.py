"""What hangs in a cell, and the refusal of a taken cell, which names free ones nearby."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board.cells import Cell, whole_board
from openspace.board.locks import is_locked_for
from openspace.board.models import Placement, Topic
from openspace.board.rules import CellKey, Spot, nearest_free
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import db
from openspace.web.errors import Problem


class CellTaken(Problem):
    """A topic hangs in the cell. Facts: `slot` and `space` (ids), `taken_by` (its title), `free` (nearby cells)."""

    status = 409
    words = _l("This place has just been taken.")

    @property
    def cell(self) -> CellKey:
        """The key of the taken cell."""
        return CellKey(self.facts["slot"], self.facts["space"])


def topic_at(slot: Slot, space: Space) -> Topic | None:
    """The topic that hangs in the cell; None if it is free."""
    return db.session.scalar(
        select(Topic).join(Placement).where(Placement.slot_id == slot.id, Placement.space_id == space.id)
    )


def topic_among(hung: Iterable[Placement], slot: Slot, space: Space) -> Topic | None:
    """The topic of the one of these placements that is in the cell; None if none is."""
    return next((placement.topic for placement in hung if placement.cell == CellKey(slot.id, space.id)), None)


def cell_taken(slot: Slot, space: Space, *, by: Topic, asker: Member | None = None) -> CellTaken:
    """The refusal of a cell in which the topic `by` hangs, with up to three free cells, the nearest first.

    It names no cells that are locked for the `asker`, if there is one.
    """
    wanted = Spot("", slot.starts_at, space.number)
    free = free_near(slot.event, wanted, suits=lambda other: not (asker and is_locked_for(other, asker)))
    return CellTaken(slot=slot.id, space=space.id, taken_by=by.title, free=free)


def free_near(event: Event, wanted: Spot, *, suits: Callable[[Slot], bool]) -> list[dict[str, Any]]:
    """Up to three free cells as facts of a refusal, the nearest first: in slots that suit and are not over."""
    free: dict[str, Cell] = {
        cell.key: cell
        for row in whole_board(event)
        if row.slot.ends_at > now() and suits(row.slot)
        for cell in row.cells
        if cell.placement is None and cell.space.takes(cell.slot)
    }
    spots = [Spot(key, cell.slot.starts_at, cell.space.number) for key, cell in free.items()]
    return [
        {
            "cell": spot.key,
            "starts_at": spot.starts_at.isoformat(),
            "number": spot.number,
            "space": free[spot.key].space.name,
            "chairs": free[spot.key].space.chairs,
        }
        for spot in nearest_free(wanted, spots)
    ]
