"""Writes of topics: propose, edit, place, move, take off, withdraw, restore, mark."""

from collections.abc import Collection
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.access.snapshots import MemberSnapshot
from openspace.board import changes, merge_requests, notices
from openspace.board.free_cells import cell_taken, topic_among, topic_at
from openspace.board.joint_marks import say_anew
from openspace.board.locks import check_unlocked, is_locked_for
from openspace.board.models import (
    MARKED,
    UNMARKED,
    Placement,
    Topic,
    TopicSnapshot,
    convened_by,
    placements_where,
    topic_snapshot,
)
from openspace.board.notices import Kind
from openspace.board.permissions import check_may_change, is_over_for, may_change, may_restore
from openspace.board.rules import CellKey, overlap
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import NotAllowed, NotFound, Problem, Stale

M = TypeVar("M", Slot, Space)


class ConvenerBusy(Problem):
    """The convener already has a topic at this time. Fact: `other`, its title.

    Sent again with `anyway` the write is done, unless it is the same topic (fact `is_final`).
    """

    status = 409
    words = _l("The convener already has a topic at this time.")


class ProposingClosed(Problem):
    status = 409
    words = _l("Topics cannot be proposed at present. Your words stay here until facilitators open it again.")


class Merged(Stale):
    """The topic is part of a joint topic now. Fact: `joint`, that topic's title."""

    words = _l("This topic has been merged with another one.")


class Withdrawn(Problem):
    status = 409
    words = _l("This topic has been taken down. Bring it back first.")


def propose(
    event: Event,
    *,
    title: str,
    by: Member,
    text: str = "",
    language: str = "",
    convener: Member | None = None,
    is_programme: bool = False,
    key: str | None = None,
    even_if_closed: bool = False,
) -> Topic:
    """Add a topic to the market, with `by` as its convener, or for a facilitator another member.

    `key` is the idempotency key of the request (`writes.request_key`). If the convener has a topic with this key, title
    and text already, that one is returned. Refuses with `NotAllowed` a participant who names another convener or sets
    `is_programme`, and with `ProposingClosed` participants while the event takes no topics, unless `even_if_closed`.
    """
    convener = convener or by
    if (convener.id != by.id or is_programme) and not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(event.id)
    known = _proposed(convener, key) if key else None
    if known and (known.title, known.text) == (title, text):
        return known
    db.session.refresh(event, ["topics_proposed", "takes_topics"])
    if not (event.takes_topics or even_if_closed or by.is_at_least(Role.FACILITATOR)):
        raise ProposingClosed
    event.topics_proposed += 1
    topic = Topic(
        event_id=event.id,
        number=event.topics_proposed,
        title=title,
        text=text,
        language=language or event.languages[0],
        convener=convener,
        is_programme=is_programme,
        # A different topic with a key that was used before: it is saved without a key.
        key=None if known else key,
    )
    db.session.add(topic)
    db.session.flush()
    changes.topic(topic)
    return topic


def _proposed(convener: Member, key: str) -> Topic | None:
    return db.session.scalar(select(Topic).where(Topic.convener_id == convener.id, Topic.key == key))


def edit(topic: Topic, *, title: str, text: str, language: str, by: Member) -> None:
    """Change a topic's title, text and language. Refuses with `NotAllowed`; `Merged`."""
    check_may_change(topic, by)
    log.claim(topic.event_id)
    check_not_merged(topic)
    topic.title, topic.text, topic.language = title, text, language
    changes.topic(topic)


def place(topic: Topic, *, slot: Slot, space: Space, by: Member, anyway: bool = False) -> Placement:
    """Place a topic in a free cell. One that hangs in other cells already is repeated.

    Refuses with `NotAllowed`; `Withdrawn`; `Merged`; `NotFound` a cell in a closed space, in a slot that the programme
    fills or, for participants, in the past; `Locked`; `CellTaken`; and with `ConvenerBusy`, unless `anyway`, a second
    topic of the convener at this time.
    """
    _may_place(topic, slot=slot, space=space, by=by, anyway=anyway)
    was_on_market = not topic.placements
    placement = Placement(topic=topic, slot=slot, space=space)
    db.session.add(placement)
    db.session.flush()
    changes.filled_or_freed(placement)
    if was_on_market:
        changes.market(topic)
        notices.tell(topic.event_id, [topic.id], Kind.HUNG, by=by)
    changes.reload_topic_page(topic)
    return placement


def move(placement: Placement, *, slot: Slot, space: Space, by: Member, anyway: bool = False) -> None:
    """Move a placement to another free cell.

    Refuses as `place` does, and with `NotFound` a participant who moves a session that is over. Both slots must be
    unlocked.
    """
    topic = placement.topic
    if (placement.slot_id, placement.space_id) == (slot.id, space.id):
        return
    _check_over(placement, by)
    _may_place(topic, slot=slot, space=space, by=by, anyway=anyway, moving=placement)
    changes.filled_or_freed(placement)
    placement.slot, placement.space, placement.placed_at = slot, space, now()
    db.session.flush()
    changes.filled_or_freed(placement)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.MOVED, by=by)


def unplace(placement: Placement, *, by: Member) -> None:
    """Take a placement off the board. A topic without another one is on the market then.

    Refuses with `NotAllowed`, `Locked`, and with `NotFound` a participant who takes off a session that is over.
    """
    topic = placement.topic
    check_may_change(topic, by)
    _check_over(placement, by)
    log.claim(topic.event_id)
    check_unlocked(topic, placement.slot, by=by)
    _take_off(placement)
    if not topic.placements:
        changes.market(topic)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.FEWER if topic.placements else Kind.MARKET, by=by)


def withdraw(topic: Topic, *, by: Member, why: str = "") -> None:
    """Withdraw a topic with all its placements; its marks are kept. `why` is a reason that its convener reads.

    A lock does not keep anybody from it: whoever cannot come, cannot. Refuses with `NotAllowed`; `Merged`.
    """
    check_may_change(topic, by)
    log.claim(topic.event_id)
    check_not_merged(topic)
    if topic.withdrawn_at:
        return
    take_down(topic)
    topic.withdrawn_at = now()
    topic.withdrawn_by, topic.withdrawn_why = by, why
    merge_requests.close(topic)
    changes.hidden(topic)
    changes.market(topic)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.DOWN, by=by)


def restore(topic: Topic, *, by: Member) -> None:
    """Restore a withdrawn topic to those of its former cells that are free and not locked; if none is, to the market.

    Refuses with `Merged`; `NotAllowed`, also a convener whose topic a facilitator withdrew.
    """
    check_may_change(topic, by)
    log.claim(topic.event_id)
    check_not_merged(topic)
    if topic.withdrawn_at is None:
        return
    if not may_restore(topic, by):
        raise NotAllowed(_l("A facilitator has taken this topic down, and only facilitators can bring it back."))
    topic.withdrawn_at, topic.withdrawn_by, topic.withdrawn_why = None, None, ""
    hang_again(topic, by=by)
    changes.hidden(topic)
    changes.market(topic)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.BACK, by=by)


def take_down(topic: Topic) -> None:
    """Take all placements of a topic off the board, and remember their cells in it."""
    cells = topic.cells
    for placement in list(topic.placements):
        _take_off(placement)
    topic.former_cells = " ".join(cells)


def hang_again(topic: Topic, *, by: Member) -> None:
    """Hang a topic in those of its former cells that are free and not locked for `by`."""
    for cell in filter(None, map(CellKey.parse, topic.former_cells.split())):
        slot, space = _of_event(topic, Slot, cell.slot_id), _of_event(topic, Space, cell.space_id)
        if not slot or not space or not slot.is_open or not space.takes(slot) or is_locked_for(slot, by):
            continue
        if topic_at(slot, space) is None:
            topic.placements.append(placement := Placement(slot=slot, space=space))
            db.session.flush()
            changes.filled_or_freed(placement)
    topic.former_cells = ""


def check_not_merged(topic: Topic) -> None:
    """Refuse with `Merged` a topic that is part of a joint topic now."""
    if topic.joint:
        words = _l("This topic has been merged into “%(title)s”. Here is how things stand now.")
        raise Merged(words % {"title": topic.joint.title}, joint=topic.joint.title)


def _of_event(topic: Topic, table: type[M], ident: int) -> M | None:
    """The slot or space with this id, if it belongs to the topic's event: SQLite may reuse the id of a deleted row."""
    row = db.session.get(table, ident)
    return row if row and row.event_id == topic.event_id else None


def mark(event_id: int, number: int, *, kind: str, by: Member | MemberSnapshot) -> None:
    """Set the mark of `by` on a topic; `kind` is `go` or `look`. Refuses with `NotFound`, and `Withdrawn`.

    Whoever marks a merged topic, on a page from before, marks the joint one.
    """
    topic = _to_mark(event_id, number, by)
    if topic.withdrawn_at:
        raise Withdrawn
    if topic.has_parts:
        say_anew(topic.id, by.id)
    said = {"topic": topic.id, "by": by.id, "kind": kind, "at": now()}
    if db.session.connection().execute(MARKED, said).rowcount:
        changes.marks(topic)


def unmark(event_id: int, number: int, *, by: Member | MemberSnapshot) -> None:
    """Remove the mark of `by` from a topic. Refuses with `NotFound`."""
    topic = _to_mark(event_id, number, by)
    if topic.has_parts:
        say_anew(topic.id, by.id)
    if db.session.connection().execute(UNMARKED, {"topic": topic.id, "by": by.id}).rowcount:
        changes.marks(topic)


def _to_mark(event_id: int, number: int, by: Member | MemberSnapshot) -> TopicSnapshot:
    """The values of the topic, or of the joint one that it is part of, locked until the transaction ends.

    Refuses with `NotFound` a topic that does not exist, and a withdrawn one for all who may not change it.
    """
    log.claim(event_id)
    topic = topic_snapshot(event_id, number, by.id)
    if topic and topic.joint_number:
        topic = topic_snapshot(event_id, topic.joint_number, by.id)
    if topic is None:
        raise NotFound
    if topic.withdrawn_at and not may_change(topic, by):
        raise NotFound(_l("This topic has just been taken down."))
    return topic


def _check_over(placement: Placement, by: Member) -> None:
    """Refuse with `NotFound` a participant who changes where a session hung that is over."""
    if is_over_for(placement, by):
        raise NotFound(_l("This session is over and stays on the board. Repeat the topic instead."))


def _may_place(
    topic: Topic, *, slot: Slot, space: Space, by: Member, anyway: bool, moving: Placement | None = None
) -> None:
    check_may_change(topic, by)
    log.claim(topic.event_id)
    check_place(topic, slot=slot, space=space, by=by, anyway=anyway, moving=moving)


def check_place(
    topic: Topic,
    *,
    slot: Slot,
    space: Space,
    by: Member,
    anyway: bool = False,
    moving: Placement | None = None,
    hung: Collection[Placement] | None = None,
) -> None:
    """Refuse, as `place` and `move` do, what the rules of the board forbid; writes and locks nothing.

    `hung` are all placements of the event, for whoever has loaded them; otherwise the few that matter are asked for.
    """
    check_not_merged(topic)
    if topic.withdrawn_at:
        raise Withdrawn
    if not space.takes(slot):
        raise NotFound(_l("This place has been closed. Please choose another one."))
    if not slot.is_open:
        raise NotFound(_l("The programme fills this time. Please choose another time."))
    if slot.ends_at <= now() and not by.is_at_least(Role.FACILITATOR):
        raise NotFound(_l("This time is over. Please choose another one."))
    check_unlocked(topic, *([moving.slot] if moving else []), slot, by=by)
    if there := topic_at(slot, space) if hung is None else topic_among(hung, slot, space):
        raise cell_taken(slot, space, by=there, asker=by)
    if any(p.slot_id == slot.id for p in topic.placements if p is not moving):
        raise ConvenerBusy(_l("This topic already hangs at this time."), other=topic.title, is_final=True)
    if not anyway and (other := _other_topic_at(slot, topic, moving, hung)):
        raise ConvenerBusy(other=other.title)


def _other_topic_at(
    slot: Slot, topic: Topic, moving: Placement | None, hung: Collection[Placement] | None
) -> Topic | None:
    """Another topic of one of its conveners in an overlapping slot; the placement `moving` does not count."""
    others = (p for p in theirs(topic, hung) if p.topic_id != topic.id)
    return next((p.topic for p in others if p is not moving and overlap(p.slot, slot)), None)


def theirs(topic: Topic, hung: Collection[Placement] | None) -> list[Placement]:
    """The placements of all topics of this topic's conveners, from those `hung` if they have been loaded.

    Among those loaded, joint topics count for their first convener alone: who else convenes them would be a query each.
    """
    ids = topic.convener_ids
    if hung is None:
        return placements_where(convened_by(*ids))
    return [placement for placement in hung if placement.topic.convener_id in ids]


def _take_off(placement: Placement) -> None:
    topic = placement.topic
    changes.filled_or_freed(placement)
    topic.placements.remove(placement)
    db.session.flush()
