"""What a tap, and the opening of a page already drawn, ask of the database: one row, of which no objects are made."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from openspace.access.models import Member, Role, Seat
from openspace.clock import now
from openspace.events.models import Event, unfinished_day
from openspace.events.rules import nearest_day, present_day
from openspace.live.models import Channel


class SeenEvent(NamedTuple):
    """Of an event, what such a page depends on."""

    id: int
    slug: str
    zone: str
    starts_on: date
    ends_on: date
    language_codes: str
    is_public: bool
    # The day of the first slot that is not over; None if all are.
    unfinished_day: date | None

    @property
    def languages(self) -> list[str]:
        """As the event's own."""
        return self.language_codes.split()

    def day_shown(self) -> date:
        """As the event's own."""
        return nearest_day(present_day(now(), self.zone, self.unfinished_day), self.starts_on, self.ends_on)


class SeenMember(NamedTuple):
    """Of the member who asks, the same."""

    id: int
    name: str
    role: Role
    notices_at: datetime | None

    def is_at_least(self, role: Role) -> bool:
        """As the member's own."""
        return self.role.rank >= role.rank


class Glance(NamedTuple):
    """An event, who of it is asking, and the revision of one channel, as they stood together."""

    event: SeenEvent
    member: SeenMember | None
    revision: int

    @property
    def is_organiser(self) -> bool:
        """Whether an organiser is asking."""
        return self.member is not None and self.member.role == Role.ORGANISER

    @property
    def audience(self) -> str:
        """As whom the page is read."""
        return "members" if self.member else "public"


_ROW = (
    select(
        *(getattr(Event, name) for name in SeenEvent._fields[:-1]),
        unfinished_day(Event.id).scalar_subquery(),
        *(getattr(Member, name) for name in SeenMember._fields),
        func.coalesce(Channel.revision, 0),
    )
    .select_from(Event)
    .outerjoin(Seat, Seat.token_hash == bindparam("seat"))
    .outerjoin(
        Member,
        and_(Member.id == Seat.member_id, Member.event_id == Event.id, Member.left_at.is_(None)),
    )
    .outerjoin(Channel, and_(Channel.event_id == Event.id, Channel.name == bindparam("channel")))
    .where(Event.slug == bindparam("slug"))
)
_EVENT = len(SeenEvent._fields)


def glance(connection: Connection, slug: str, seats: list[str], channel: str) -> Glance | None:
    """What a browser sees of the event with this address: None if there is no such event, or not for this browser.

    `seats` are the hashes of the tokens in its cookie, one for each event it is signed in to.
    """
    # Nearly everybody has one seat; a query for each is quicker than one that must be written out for their number.
    for seat in seats or [""]:
        row = connection.execute(_ROW, {"slug": slug, "seat": seat, "channel": channel, "now": now()}).first()
        if row is None or row[_EVENT]:
            break
    if row is None:
        return None
    event = SeenEvent(*row[:_EVENT])
    member = SeenMember(*row[_EVENT:-1]) if row[_EVENT] else None
    return Glance(event, member, row[-1]) if member or event.is_public else None
