"""Changes of the grid (dates, spaces, slots): asking before topics lose their cells, and remembering it for undo."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, delete, select
from sqlalchemy.types import TypeEngine

from openspace.access.models import Member
from openspace.board.models import Placement, Topic, placements_where
from openspace.clock import now
from openspace.events.models import Event, GridChange, Slot, Space
from openspace.extensions import Model, UtcDateTime, db
from openspace.web.errors import Problem

M = TypeVar("M", bound=Model)
# How long a change can be undone.
KEPT = timedelta(days=1)
# The columns of a slot that a change of the grid changes.
SLOT = ("id", "day", "starts_at", "ends_at", "title", "is_break")


class TopicsAffected(Problem):
    """A change of the grid would take topics off the board, and the organiser has not agreed to that yet.

    Facts: lists of titles: topics `returning` to the market, `running` or `over` ones, which stay, and `moving` ones,
    which get another date; `slots` that would be deleted, in words; `count`, how many topics are affected; and `agree`,
    the text that the form sends back as `agreed` to agree to exactly this.
    """

    status = 409
    words = _l("This touches what hangs on the board.")


def has_begun(slot: Slot) -> bool:
    """Whether the slot is running or has ended: its topics are no longer taken off the board."""
    return slot.starts_at <= now()


def ask(
    placements: Iterable[Placement],
    agreed: Collection[str] | None,
    *,
    slots: Sequence[tuple[Slot, str]] = (),
    moving: Iterable[Topic] = (),
) -> None:
    """Refuse with `TopicsAffected` unless the organiser has `agreed`; None stands for agreement to everything.

    `placements` would be taken off, except for those that have begun; `slots`, each with its name in words, would be
    deleted; the topics `moving` would keep their cells, on another date. Placements that have ended need no agreement,
    because they stay.
    """
    affected = list(placements)
    going = [placement for placement in affected if not has_begun(placement.slot)]
    running = [placement for placement in affected if has_begun(placement.slot) and placement.slot.ends_at > now()]
    moved = list(moving)
    keys = {f"{placement.topic.number}-{placement.cell}" for placement in going + running}
    keys |= {f"slot-{slot.id}" for slot, _ in slots} | {f"date-{topic.number}" for topic in moved}
    if agreed is None or keys <= set(agreed):
        return
    raise TopicsAffected(
        count=len(
            {placement.topic_id for placement in affected if placement.slot.ends_at > now()} | {t.id for t in moved}
        ),
        returning=[placement.topic.title for placement in going],
        running=[placement.topic.title for placement in running],
        over=[placement.topic.title for placement in affected if placement.slot.ends_at <= now()],
        moving=[topic.title for topic in moved],
        slots=[words for _, words in slots],
        agree=" ".join(sorted(keys)),
    )


def remember(event: Event, by: Member | None) -> None:
    """Save the grid as it is before `by` changes it. Without `by`, while an event is set up, nothing is saved.

    Only the last change of an event can be undone.
    """
    if by is None:
        return
    db.session.flush()
    placements = placements_where(Topic.event_id == event.id)
    before = {
        "event": _plain(event, "starts_on", "ends_on", "zone"),
        "spaces": [_plain(space) for space in _all(Space, event)],
        # Without the locks: undoing a change of the grid unlocks nothing.
        "slots": [_plain(slot, *SLOT) for slot in _all(Slot, event)],
        "placements": [[p.topic_id, p.slot_id, p.space_id] for p in placements],
    }
    change = GridChange(event_id=event.id, before=json.dumps(before, default=lambda value: value.isoformat()))
    db.session.add(change)
    db.session.flush()
    # Earlier changes are deleted after the insert, so that the new row cannot get the id of one of them.
    db.session.execute(delete(GridChange).where(GridChange.event_id == event.id, GridChange.id != change.id))


def last_change(event: Event) -> GridChange | None:
    """The event's last change of spaces, slots or dates, if it can still be undone."""
    recent = GridChange.at > now() - KEPT
    return db.session.scalar(select(GridChange).where(GridChange.event_id == event.id, recent))


def _all(table: type[M], event: Event) -> list[M]:
    return list(db.session.scalars(select(table).where(table.event_id == event.id)))  # type: ignore[attr-defined]


def _plain(row: Model, *names: str) -> dict[str, Any]:
    """The named columns of a row; without names all but the event's id."""
    found = names or [column.key for column in row.__table__.columns if column.key != "event_id"]
    return {name: getattr(row, name) for name in found}


def from_plain(table: type[Model], plain: dict[str, Any]) -> dict[str, Any]:
    """Columns read from JSON, with dates and times made from their text again."""
    return {name: _value(table.__table__.columns[name].type, value) for name, value in plain.items()}


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    if value is not None and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and isinstance(kind, Date) else value
