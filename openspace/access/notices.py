"""Notices: what is told to one member alone, on every page of theirs, until they say that they have understood.

A feature registers which notices it has waiting for a member. Whoever is told something gets a time in
`Member.notices_at`, which every page knows, and a call on every phone of theirs that is connected.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import update

from openspace.access.models import Member
from openspace.clock import now
from openspace.extensions import db
from openspace.live import fragments, log

# Its subjects are `member-N`. The hub calls on these members' phones, and nothing is drawn for a room.
NOTICES = "notices"


class Notice(NamedTuple):
    """One notice as it is shown: an icon's name, a sentence, and the page that tells more, if there is one."""

    icon: str
    words: str
    address: str | None


class Source(NamedTuple):
    """A feature that tells: whether something of it waits for a member, what, oldest first, and how it is ended."""

    waits: Callable[[Member], bool]
    waiting: Callable[[Member], list[Notice]]
    read: Callable[[Member], None]


_sources: list[Source] = []


def register(source: Source) -> None:
    """Let a feature tell members something."""
    _sources.append(source)


def tell(event_id: int, member_ids: Collection[int]) -> None:
    """Say that something new waits for these members; their connected phones fetch it at once."""
    if not member_ids:
        return
    # The channel's lock comes first: then no two transactions change the same members in different orders.
    _call(event_id, member_ids)
    told = update(Member).where(Member.id.in_(member_ids)).values(notices_at=now())
    db.session.execute(told, execution_options={"synchronize_session": False})
    for member_id in member_ids:
        # Read anew when it is next asked for, if the session has it at all.
        if member := db.session.identity_map.get(db.session.identity_key(Member, member_id)):
            db.session.expire(member, ["notices_at"])


def recount(member: Member) -> None:
    """Look again at what waits for the member, after something of it was taken back."""
    _call(member.event_id, [member.id])
    member.notices_at = now() if any(source.waits(member) for source in _sources) else None


def waiting(member: Member) -> list[Notice]:
    """What the member has not been told yet."""
    return [notice for source in _sources for notice in source.waiting(member)]


def read(member: Member, *, shown: datetime) -> None:
    """Note that the member has understood what was `shown`, the latest of it told at that time.

    If something newer waits, all of it goes on waiting: the member has not seen the new one.
    """
    log.claim(member.event_id)
    db.session.refresh(member, ["notices_at"])
    if member.notices_at is None or member.notices_at > shown:
        return
    for source in _sources:
        source.read(member)
    member.notices_at = None
    _call(member.event_id, [member.id])


def _call(event_id: int, member_ids: Collection[int]) -> None:
    log.record(event_id, NOTICES, *(f"member-{member_id}" for member_id in sorted(member_ids)))


def told(member: object, channel: str, revision: int) -> dict[str, str]:
    """The time of the latest notice that waits, for a page that catches up: it sees whether it shows that one."""
    if member is None:
        return {}
    at: datetime | None = getattr(member, "notices_at", None)
    return {"told": at.isoformat() if at else ""}


fragments.register(NOTICES, lambda *asked: (), rule=fragments.only("members"))
fragments.register_personal(told)
