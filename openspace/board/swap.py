"""Two topics change places on the board."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, delete, insert, update

from openspace.access.models import Member, Role
from openspace.board import changes, notices
from openspace.board.actions import ConvenerBusy, theirs
from openspace.board.locks import check_unlocked
from openspace.board.models import Placement
from openspace.board.notices import Kind
from openspace.board.permissions import may_change
from openspace.board.rules import overlap
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import NotAllowed, NotFound


def swap(one: Placement, other: Placement, *, by: Member, anyway: bool = False) -> None:
    """Hang each topic where the other one hangs. Only those who may move both may do it.

    Refuses with `NotAllowed`, `Locked`, with `NotFound` for a slot that has ended or a space that is closed, and with
    `ConvenerBusy` if a topic would hang twice at one time, or, unless `anyway`, if a convener has a third topic then.
    """
    if not (may_change(one.topic, by) and may_change(other.topic, by)):
        raise NotAllowed
    event_id = one.topic.event_id
    log.claim(event_id)
    if one.topic_id == other.topic_id:
        return
    check_swap(one, other, by=by, anyway=anyway)
    topics, cells = (one.topic, other.topic), ((one.slot_id, one.space_id), (other.slot_id, other.space_id))
    _exchange(one, other)
    for slot_id, space_id in cells:
        changes.cell(event_id, slot_id, space_id)
    for topic in topics:
        changes.reload_topic_page(topic)
    notices.tell(event_id, [topic.id for topic in topics], Kind.MOVED, by=by)


def check_swap(
    one: Placement, other: Placement, *, by: Member, anyway: bool = False, hung: Collection[Placement] | None = None
) -> None:
    """Refuse, as `swap` does, what the rules of the board forbid; writes and locks nothing.

    `hung` are all placements of the event, for whoever has loaded them.
    """
    _check(one, other, by=by, anyway=anyway, hung=hung)
    _check(other, one, by=by, anyway=anyway, hung=hung)


def _check(moving: Placement, to: Placement, *, by: Member, anyway: bool, hung: Collection[Placement] | None) -> None:
    """Refuse unless the topic of `moving` may hang in the cell that `to` is about to leave."""
    if not to.space.is_column:
        raise NotFound(_l("This place has been closed. Please choose another one."))
    if to.slot.ends_at <= now() and not by.is_at_least(Role.FACILITATOR):
        raise NotFound(_l("This time is over. Please choose another one."))
    topic = moving.topic
    check_unlocked(topic, to.slot, by=by)
    if any(p.slot_id == to.slot_id for p in topic.placements if p is not moving):
        raise ConvenerBusy(_l("This topic already hangs at this time."), other=topic.title, is_final=True)
    others = (p for p in theirs(topic, hung) if p.topic_id != topic.id)
    third = next((p.topic for p in others if p.id != to.id and overlap(p.slot, to.slot)), None)
    if third and not anyway and moving.slot_id != to.slot_id:
        raise ConvenerBusy(other=third.title)


def _exchange(one: Placement, other: Placement) -> None:
    """Change the cells of two rows, each of which keeps its id.

    A cell is unique, and databases check that row by row: one row has to be deleted while the other one moves.
    """
    table: Table = Placement.__table__  # type: ignore[assignment]  # a mapped table
    topics = (one.topic, other.topic)
    db.session.flush()
    row = {column.key: getattr(one, column.key) for column in table.columns}
    cell = {"slot_id": one.slot_id, "space_id": one.space_id, "placed_at": now()}
    row |= {"slot_id": other.slot_id, "space_id": other.space_id, "placed_at": now()}
    connection = db.session.connection()
    connection.execute(delete(table).where(table.c.id == one.id))
    connection.execute(update(table).where(table.c.id == other.id).values(cell))
    connection.execute(insert(table).values(row))
    for changed in (one, other, *topics):
        db.session.expire(changed)
