"""Undoing a change of the grid: spaces, slots and dates as they were, and topics in their former cells."""

import json
from typing import Any, NamedTuple, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board import changes, notices
from openspace.board.models import Placement, Topic, placements_where
from openspace.board.notices import Kind
from openspace.board.rules import CellKey
from openspace.events.models import Event, Slot, Space
from openspace.extensions import Model, db
from openspace.live import log
from openspace.organising.grid import from_plain, last_change
from openspace.web.errors import Stale

M = TypeVar("M", bound=Model)


class Undone(NamedTuple):
    """The result of undoing: topics that hang in their former cells again, and topics that do not."""

    back: list[Topic]
    elsewhere: list[Topic]


def undo(event: Event, change_id: int, *, by: Member) -> Undone:
    """Undo the event's last change of the grid. Refuses with `Stale` an older change, or one that is undone already.

    A topic that was hung elsewhere meanwhile, or whose place was given to another, stays where it is. What was added
    since stays if topics hang there, and goes if none does.
    """
    log.claim(event.id)
    change = last_change(event)
    if change is None or change.id != change_id:
        raise Stale(_l("This cannot be undone any more: the places or times have been changed again since."))
    before = json.loads(change.before)
    db.session.delete(change)
    times = {slot.id: (slot.starts_at, slot.ends_at) for slot in event.slots}
    days = set(event.days)
    dates_before = (event.starts_on, event.ends_on, event.zone)
    _set(event, from_plain(Event, before["event"]))
    slots = _restore_slots(event, before["slots"])
    spaces = _restore_spaces(event, before["spaces"])
    db.session.expire(event, ["slots", "all_spaces"])
    done = _hang(event, [(topic, slots[slot], spaces[space]) for topic, slot, space in before["placements"]])
    _tell(event, done, times, by)
    for day in days | set(event.days):
        changes.day(event.id, day)
    if dates_before != (event.starts_on, event.ends_on, event.zone):
        changes.reload_board_pages(event.id)
    for placement in placements_where(Topic.event_id == event.id):
        changes.topic_page(placement.topic)
    return done


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _as_it_was(table: type[M], row: dict[str, Any], known: dict[int, M], event: Event) -> M:
    """Restore a row: change a `known` one back, or insert it again, with a new id if its own is taken."""
    values = from_plain(table, row)
    there = known.get(row["id"])
    if there is None:
        if db.session.get(table, row["id"]):
            del values["id"]
        there = table(event_id=event.id)
    _set(there, values)
    db.session.add(there)
    return there


def _restore_slots(event: Event, rows: list[dict[str, Any]]) -> dict[int, int]:
    """Bring the slots back as they were; returns former ids mapped to present ones."""
    known = {slot.id: slot for slot in db.session.scalars(select(Slot).where(Slot.event_id == event.id))}
    back = {row["id"]: row for row in rows}
    for slot_id in set(known) - set(back):
        if placements_where(Placement.slot_id == slot_id):
            raise Stale(_l("This cannot be undone any more: topics hang in the times that were added."))
        db.session.delete(known[slot_id])
    restored = {slot_id: _as_it_was(Slot, row, known, event) for slot_id, row in back.items()}
    db.session.flush()
    return {slot_id: slot.id for slot_id, slot in restored.items()}


def _restore_spaces(event: Event, rows: list[dict[str, Any]]) -> dict[int, int]:
    """Bring the spaces back as they were; returns former ids mapped to present ones."""
    known = {space.id: space for space in db.session.scalars(select(Space).where(Space.event_id == event.id))}
    back = {row["id"]: row for row in rows}
    added = []
    # Numbers are unique: all spaces get free numbers first, then their own.
    for space in known.values():
        space.number = -space.id
        if space.id not in back:
            added.append(space)
    db.session.flush()
    restored = {space_id: _as_it_was(Space, row, known, event) for space_id, row in back.items()}
    last = max(row["number"] for row in rows)
    for space in added:
        if placements_where(Placement.space_id == space.id):
            last += 1
            space.number = last
        else:
            db.session.delete(space)
    db.session.flush()
    return {space_id: space.id for space_id, space in restored.items()}


def _hang(event: Event, rows: list[tuple[int, int, int]]) -> Undone:
    there = {(p.slot_id, p.space_id) for p in placements_where(Topic.event_id == event.id)}
    cells: dict[int, set[CellKey]] = {}
    for topic_id, slot_id, space_id in rows:
        cells.setdefault(topic_id, set()).add(CellKey(slot_id, space_id))
    back: dict[int, Topic] = {}
    elsewhere: dict[int, Topic] = {}
    for topic_id, slot_id, space_id in rows:
        topic = db.session.get(Topic, topic_id)
        if topic is None or topic.withdrawn_at or topic.joint_id or CellKey(slot_id, space_id) in topic.cells:
            continue
        if (slot_id, space_id) in there or not set(topic.cells) <= cells[topic_id]:
            elsewhere[topic_id] = topic
            continue
        topic.placements.append(Placement(slot_id=slot_id, space_id=space_id))
        db.session.flush()
        there.add((slot_id, space_id))
        changes.cell(event.id, slot_id, space_id)
        changes.market(topic)
        changes.reload_topic_page(topic)
        back[topic_id] = topic
    return Undone(list(back.values()), list(elsewhere.values()))


def _tell(event: Event, done: Undone, times: dict[int, Any], by: Member) -> None:
    back = {topic.id for topic in done.back}
    notices.tell(event.id, back, Kind.BACK, by=by)
    moved = {
        placement.topic_id
        for placement in placements_where(Topic.event_id == event.id)
        if placement.slot_id in times and times[placement.slot_id] != (placement.slot.starts_at, placement.slot.ends_at)
    }
    notices.tell(event.id, moved - back, Kind.MOVED, by=by)
