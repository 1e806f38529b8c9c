"""Notices: sentences for one member alone, shown on every page of theirs until they say that they have understood.

A feature registers a `Source` of notices. Telling a member something sets `Member.notices_at`, which every page knows,
and sends a message to the member's connected phones, which then fetch the notices.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select, update

from openspace.access.models import Member
from openspace.access.snapshots import EventSnapshot, MemberSnapshot
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments, log

# Its subjects are `member-N`. The hub sends to the phones of these members alone, and draws nothing for a room.
NOTICES = "notices"
# In the condition of a `Source`, the id of the member for whom it is asked.
RECIPIENT = bindparam("member_id", type_=Integer)


class Answer(NamedTuple):
    """A button by which a notice that asks something is answered: its label, and the address that it posts to."""

    label: str
    address: str


class Notice(NamedTuple):
    """One notice as it is shown: an icon's name, a sentence, the page that tells more, if there is one, and answers."""

    icon: str
    words: str
    address: str | None
    answers: tuple[Answer, ...] = ()


class Source(NamedTuple):
    """A feature with notices: the condition that any waits for the `RECIPIENT`, which, and what marks them as read.

    `waiting` is given the member's id and the event, and returns the oldest first.
    """

    waits: ColumnElement[bool]
    waiting: Callable[[int, Event | EventSnapshot], list[Notice]]
    read: Callable[[Member], None]


_sources: list[Source] = []


def register(source: Source) -> None:
    """Let a feature have notices for members."""
    _sources.append(source)


def tell(event_id: int, member_ids: Collection[int]) -> None:
    """Record that a new notice waits for the members with these ids; their connected phones fetch it at once."""
    if not member_ids:
        return
    # The channel's lock comes first: then no two transactions change the same members in different orders.
    _call(event_id, member_ids)
    noted = update(Member).where(Member.id.in_(member_ids)).values(notices_at=now())
    db.session.execute(noted, execution_options={"synchronize_session": False})
    for member_id in member_ids:
        # An object of this member in the session is read again when its attribute is next used.
        if member := db.session.identity_map.get(db.session.identity_key(Member, member_id)):
            db.session.expire(member, ["notices_at"])


def recount(member: Member) -> None:
    """Set anew whether a notice waits for the member, after one was taken back."""
    _call(member.event_id, [member.id])
    member.notices_at = now() if _sources_for(member.id) else None


def waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    """The notices that the member of the event has not read, in the order of the features, of each the oldest first."""
    return [notice for source in _sources_for(member_id) for notice in source.waiting(member_id, event)]


def _sources_for(member_id: int) -> list[Source]:
    """The features of which a notice waits for the member."""
    db.session.flush()
    waits = db.session.connection().execute(_waits(), {RECIPIENT.key: member_id}).one()
    return [source for source, waits_here in zip(_sources, waits, strict=True) if waits_here]


@cache
def _waits() -> Select[*tuple[Any, ...]]:
    """Whether any notice waits for the recipient, of each feature: one query, made when all have registered."""
    return select(*(source.waits for source in _sources))


def read(member: Member, *, shown: datetime) -> None:
    """Mark the member's notices as read, if the page showed all: `shown` is the time of the latest that it showed.

    If a newer one waits, all of them go on waiting, because the member has not seen the newer one. What asks something
    waits until it is answered.
    """
    log.claim(member.event_id)
    db.session.refresh(member, ["notices_at"])
    if member.notices_at is None or member.notices_at > shown:
        return
    for source in _sources:
        source.read(member)
    if not _sources_for(member.id):
        member.notices_at = None
    _call(member.event_id, [member.id])


def _call(event_id: int, member_ids: Collection[int]) -> None:
    log.record(event_id, NOTICES, *(f"member-{member_id}" for member_id in sorted(member_ids)))


def personal_json(member: MemberSnapshot | None, channel: str, revision: int) -> dict[str, str]:
    """The personal JSON of every page: `told`, the time of the member's latest unread notice, or "" if there is none.

    A page that catches up compares it with the notices that it shows.
    """
    if member is None:
        return {}
    return {"told": member.notices_at.isoformat() if member.notices_at else ""}


fragments.register(NOTICES, lambda *asked: (), rule=fragments.only("members"))
fragments.register_personal(personal_json)
