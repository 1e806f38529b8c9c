"""Plain values of an event and of a member as they were when a request began, all read in one row.

They cost a tenth of ORM objects, need no session, and reading them never asks the database: not even on an error page.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from openspace.access.models import HasRole, Member, Role, Seat
from openspace.clock import now
from openspace.events.basics import EventBasics
from openspace.events.models import Event, unfinished_day
from openspace.live.fragments import EVERYWHERE
from openspace.live.models import Channel


class _EventValues(NamedTuple):
    id: int
    slug: str
    name: str
    address: str
    zone: str
    starts_on: date
    ends_on: date
    language_codes: str
    is_public: bool
    phase: str
    opens_market: bool
    takes_topics: bool
    is_office: bool
    # The day of the first slot that is not over; None if all are over.
    unfinished_day: date | None
    # The revision of the channel that every page hears; 0 as long as nothing was ever announced.
    announced: int


class EventSnapshot(EventBasics, _EventValues):
    """The values of an event that every request may need: a tuple, because cached pages are looked up by it."""

    __slots__ = ()


class _MemberValues(NamedTuple):
    id: int
    name: str
    role: Role
    notices_at: datetime | None


class MemberSnapshot(HasRole, _MemberValues):
    """The values of a member that every request may need."""

    __slots__ = ()


class Snapshots(NamedTuple):
    """An event, its member who is signed in, if anybody is, and the revision of one channel, all of one moment."""

    event: EventSnapshot
    member: MemberSnapshot | None
    revision: int


_ANNOUNCED = select(Channel.revision).where(Channel.event_id == Event.id, Channel.name == EVERYWHERE)
_ROW = (
    select(
        *(getattr(Event, name) for name in EventSnapshot._fields[:-2]),
        unfinished_day(Event.id).scalar_subquery(),
        func.coalesce(_ANNOUNCED.correlate(Event).scalar_subquery(), 0),
        *(getattr(Member, name) for name in MemberSnapshot._fields),
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
_MEMBER_AT = len(EventSnapshot._fields)


def read_snapshots(connection: Connection, slug: str, seats: Collection[str], channel: str) -> Snapshots | None:
    """The event with this slug and who asks; None if there is no such event.

    `seats` are the hashes of the tokens in the browser's cookie, one for each event in which it is signed in. The
    revision is 0 if the event has no such `channel`.
    """
    # Nearly everybody has one seat: a query for each is quicker than one query with a list, whose SQL varies in length.
    for seat in seats or [""]:
        row = connection.execute(_ROW, {"slug": slug, "seat": seat, "channel": channel, "now": now()}).first()
        if row is None or row[_MEMBER_AT]:
            break
    if row is None:
        return None
    member = MemberSnapshot(*row[_MEMBER_AT:-1]) if row[_MEMBER_AT] else None
    return Snapshots(EventSnapshot(*row[:_MEMBER_AT]), member, row[-1])
