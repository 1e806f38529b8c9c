"""Notices: sentences for one member alone, shown on every page of theirs until they say that they have understood.

A feature registers a `Source` of notices. Telling a member something sets `Member.notices_at`, which every page knows,
and sends a message to the member's connected phones, which then fetch the notices.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import update

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.clock import now
from openspace.extensions import db
from openspace.live import fragments, log

# Its subjects are `member-N`. The hub sends to the phones of these members alone, and draws nothing for a room.
NOTICES = "notices"


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
    """A feature with notices: whether any waits for a member, which, the oldest first, and what marks them as read."""

    waits: Callable[[Member], bool]
    waiting: Callable[[Member], list[Notice]]
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
    member.notices_at = now() if any(source.waits(member) for source in _sources) else None


def waiting(member: Member) -> list[Notice]:
    """The notices that the member has not read, in the order of the features, of each the oldest first."""
    return [notice for source in _sources for notice in source.waiting(member)]


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
    if not any(source.waits(member) for source in _sources):
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
