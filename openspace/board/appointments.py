"""What calendars need to know of a placement: a lasting identifier (UID), and a count of its changes (SEQUENCE).

Listeners on the tables keep both, so that every way to hang, move, take off or rename a topic is counted.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, ForeignKey, String, delete, event, insert, inspect, select, update
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from openspace.board.models import Placement, Topic
from openspace.clock import now
from openspace.events.models import Slot, Space
from openspace.extensions import Model, UtcDateTime, db


class Cancelled(Model):
    """A placement that was taken off the board: calendars show it as cancelled.

    When the topic hangs again, the new placement takes over the identifier.
    """

    __tablename__ = "cancelled"

    uid: Mapped[str] = mapped_column(String(120), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    topic: Mapped[Topic] = relationship()


def cancelled_in(*conditions: ColumnElement[bool]) -> list[Cancelled]:
    """The cancelled placements of the topics that match the conditions, in the order of time."""
    found = select(Cancelled).join(Cancelled.topic).options(contains_eager(Cancelled.topic)).where(*conditions)
    return list(db.session.scalars(found.order_by(Cancelled.starts_at, Cancelled.uid)))


def place_in_words(space: Space) -> str:
    """A space as calendars name it: its number and name."""
    return f"{space.number} {space.name}"


@event.listens_for(Placement, "before_insert")
def give_identifier(mapper: Any, connection: Connection, placement: Placement) -> None:
    """Give a new placement its identifier.

    It takes over that of a cancelled placement of the topic, if possible one at this time; else it gets a random one.
    """
    starts_at = select(Slot.starts_at).where(Slot.id == placement.slot_id).scalar_subquery()
    waiting = select(Cancelled.uid).where(Cancelled.topic_id == placement.topic_id)
    uid = connection.scalar(waiting.order_by(Cancelled.starts_at != starts_at, Cancelled.at, Cancelled.uid).limit(1))
    if uid:
        connection.execute(delete(Cancelled).where(Cancelled.uid == uid))
    placement.uid = uid or f"{uuid4()}@open-space"


@event.listens_for(Placement, "before_delete")
def keep_identifier(mapper: Any, connection: Connection, placement: Placement) -> None:
    """Keep the identifier of a placement that is taken off, as a `Cancelled`."""
    slot = connection.execute(select(Slot.starts_at, Slot.ends_at).where(Slot.id == placement.slot_id)).one()
    space = connection.execute(select(Space.number, Space.name).where(Space.id == placement.space_id)).one()
    kept = {"uid": placement.uid, "topic_id": placement.topic_id, "at": now()}
    kept |= {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "place": f"{space.number} {space.name}"}
    connection.execute(insert(Cancelled).values(kept))


@event.listens_for(Placement, "after_insert")
@event.listens_for(Placement, "after_update")
@event.listens_for(Placement, "after_delete")
def count_placement(mapper: Any, connection: Connection, placement: Placement) -> None:
    """Count a change of the topic when it is hung, moved or taken off."""
    _count(connection, Topic.id == placement.topic_id)


@event.listens_for(Topic, "after_update")
def count_words(mapper: Any, connection: Connection, topic: Topic) -> None:
    """Count a change of the topic when its title or text changes."""
    if _has_changed(topic, "title", "text"):
        _count(connection, Topic.id == topic.id)


@event.listens_for(Slot, "after_update")
def count_times(mapper: Any, connection: Connection, slot: Slot) -> None:
    """Count a change of all topics in a slot when its times change."""
    if _has_changed(slot, "starts_at", "ends_at"):
        _count(connection, Topic.id.in_(select(Placement.topic_id).where(Placement.slot_id == slot.id)))


@event.listens_for(Space, "after_update")
def count_places(mapper: Any, connection: Connection, space: Space) -> None:
    """Count a change of all topics in a space when its name or number changes."""
    if _has_changed(space, "name", "number"):
        _count(connection, Topic.id.in_(select(Placement.topic_id).where(Placement.space_id == space.id)))


def _has_changed(row: Model, *names: str) -> bool:
    return any(inspect(row).attrs[name].history.has_changes() for name in names)


def _count(connection: Connection, condition: ColumnElement[bool]) -> None:
    changed = {"edits": Topic.edits + 1, "changed_at": now()}
    connection.execute(update(Topic.__table__).where(condition).values(changed))  # type: ignore[arg-type]  # a mapped table
