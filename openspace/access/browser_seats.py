"""The seats of this browser: the tokens in its cookie, by which it is signed in, one for each event."""

from datetime import datetime

from flask import current_app, session
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from openspace.access import seats
from openspace.access.models import Member, Role, Seat
from openspace.access.rules import hashed
from openspace.access.visitor import visitor
from openspace.events.models import Event
from openspace.extensions import db


def seat_hashes() -> list[str]:
    """The hashes of the browser's tokens, as the table of seats has them."""
    return [hashed(token) for token in (session.get("seats") or {}).values()]


def seat_token(event_id: int) -> str:
    """The browser's token in the event with this id; empty without one."""
    token: str = (session.get("seats") or {}).get(str(event_id), "")
    return token


def take_seat(member: Member, *, confirmed_at: datetime | None = None, by_link: bool = False) -> str:
    """Sign the browser in as the member, and return its new token. An older token of the same event ends.

    `confirmed_at` is when the person proved who they are, with a password or a link, and `by_link` whether with a
    one-time link.
    """
    seats.end(seat_token(member.event_id))
    session.permanent = True
    token = seats.give(member, confirmed_at=confirmed_at, by_link=by_link)
    session["seats"] = {**(session.get("seats") or {}), str(member.event_id): token}
    if visitor and visitor.event_id == member.event_id:
        visitor.change_member(member)
    return token


def give_up_seat(event: Event) -> None:
    """Sign the browser out of the event; a copy of its cookie signs nobody in any more."""
    seats.end(seat_token(event.id))
    session["seats"] = {k: v for k, v in (session.get("seats") or {}).items() if k != str(event.id)}
    if visitor and visitor.event_id == event.id:
        visitor.change_member(None)


def member_seated(event: Event) -> Member | None:
    """The member as whom the browser is signed in to any event, also where the address does not name that event."""
    token = seat_token(event.id)
    return db.session.scalar(seats.holder(event.id, token)) if token else None


def members_seated() -> list[Member]:
    """The members as whom the browser is signed in, one for each event, the latest event first."""
    seated = select(Member).join(Seat, Seat.member_id == Member.id).where(Seat.token_hash.in_(seat_hashes()))
    found = seated.join(Member.event).where(Member.left_at.is_(None)).options(contains_eager(Member.event))
    return list(db.session.scalars(found.order_by(Event.starts_on.desc(), Event.id)))


def event_creator() -> Member | None:
    """The organiser who may create events here without a setup link; None for anybody else.

    The setting `OPENSPACE_EVENTS` says whether organisers may.
    """
    if current_app.config["EVENTS"] != "organisers":
        return None
    return next((member for member in members_seated() if member.role == Role.ORGANISER), None)
