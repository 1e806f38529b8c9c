"""Who may follow an event's live channels, cached in memory, because thousands of phones may reconnect at once."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select

from openspace.access.models import Member, Seat
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import Listener

# The channel that says when somebody may no longer follow the event.
DOOR = "door"


@dataclass
class Door:
    """What decides who may follow an event, as it was at `revision` of the event's channel `door`."""

    event_id: int
    slug: str
    revision: int
    is_public: bool
    projector_key: str
    # The members of all browsers that are signed in, by the hashes of those browsers' tokens.
    seats: dict[str, int]

    def listener(self, *, projector_key: str, seat: str) -> Listener | None:
        """As whom a browser may follow the event; None for not at all. `seat` is the hash of its cookie's token."""
        member_id = self.seats.get(seat) or self._joined_since(seat) if seat else None
        has_key = bool(projector_key) and projector_key == self.projector_key
        return listener_for(self.event_id, member_id=member_id, has_key=has_key, is_public=self.is_public)

    def _joined_since(self, seat: str) -> int | None:
        found = dict(db.session.execute(_seats(self.event_id).where(Seat.token_hash == seat)).all())
        self.seats |= found
        return found.get(seat)


def listener_for(event_id: int, *, member_id: int | None, has_key: bool, is_public: bool) -> Listener | None:
    """As whom somebody may follow an event's channels: as a member, with the projector's key, or as the public.

    None for somebody who may follow none.
    """
    if member_id is not None:
        return Listener(event_id, "members", member_id, has_key)
    if has_key:
        return Listener(event_id, "projector", has_key=True)
    return Listener(event_id, "public") if is_public else None


def door_of(slug: str) -> Door | None:
    """The door of the event with this slug, read from the database now; None if there is no such event."""
    event = db.session.scalar(select(Event).where(Event.slug == slug))
    if event is None:
        return None
    # Read before the rest: a change in between is then handled twice rather than never.
    revision = log.revision(event.id, DOOR)
    seats = dict(db.session.execute(_seats(event.id)).all())
    return Door(event.id, slug, revision, event.is_public, event.projector_key, seats)


def tell(event_id: int) -> None:
    """Record that somebody may no longer follow the event: every process checks its open pages again."""
    log.record(event_id, DOOR, DOOR)


def seats_of(event_id: int, member_ids: Collection[int] | None) -> set[str]:
    """The hashes of the seats of the members with these ids; with None, of all members of the event."""
    seats = _seats(event_id) if member_ids is None else _seats(event_id).where(Member.id.in_(member_ids))
    return set(db.session.scalars(seats))


def _seats(event_id: int) -> Select[str, int]:
    in_event = (Member.event_id == event_id, Member.left_at.is_(None))
    return select(Seat.token_hash, Seat.member_id).join(Member, Member.id == Seat.member_id).where(*in_event)
