"""Who may listen to an event's changes: kept in memory, for thousands of phones may come back at once."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select

from openspace.access.models import Member, Seat
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log

# The channel on which it is told that somebody may no longer listen.
DOOR = "door"


@dataclass
class Door:
    """What decides who may listen, as it stood at `revision` of the event's door."""

    event_id: int
    slug: str
    revision: int
    is_public: bool
    projector_key: str
    # The hashes of the tokens of all browsers that are signed in.
    seats: set[str]

    def audience(self, *, projector_key: str, seat: str) -> str | None:
        """As whom somebody listens: `members`, also a projector with its key, the `public`, or None for not at all.

        `seat` is the hash of the token in the browser's cookie.
        """
        if projector_key and projector_key == self.projector_key:
            return "members"
        if seat and (seat in self.seats or self._has_joined_since(seat)):
            return "members"
        return "public" if self.is_public else None

    def _has_joined_since(self, seat: str) -> bool:
        if not db.session.scalar(_seats(self.event_id).where(Seat.token_hash == seat)):
            return False
        self.seats.add(seat)
        return True


def door_of(slug: str) -> Door | None:
    """The door of the event with this address, as it stands now."""
    event = db.session.scalar(select(Event).where(Event.slug == slug))
    if event is None:
        return None
    # Read before the rest: what changes in between is then told twice rather than never.
    revision = log.revision(event.id, DOOR)
    seats = set(db.session.scalars(_seats(event.id)))
    return Door(event.id, slug, revision, event.is_public, event.projector_key, seats)


def tell(event_id: int) -> None:
    """Record that somebody may no longer listen: every process looks again at who is there."""
    log.record(event_id, DOOR, DOOR)


def seats_of(event_id: int, member_ids: Collection[int] | None) -> set[str]:
    """The hashes of these members' seats; without ids, of all."""
    seats = _seats(event_id) if member_ids is None else _seats(event_id).where(Member.id.in_(member_ids))
    return set(db.session.scalars(seats))


def _seats(event_id: int) -> Select[str]:
    in_event = (Member.event_id == event_id, Member.left_at.is_(None))
    return select(Seat.token_hash).join(Member, Member.id == Seat.member_id).where(*in_event)
