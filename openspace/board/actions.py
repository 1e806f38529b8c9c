"""Every write on the board: propose, place, withdraw, mark."""

from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.access.snapshots import MemberSnapshot
from openspace.board import changes, notices
from openspace.board.cells import Cell, whole_board
from openspace.board.models import (
    MARKED,
    UNMARKED,
    Placement,
    Topic,
    TopicSnapshot,
    placements_where,
    topic_numbered,
    topic_snapshot,
)
from openspace.board.notices import Kind
from openspace.board.rules import CellKey, Spot, nearest_free, overlap
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import NotAllowed, NotFound, Problem

M = TypeVar("M", Slot, Space)


class CellTaken(Problem):
    """Somebody was quicker. Facts: `taken_by`, the title there, and `free`, up to three cells nearby."""

    status = 409
    words = _l("This place has just been taken.")

    @property
    def cell(self) -> CellKey:
        """The key of the cell that was wanted."""
        return CellKey(self.facts["slot"], self.facts["space"])


class ConvenerBusy(Problem):
    """The convener already has a topic at that time. Facts: `other`, its title. Told once; they may go on."""

    status = 409
    words = _l("The convener already has a topic at this time.")


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
) -> Topic:
    """Put a topic on the market, for oneself or, as a facilitator, for somebody else.

    `key` is the key of the write (`writes.request_key`). Sent again with the same key and words, however late, the
    convener's topic is given back as it is. Refuses with `NotAllowed`.
    """
    convener = convener or by
    if (convener.id != by.id or is_programme) and not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(event.id)
    known = _proposed(convener, key) if key else None
    if known and (known.title, known.text) == (title, text):
        return known
    db.session.refresh(event, ["topics_proposed"])
    event.topics_proposed += 1
    topic = Topic(
        event_id=event.id,
        number=event.topics_proposed,
        title=title,
        text=text,
        language=language or event.languages[0],
        convener=convener,
        is_programme=is_programme,
        # Other words under a key that was used before are another topic, which needs no key.
        key=None if known else key,
    )
    db.session.add(topic)
    db.session.flush()
    changes.topic(topic)
    return topic


def _proposed(convener: Member, key: str) -> Topic | None:
    return db.session.scalar(select(Topic).where(Topic.convener_id == convener.id, Topic.key == key))


def edit(topic: Topic, *, title: str, text: str, language: str, by: Member) -> None:
    """Change what a topic says. Refuses with `NotAllowed`."""
    _may_change(topic, by)
    log.claim(topic.event_id)
    topic.title, topic.text, topic.language = title, text, language
    changes.topic(topic)


def place(topic: Topic, *, slot: Slot, space: Space, by: Member, anyway: bool = False) -> Placement:
    """Hang a topic in a free cell; one that hangs elsewhere already is repeated.

    Refuses with `NotAllowed`, `Withdrawn`, `NotFound` for a cell that the programme fills, `CellTaken`, and,
    unless `anyway`, `ConvenerBusy`.
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
    """Hang a placed topic in another free cell. Refuses as `place` does, and a participant who moves what is over."""
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
    """Take a placement off the board; the topic's last one puts it back on the market.

    Refuses with `NotAllowed`, and with `NotFound` a participant who takes off what is over.
    """
    topic = placement.topic
    _may_change(topic, by)
    _check_over(placement, by)
    log.claim(topic.event_id)
    _take_off(placement)
    if not topic.placements:
        changes.market(topic)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.FEWER if topic.placements else Kind.MARKET, by=by)


def withdraw(topic: Topic, *, by: Member, why: str = "") -> None:
    """Take a topic down, `why` for its convener to read; `restore` brings it back with its marks.

    Refuses with `NotAllowed`.
    """
    _may_change(topic, by)
    log.claim(topic.event_id)
    if topic.withdrawn_at:
        return
    cells = topic.cells
    for placement in list(topic.placements):
        _take_off(placement)
    topic.withdrawn_at, topic.former_cells = now(), " ".join(cells)
    topic.withdrawn_by, topic.withdrawn_why = by, why
    changes.market(topic)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.DOWN, by=by)


def restore(topic: Topic, *, by: Member) -> None:
    """Undo `withdraw`: into its old cells where they are still free, else to the market.

    Refuses with `NotAllowed`, also a convener whose topic a facilitator took down.
    """
    _may_change(topic, by)
    log.claim(topic.event_id)
    if topic.withdrawn_at is None:
        return
    if not may_restore(topic, by):
        raise NotAllowed(_l("A facilitator has taken this topic down, and only facilitators can bring it back."))
    topic.withdrawn_at, topic.withdrawn_by, topic.withdrawn_why = None, None, ""
    for cell in filter(None, map(CellKey.parse, topic.former_cells.split())):
        slot, space = _of_event(topic, Slot, cell.slot_id), _of_event(topic, Space, cell.space_id)
        if slot and space and slot.is_open and space.takes(slot) and topic_at(slot, space) is None:
            topic.placements.append(placement := Placement(slot=slot, space=space))
            db.session.flush()
            changes.filled_or_freed(placement)
    topic.former_cells = ""
    changes.market(topic)
    changes.reload_topic_page(topic)
    notices.tell(topic.event_id, [topic.id], Kind.BACK, by=by)


def _of_event(topic: Topic, table: type[M], ident: int) -> M | None:
    """The slot or space with this id, if it still belongs to the topic's event: SQLite gives freed ids again."""
    row = db.session.get(table, ident)
    return row if row and row.event_id == topic.event_id else None


def mark(event_id: int, number: int, *, kind: str, by: Member | MemberSnapshot) -> None:
    """Say "I'll go" (`go`) or "I'll look in" (`look`); the later word counts. Refuses with `NotFound`, `Withdrawn`."""
    topic = _to_mark(event_id, number, by)
    if topic.withdrawn_at:
        raise Withdrawn
    said = {"topic": topic.id, "by": by.id, "kind": kind, "at": now()}
    if db.session.connection().execute(MARKED, said).rowcount:
        changes.topic(topic)


def unmark(event_id: int, number: int, *, by: Member | MemberSnapshot) -> None:
    """Take one's mark off a topic. Refuses with `NotFound`."""
    topic = _to_mark(event_id, number, by)
    if db.session.connection().execute(UNMARKED, {"topic": topic.id, "by": by.id}).rowcount:
        changes.topic(topic)


def _to_mark(event_id: int, number: int, by: Member | MemberSnapshot) -> TopicSnapshot:
    """The topic as it stands until the transaction ends; a withdrawn one only for those who could bring it back."""
    log.claim(event_id)
    topic = topic_snapshot(event_id, number, by.id)
    if topic is None:
        raise NotFound
    if topic.withdrawn_at and not may_change(topic, by):
        raise NotFound(_l("This topic has just been taken down."))
    return topic


def may_change(topic: Topic | TopicSnapshot, member: Member | MemberSnapshot | None) -> bool:
    """Whether this member may edit, place and withdraw the topic."""
    return member is not None and (topic.convener_id == member.id or member.is_at_least(Role.FACILITATOR))


def may_restore(topic: Topic, member: Member | MemberSnapshot | None) -> bool:
    """Whether this member may bring the withdrawn topic back: facilitators, and its convener what they took down."""
    if member is None or not may_change(topic, member):
        return False
    return member.is_at_least(Role.FACILITATOR) or topic.withdrawn_by_id in {None, member.id}


def topic_shown(event_id: int, number: int, member: Member | MemberSnapshot | None) -> Topic | None:
    """The topic with this number as far as this member, or a stranger (None), may see it on its page.

    A withdrawn one is there only for its convener and facilitators.
    """
    topic = topic_numbered(event_id, number)
    return topic if topic and (topic.withdrawn_at is None or may_change(topic, member)) else None


def _may_change(topic: Topic, by: Member) -> None:
    if not may_change(topic, by):
        raise NotAllowed


def _check_over(placement: Placement, by: Member) -> None:
    """What is over stays on the board; only facilitators correct that."""
    if placement.slot.ends_at <= now() and not by.is_at_least(Role.FACILITATOR):
        raise NotFound(_l("This session is over and stays on the board. Repeat the topic instead."))


def _may_place(
    topic: Topic, *, slot: Slot, space: Space, by: Member, anyway: bool, moving: Placement | None = None
) -> None:
    _may_change(topic, by)
    log.claim(topic.event_id)
    if topic.withdrawn_at:
        raise Withdrawn
    if not space.takes(slot):
        raise NotFound(_l("This place has been closed. Please choose another one."))
    if not slot.is_open:
        raise NotFound(_l("The programme fills this time. Please choose another time."))
    if slot.ends_at <= now() and not by.is_at_least(Role.FACILITATOR):
        raise NotFound(_l("This time is over. Please choose another one."))
    if there := topic_at(slot, space):
        raise taken(slot, space, by=there)
    if any(p.slot_id == slot.id for p in topic.placements if p is not moving):
        raise ConvenerBusy(_l("This topic already hangs at this time."), other=topic.title, is_final=True)
    if not anyway and (other := _other_topic_at(slot, topic, moving)):
        raise ConvenerBusy(other=other.title)


def taken(slot: Slot, space: Space, *, by: Topic) -> CellTaken:
    """The refusal for a cell where `by` hangs, with the three nearest free cells to choose from."""
    free: dict[str, Cell] = {
        cell.key: cell
        for row in whole_board(slot.event)
        if row.slot.ends_at > now()
        for cell in row.cells
        if cell.placement is None
    }
    spots = [Spot(key, cell.slot.starts_at, cell.space.number) for key, cell in free.items()]
    nearest = nearest_free(Spot("", slot.starts_at, space.number), spots)
    return CellTaken(
        slot=slot.id,
        space=space.id,
        taken_by=by.title,
        free=[
            {
                "cell": spot.key,
                "starts_at": spot.starts_at.isoformat(),
                "number": spot.number,
                "space": free[spot.key].space.name,
                "chairs": free[spot.key].space.chairs,
            }
            for spot in nearest
        ],
    )


def topic_at(slot: Slot, space: Space) -> Topic | None:
    """What hangs in a cell."""
    return db.session.scalar(
        select(Topic).join(Placement).where(Placement.slot_id == slot.id, Placement.space_id == space.id)
    )


def _other_topic_at(slot: Slot, topic: Topic, moving: Placement | None) -> Topic | None:
    theirs = placements_where(Topic.convener_id == topic.convener_id, Topic.id != topic.id)
    return next((p.topic for p in theirs if p is not moving and overlap(p.slot, slot)), None)


def _take_off(placement: Placement) -> None:
    topic = placement.topic
    changes.filled_or_freed(placement)
    topic.placements.remove(placement)
    db.session.flush()
