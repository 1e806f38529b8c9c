"""What changes who sits in the circle: join, link, sign in, leave."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from openspace.access import belongings, links, seats
from openspace.access.models import Link, Member, Role, Seat
from openspace.access.rules import hashed, new_key
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import models as jobs
from openspace.live import log
from openspace.text import alike
from openspace.web.errors import Closed, Invalid, NotAllowed, Problem

LINK_LASTS = timedelta(days=7)
# A link for somebody who stands at the desk without their phone.
SIGN_IN_LINK_LASTS = timedelta(days=1)


class WrongPassword(Problem):
    status = 422
    words = _l("This e-mail and password do not match.")


class EmailTaken(Invalid):
    words = _l("This e-mail is already in use in this event. If it is yours, sign in with it.")


class AlreadyHere(Problem):
    """Somebody of this name and community has a seat. Whoever says that they are another one may go on."""

    status = 409
    words = _l("Somebody with this name and community is in the circle already.")


def join(event: Event, *, name: str, community: str = "", is_new: bool = False) -> Member:
    """Give a newcomer a seat as a participant. Refuses with `Closed`, and unless they say that they are new, with
    `AlreadyHere`.
    """
    if not event.is_join_open:
        raise Closed
    if not is_new and _is_here(event, name, community):
        raise AlreadyHere
    return seat(event, name=name, community=community, role=Role.PARTICIPANT)


def _is_here(event: Event, name: str, community: str) -> bool:
    # All of them, for SQLite knows no small letters but Latin ones. The entrance is no busy place.
    seated = select(Member.name, Member.community).where(Member.event_id == event.id, Member.left_at.is_(None))
    wanted = (alike(name), alike(community))
    return any((alike(row.name), alike(row.community)) == wanted for row in db.session.execute(seated))


def seat(event: Event, *, name: str, community: str = "", role: Role, is_here: bool = True) -> Member:
    """Add a member with a role, whether or not the entrance is open; not `is_here` for somebody without a phone."""
    log.claim(event.id)
    seen_at = now() if is_here else None
    member = Member(event_id=event.id, name=name, community=community, role=role, key=new_key(), seen_at=seen_at)
    db.session.add(member)
    db.session.flush()
    for tell in when_seated:
        tell(member)
    return member


# What features do when somebody gets a seat or is called differently. Leaving and merging: see `belongings.py`.
when_seated: list[Callable[[Member], None]] = []
when_introduced: list[Callable[[Member], None]] = []


def introduce(member: Member, *, name: str, community: str) -> None:
    """Change how a member is called, wherever the name stands."""
    log.claim(member.event_id)
    member.name, member.community = name, community
    _show(member)


def _show(member: Member) -> None:
    """Let open pages show anew how a member is called, and the role that stands beside the name."""
    db.session.flush()
    for tell in when_introduced:
        tell(member)


def issue_link(
    *,
    event: Event | None = None,
    role: Role | None = None,
    member: Member | None = None,
    lasts: timedelta = LINK_LASTS,
    by: Member | None = None,
) -> str:
    """Make a one-time link, good for a week, and return its token. It ends when `by` is no organiser any more.

    Without an event it sets the installation up, and those made before end.
    """
    token = new_key()
    if event is None and member is None:
        links.end_setup()
    db.session.add(
        Link(
            token_hash=hashed(token),
            event_id=event.id if event else None,
            role=role,
            member_id=member.id if member else None,
            issued_by_id=by.id if by else None,
            expires_at=now() + lasts,
        )
    )
    db.session.flush()
    return token


def issue_sign_in_link(member: Member, *, signs_out: bool, by: Member) -> str:
    """Make a one-time link, good for a day, by which somebody without their phone comes back, and return its token.

    With `signs_out` the phones they had before are signed out. Refuses with `NotAllowed` for an organiser: whoever
    makes the link could use it, and nobody becomes an organiser, or another one, unseen.
    """
    if member.role == Role.ORGANISER:
        raise NotAllowed(
            _l(
                "No sign-in link can be made for an organiser. They sign in with e-mail and password, or change their"
                " role first: then everybody in the team sees it."
            )
        )
    if signs_out:
        renew_key(member)
    return issue_link(event=member.event, role=member.role, member=member, lasts=SIGN_IN_LINK_LASTS, by=by)


def accept_link(link: Link, *, current: Member | None, name: str = "") -> Member:
    """Use the link up: seat its member, raise the present one to its role, or seat a newcomer with it."""
    # Setup links have a page of their own.
    assert link.event is not None
    assert link.role is not None
    log.claim(link.event.id)
    link.used_at = now()
    if link.member:
        return link.member
    if current:
        _set_role(current, max(current.role, link.role, key=lambda role: role.rank))
        return current
    return seat(link.event, name=name, role=link.role)


def pin_address(event: Event, address: str) -> None:
    """Let the event's codes and links lead to this address. One that only this machine knows leads no phone here."""
    host = urlsplit(address).hostname or ""
    if host != "localhost" and not host.startswith("127.") and host != "::1":
        event.address = address.rstrip("/")[:200]


def set_password(member: Member, *, email: str, password_hash: str) -> None:
    """Let the member sign in with e-mail and password. Refuses with `EmailTaken`."""
    log.claim(member.event_id)
    taken = db.session.scalar(
        select(Member.id).where(
            Member.event_id == member.event_id, func.lower(Member.email) == email.lower(), Member.id != member.id
        )
    )
    if taken:
        raise EmailTaken
    member.email, member.password_hash = email, password_hash
    db.session.flush()


def remove_password(member: Member) -> None:
    """Let nobody sign in as the member with e-mail and password any more."""
    log.claim(member.event_id)
    member.email, member.password_hash = None, None


def known_by_email(event: Event, email: str) -> Member | None:
    """The member who signs in with this e-mail."""
    return db.session.scalar(
        select(Member).where(
            Member.event_id == event.id, func.lower(Member.email) == email.lower(), Member.left_at.is_(None)
        )
    )


def renew_key(member: Member) -> None:
    """Make a new personal link, and let nobody in by what was known before: the old link, the password, a one-time
    link for signing in. The member is signed out everywhere.
    """
    log.claim(member.event_id)
    member.key = new_key()
    member.email, member.password_hash = None, None
    links.end_signing_in(member)
    seats.end_all(member)


def give_role(member: Member, role: Role) -> None:
    """Change a member's role. Refuses with `Invalid` when the event would be left without an organiser."""
    log.claim(member.event_id)
    if role != Role.ORGANISER:
        _keep_an_organiser(member)
        links.end_issued_by(member)
    _set_role(member, role)


def _set_role(member: Member, role: Role) -> None:
    """Let the member have the role. Links that sign an organiser in would let whoever made them act as one unseen."""
    if role == Role.ORGANISER:
        links.end_signing_in(member)
    member.role = role
    _show(member)


def leave(member: Member) -> None:
    """Let the member leave the event: every feature ends what they had there, and their name is forgotten.

    The row stays, so that what the person did keeps an author. Refuses with `Invalid` when the event would be left
    without an organiser.
    """
    log.claim(member.event_id)
    _keep_an_organiser(member)
    belongings.leave(member)
    links.end_issued_by(member)
    jobs.hand_over(member.id, None)
    member.name, member.community, member.email, member.password_hash = "—", "", None, None
    member.role, member.left_at, member.key = Role.PARTICIPANT, now(), new_key()
    member.notices_at = None
    seats.end_all(member)


def note_presence(event_id: int, seat_hashes: Iterable[str]) -> None:
    """Note that pages are open now in the browsers with these seats, given as the hashes of their tokens."""
    log.claim(event_id)
    there = select(Seat.member_id).where(Seat.token_hash.in_(list(seat_hashes)))
    seen = update(Member).where(Member.event_id == event_id, Member.id.in_(there))
    db.session.execute(seen.values(seen_at=now()))


def members_in(event: Event) -> int:
    """How many sit in the circle."""
    count = select(func.count()).where(Member.event_id == event.id, Member.left_at.is_(None))
    return db.session.scalar(count) or 0


def _keep_an_organiser(leaving: Member) -> None:
    others = select(func.count()).where(
        Member.event_id == leaving.event_id,
        Member.role == Role.ORGANISER,
        Member.left_at.is_(None),
        Member.id != leaving.id,
    )
    if leaving.role == Role.ORGANISER and not db.session.scalar(others):
        raise Invalid(_l("An event needs at least one organiser. Invite another one first."))
