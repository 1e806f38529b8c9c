"""Which rows of the board facilitators' steps change, so that the journal can undo them."""

from collections import defaultdict
from itertools import combinations
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board import changes, joint_marks, merge_requests, notices
from openspace.board.actions import ConvenerBusy, Withdrawn, check_not_merged
from openspace.board.free_cells import cell_taken, topic_at
from openspace.board.locks import refusal
from openspace.board.merge_models import requests_about
from openspace.board.models import Interest, Placement, Topic, placements_where
from openspace.board.notices import Kind
from openspace.board.rules import overlap
from openspace.events.models import Event, Lock, Slot, Space
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Difference, Values, Watched
from openspace.web.errors import Problem, Stale
from openspace.web.i18n import clock_time

_WITHDRAWAL = ("withdrawn_at", "withdrawn_by_id", "withdrawn_why", "former_cells")
_CLOSED = _l("This place has been closed. Please choose another one.")
_TWICE = _l("At %(time)s “%(title)s” and “%(other)s” would hang at once, and have the same convener.")
_MERGING = ("merged_into_id", "joint_id", "merged_at", "merged_by_id")


def _event_changed(event_id: int, before: Values | None, after: Values | None) -> None:
    for day in db.session.get_one(Event, event_id).days:
        changes.day(event_id, day)


def _placement_changed(event_id: int, before: Values | None, after: Values | None) -> None:
    values: Values = after or before or {}
    changes.cell(event_id, values["slot_id"], values["space_id"])
    # An undone proposal has gone with its placement.
    if topic := db.session.get(Topic, values["topic_id"]):
        changes.market(topic)
        changes.reload_topic_page(topic)
    space = db.session.get(Space, values["space_id"])
    if space and not space.is_column:
        changes.day(event_id, db.session.get_one(Slot, values["slot_id"]).day)


def _placement_fits(values: Values) -> None:
    slot, space = db.session.get(Slot, values["slot_id"]), db.session.get(Space, values["space_id"])
    topic = db.session.get(Topic, values["topic_id"])
    if slot is None or space is None or topic is None or {slot.event_id, space.event_id} != {topic.event_id}:
        raise journal.NoLongerFits
    check_not_merged(topic)
    if topic.withdrawn_at:
        raise Withdrawn
    if slot.lock_now is Lock.NOBODY:
        raise refusal(slot, topic)
    if there := topic_at(slot, space):
        raise cell_taken(slot, space, by=there)
    if not (slot.is_open and space.takes(slot)):
        raise journal.NoLongerFits(_CLOSED)


def _placement_may_go(placement: Placement) -> None:
    if placement.slot.lock_now is Lock.NOBODY:
        raise refusal(placement.slot, placement.topic)


def _topic_changed(event_id: int, before: Values | None, after: Values | None) -> None:
    topic = db.session.get(Topic, (after or before or {})["id"])
    if topic is None:
        changes.gone(event_id, (before or {})["number"])
        return
    # A topic was merged or split: marks of the joint topics are other ones then, and who answers for them.
    for joint_id in {(values or {}).get("merged_into_id") for values in (before, after)} - {None}:
        joint = db.session.get_one(Topic, joint_id)
        merge_requests.close(joint.joint or joint)
        joint_marks.settle(joint)
        changes.topic(joint)
        changes.reload_topic_page(joint)
    if topic.withdrawn_at or topic.joint_id:
        merge_requests.close(topic)
    changes.topic(topic)
    changes.hidden(topic)
    changes.market(topic)
    changes.reload_topic_page(topic)


def _topic_fits(values: Values) -> None:
    """Refuse to merge a topic again into one that is withdrawn by now, or part of another one."""
    if not values.get("merged_into_id"):
        return
    into = db.session.get(Topic, values["merged_into_id"])
    if into is None or into.withdrawn_at or (into.joint_id or into.id) != values["joint_id"]:
        raise journal.NoLongerFits


def _topic_agrees(topic: Topic) -> None:
    """Refuse a hidden or merged topic that hangs by now, and one into which others have been merged meanwhile."""
    is_merged = topic.joint_id is not None
    others = select(Topic.id).where(Topic.merged_into_id == topic.id, Topic.joint_id != (topic.joint_id or topic.id))
    if (is_merged or topic.withdrawn_at) and (topic.placements or db.session.scalar(others.limit(1))):
        raise journal.NoLongerFits
    if is_merged and topic.withdrawn_at:
        raise journal.NoLongerFits


def _topic_may_go(topic: Topic) -> None:
    parts = select(Topic.id).where(Topic.merged_into_id == topic.id)
    if topic.placements or requests_about(topic) or db.session.scalar(parts.limit(1)):
        raise journal.NoLongerFits
    marked = select(Interest.member_id).where(Interest.topic_id == topic.id, Interest.member_id != topic.convener_id)
    if db.session.scalar(marked.limit(1)):
        raise Stale(_l("People have marked this topic since. Hide it, if it should go."))


def _slot_changed(event_id: int, before: Values | None, after: Values | None) -> None:
    for values in (before, after):
        if values and "day" in values:
            changes.day(event_id, values["day"])
    slot = db.session.get(Slot, (after or before or {})["id"])
    if slot:
        changes.day(event_id, slot.day)
        for placement in placements_where(Placement.slot_id == slot.id):
            changes.topic_page(placement.topic)


def _slot_may_go(slot: Slot) -> None:
    if placements_where(Placement.slot_id == slot.id):
        raise Stale(_l("Topics hang in this time by now. Move them first."))


def _space_changed(event_id: int, before: Values | None, after: Values | None) -> None:
    for day in db.session.get_one(Event, event_id).days:
        changes.day(event_id, day)


def _space_may_go(space: Space) -> None:
    if placements_where(Placement.space_id == space.id):
        raise Stale(_l("Topics hang in this place by now. Move them first."))
    # A slot names the places that are closed for it, and would close the next one that gets this id.
    slots = db.session.scalars(select(Slot).where(Slot.event_id == space.event_id))
    if any(space.id in slot.without for slot in slots):
        raise journal.NoLongerFits


def _tell(event_id: int, written: list[Difference], by: Member) -> None:
    """Leave notices about topics that an undo or a redo has moved, hidden, brought back, merged or split."""
    _tell_of_times(event_id, written, by)
    _tell_of_places(event_id, written, by)
    for each in written:
        if each.table == Topic.__tablename__ and each.before and each.after:
            _tell_of_topic(db.session.get_one(Topic, each.key[0]), each.before, each.after, by)


def _tell_of_times(event_id: int, written: list[Difference], by: Member) -> None:
    changed = [each for each in written if each.table == Slot.__tablename__ and each.before and each.after]
    slots = [each.key[0] for each in changed if {"starts_at", "ends_at"} & set(each.after or ())]
    moved = {placement.topic_id for placement in placements_where(Placement.slot_id.in_(slots))}
    notices.tell(event_id, sorted(moved), Kind.MOVED, by=by)


def _tell_of_places(event_id: int, written: list[Difference], by: Member) -> None:
    touched = [each for each in written if each.table == Placement.__tablename__]
    gone = {_topic_id(each) for each in touched if each.after is None}
    come = {_topic_id(each) for each in touched if each.before is None}
    there = set(db.session.scalars(select(Placement.topic_id).where(Placement.topic_id.in_(gone))))
    notices.tell(event_id, sorted(come & gone), Kind.MOVED, by=by)
    notices.tell(event_id, sorted(come - gone), Kind.HUNG, by=by)
    notices.tell(event_id, sorted((gone - come) & there), Kind.FEWER, by=by)
    notices.tell(event_id, sorted(gone - come - there), Kind.MARKET, by=by)


def _tell_of_topic(topic: Topic, before: Values, after: Values, by: Member) -> None:
    if "withdrawn_at" in after:
        kind = Kind.DOWN if after["withdrawn_at"] else Kind.BACK
        notices.tell(topic.event_id, [topic.id], kind, by=by)
    if "merged_into_id" in after:
        kind = Kind.MERGED if after["merged_into_id"] else Kind.SPLIT
        other = db.session.get(Topic, after["merged_into_id"] or before["merged_into_id"])
        notices.tell(topic.event_id, [topic.id], kind, by=by, also=other.convener_ids if other else ())


def _closed(event_id: int) -> dict[str, Problem]:
    """The rule that topics hang in open places and times."""
    return {
        f"closed {placement.cell} {placement.topic_id}": journal.NoLongerFits(_CLOSED)
        for placement in placements_where(Topic.event_id == event_id)
        if not (placement.slot.is_open and placement.space.takes(placement.slot))
    }


def _gone(event_id: int) -> dict[str, Problem]:
    """The rule that no time is closed for a place that has been taken away, whose id another one may get."""
    spaces = set(db.session.scalars(select(Space.id).where(Space.event_id == event_id)))
    slots = db.session.scalars(select(Slot).where(Slot.event_id == event_id, Slot.closed_spaces != ""))
    return {f"gone {slot.id} {ident}": journal.NoLongerFits() for slot in slots for ident in slot.without - spaces}


def _busy(event_id: int) -> dict[str, Problem]:
    """The rule that nobody convenes two topics at once."""
    parts = select(Topic.joint_id, Topic.convener_id).where(Topic.event_id == event_id, Topic.joint_id.is_not(None))
    theirs: dict[int, list[Placement]] = defaultdict(list)
    hung: dict[int, list[Placement]] = defaultdict(list)
    for placement in placements_where(Topic.event_id == event_id):
        hung[placement.topic_id].append(placement)
        theirs[placement.topic.convener_id].append(placement)
    for joint_id, convener_id in db.session.execute(parts):
        theirs[convener_id] += [each for each in hung[joint_id or 0] if each not in theirs[convener_id]]
    pairs = (sorted(pair, key=lambda each: each.topic_id) for all_ in theirs.values() for pair in combinations(all_, 2))
    return {
        f"busy {one.topic_id} {one.slot_id} {other.topic_id} {other.slot_id}": _at_once(one, other)
        for one, other in pairs
        if one.topic_id != other.topic_id and overlap(one.slot, other.slot)
    }


def _at_once(one: Placement, other: Placement) -> ConvenerBusy:
    time = clock_time(max(one.slot.starts_at, other.slot.starts_at), one.slot.event.zone)
    facts = {"time": time, "title": one.topic.title, "other": other.topic.title}
    return ConvenerBusy(_TWICE % facts, other=other.topic.title)


def _topic_id(difference: Difference) -> int:
    values: dict[str, Any] = difference.after or difference.before or {}
    return int(values["topic_id"])


journal.watch(
    Watched(
        Event,
        key=("id",),
        columns=("board_lock",),
        of=lambda event_id: Event.id == event_id,
        changed=_event_changed,
    )
)
journal.watch(
    Watched(
        Space,
        key=("id",),
        columns=("number", "name", "chairs", "closed_at", "is_butterfly"),
        of=lambda event_id: Space.event_id == event_id,
        changed=_space_changed,
        may_go=_space_may_go,
    )
)
journal.watch(
    Watched(
        Slot,
        key=("id",),
        columns=("day", "starts_at", "ends_at", "title", "is_break", "lock", "closed_spaces"),
        sets=("closed_spaces",),
        of=lambda event_id: Slot.event_id == event_id,
        changed=_slot_changed,
        may_go=_slot_may_go,
    )
)
journal.watch(
    Watched(
        Topic,
        key=("id",),
        columns=("title", "text", "language", *_WITHDRAWAL, *_MERGING),
        of=lambda event_id: Topic.event_id == event_id,
        changed=_topic_changed,
        renewed=("edits", "changed_at"),
        fits=_topic_fits,
        may_go=_topic_may_go,
        agrees=_topic_agrees,
    )
)
# A topic in a cell is the same however it came there: a row that is inserted again gets a new id, and its calendar
# entry goes on by `appointments.give_identifier`.
journal.watch(
    Watched(
        Placement,
        key=("topic_id", "slot_id", "space_id"),
        columns=(),
        of=lambda event_id: Placement.topic_id.in_(select(Topic.id).where(Topic.event_id == event_id)),
        changed=_placement_changed,
        renewed=("id", "uid"),
        fits=_placement_fits,
        may_go=_placement_may_go,
    )
)
journal.keep(_closed)
journal.keep(_gone)
journal.keep(_busy)
journal.when_written.append(_tell)

name("board.hang", _l("“%(title)s”: %(place)s"))
name("board.swap", _l("“%(title)s” changed places: %(place)s"))
name("board.market", _l("“%(title)s” to the market"))
name("board.hide", _l("“%(title)s” hidden"))
name("board.merge", _l("“%(title)s” merged into “%(joint)s”"))
name("board.split", _l("“%(title)s” split off"))
name("board.restore", _l("“%(title)s” brought back"))
name("lock.open", _l("%(time)s is open to everybody"))
name("lock.facilitators", _l("%(time)s: only facilitators hang topics"))
name("lock.nobody", _l("%(time)s is locked for everybody"))
name("lock.board.open", _l("The whole board is open to everybody"))
name("lock.board.facilitators", _l("The whole board: only facilitators hang topics"))
name("lock.board.nobody", _l("The whole board is locked for everybody"))
name("space.close", _l("%(time)s: place %(place)s is closed"))
name("space.open", _l("%(time)s: place %(place)s is open again"))
