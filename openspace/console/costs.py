"""What each free cell would cost the topic in hand: who would be pulled in two directions, and chairs too few."""

from collections import defaultdict
from typing import NamedTuple

from flask_babel import gettext, ngettext
from sqlalchemy import select

from openspace.board.cells import whole_board
from openspace.board.models import Interest, Placement, Topic, convened_by, placements_where
from openspace.board.rules import overlap
from openspace.clock import now
from openspace.console.rules import away
from openspace.events.models import Lock, Slot, Space
from openspace.extensions import db


class Cost(NamedTuple):
    """What hanging a topic in a cell costs, in words: sentences, and whether the rules forbid it."""

    words: list[str]
    is_forbidden: bool


def costs(topic: Topic, *, moving: str = "") -> dict[str, Cost]:
    """The cost of each free cell that is not over, by the cell's key. `moving` is the cell that it would leave."""
    goers = _goers(topic)
    theirs = [p for p in placements_where(convened_by(*topic.convener_ids)) if p.cell != moving]
    found: dict[str, Cost] = {}
    for row in whole_board(topic.event):
        if row.slot.ends_at <= now() or not row.slot.is_open or row.slot.lock_now is Lock.NOBODY:
            continue
        said, is_forbidden = _of_slot(topic, row.slot, goers, theirs)
        for cell in row.cells:
            if cell.placement is None and cell.space.takes(row.slot):
                found[cell.key] = Cost([*said, *_of_space(len(goers), cell.space)], is_forbidden)
    return found


def _goers(topic: Topic) -> dict[int, list[Slot]]:
    """The members who go to the topic, each with the slots of the other topics they go to."""
    go = Interest.kind == "go"
    members = select(Interest.member_id).where(Interest.topic_id == topic.id, go)
    goers: dict[int, list[Slot]] = {member_id: [] for member_id in db.session.scalars(members)}
    others = (
        select(Interest.member_id, Slot)
        .join(Placement, Placement.topic_id == Interest.topic_id)
        .join(Slot, Slot.id == Placement.slot_id)
        .where(Interest.member_id.in_(members), Interest.topic_id != topic.id, go)
    )
    for member_id, slot in db.session.execute(others):
        goers[member_id].append(slot)
    return goers


def _of_slot(topic: Topic, slot: Slot, goers: dict[int, list[Slot]], theirs: list[Placement]) -> tuple[list[str], bool]:
    busy: dict[bool, list[str]] = defaultdict(list)
    for placement in theirs:
        if overlap(placement.slot, slot):
            busy[placement.topic_id == topic.id].append(placement.topic.title)
    if busy[True]:
        return [gettext("It hangs at this time already.")], True
    said = (
        [gettext("%(name)s has “%(title)s” then", name=topic.convener.name, title=busy[False][0])]
        if busy[False]
        else []
    )
    if count := away(goers, slot):
        said.append(
            ngettext(
                "%(num)d of %(all)d is elsewhere then", "%(num)d of %(all)d are elsewhere then", count, all=len(goers)
            )
        )
    return said, False


def _of_space(going: int, space: Space) -> list[str]:
    if going <= space.chairs:
        return []
    return [gettext("%(chairs)d chairs for %(going)d", chairs=space.chairs, going=going)]
