"""Seats: the browsers in which a member is signed in. A browser holds a token in its cookie, the database its hash."""

from datetime import datetime

from sqlalchemy import Select, delete, select, update

from openspace.access import doors
from openspace.access.models import Member, Seat
from openspace.access.rules import hashed, new_key
from openspace.extensions import db
from openspace.live import log


def give(member: Member, *, confirmed_at: datetime | None = None, by_link: bool = False) -> str:
    """Sign one more browser in as the member; the returned token is for its cookie.

    `confirmed_at` is when the person proved who they are; `by_link` says whether with a one-time link.
    """
    token = new_key()
    db.session.add(Seat(token_hash=hashed(token), member_id=member.id, confirmed_at=confirmed_at, by_link=by_link))
    db.session.flush()
    return token


def end(token: str) -> None:
    """Sign out the browser with this token. Its open pages are disconnected."""
    seat = db.session.get(Seat, hashed(token))
    if seat:
        _end(seat.member, Seat.token_hash == seat.token_hash)


def end_all(member: Member, *, but: str = "") -> None:
    """Sign the member out in all browsers but the one with the token `but`."""
    _end(member, Seat.member_id == member.id, Seat.token_hash != hashed(but))


def hand_over(member: Member, other: Member) -> None:
    """Sign the browsers of a member in as another one. Proofs of identity given in these browsers end."""
    log.claim(member.event_id)
    moved = update(Seat).where(Seat.member_id == member.id).values(member_id=other.id, confirmed_at=None, by_link=False)
    db.session.execute(moved)
    doors.tell(member.event_id)


def holder(event_id: int, token: str) -> Select[Member]:
    """The query for the member of the event who is signed in with this token."""
    seat = select(Member).join(Seat, Seat.member_id == Member.id).where(Seat.token_hash == hashed(token))
    return seat.where(Member.event_id == event_id, Member.left_at.is_(None))


def _end(member: Member, *which: object) -> None:
    log.claim(member.event_id)
    ended = db.session.execute(delete(Seat).where(*which))  # type: ignore[arg-type]  # conditions on its columns
    if ended.rowcount:  # type: ignore[attr-defined]  # what a DELETE returns has it
        doors.tell(member.event_id)
