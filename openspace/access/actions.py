"""Writes of members: joining, one-time links, passwords, roles, leaving, presence."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from openspace.access import belongings, doors, links, seats
from openspace.access.models import Link, Member, Role, Seat
from openspace.access.rules import hashed, new_key
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import models as jobs
from openspace.live import log
from openspace.text import alike
from openspace.web.errors import Closed, Invalid, NotAllowed, Problem

# How long a one-time link can be used.
LINK_LASTS = timedelta(days=7)
# A sign-in link is for somebody who stands at the desk without their phone, so it need not last.
SIGN_IN_LINK_LASTS = timedelta(days=1)


class WrongPassword(Problem):
    status = 422
    words = _l("This e-mail and password do not match.")


class EmailTaken(Invalid):
    words = _l("This e-mail is already in use in this event. If it is yours, sign in with it.")


class AlreadyHere(Problem):
    """A member has this name and community already. The person may join if they say that they are somebody else."""

    status = 409
    words = _l("Somebody with this name and community is in the circle already.")


def join(event: Event, *, name: str, community: str = "", is_new: bool = False) -> Member:
    """Add a newcomer as a participant.

    Refuses with `Closed`, and with `AlreadyHere` unless they say that they are new (`is_new`).
    """
    if not event.is_join_open:
        raise Closed
    if not is_new and _is_here(event, name, community):
        raise AlreadyHere
    return seat(event, name=name, community=community, role=Role.PARTICIPANT)


def _is_here(event: Event, name: str, community: str) -> bool:
    # Names are compared in Python, because SQLite ignores the case of Latin letters only. Joining is rare enough.
    seated = select(Member.name, Member.community).where(Member.event_id == event.id, Member.left_at.is_(None))
    wanted = (alike(name), alike(community))
    return any((alike(row.name), alike(row.community)) == wanted for row in db.session.execute(seated))


def seat(event: Event, *, name: str, community: str = "", role: Role, is_here: bool = True) -> Member:
    """Add a member with this role, even if the entrance is closed. `is_here` is false for somebody without a phone."""
    log.claim(event.id)
    seen_at = now() if is_here else None
    member = Member(event_id=event.id, name=name, community=community, role=role, seen_at=seen_at)
    db.session.add(member)
    db.session.flush()
    for call in when_seated:
        call(member)
    return member


# Functions that features have called when a member was added, and when a member's name, community or role changed. For
# leaving and merging see `belongings.py`.
when_seated: list[Callable[[Member], None]] = []
when_introduced: list[Callable[[Member], None]] = []


def introduce(member: Member, *, name: str, community: str) -> None:
    """Change a member's name and community, also on open pages."""
    log.claim(member.event_id)
    member.name, member.community = name, community
    show_anew(member)


def show_anew(member: Member) -> None:
    """Let features update what open pages show of a member: the name, the community, and the role beside them."""
    db.session.flush()
    for call in when_introduced:
        call(member)


def issue_link(
    *,
    event: Event | None = None,
    role: Role | None = None,
    member: Member | None = None,
    lasts: timedelta = LINK_LASTS,
    by: Member | None = None,
) -> str:
    """Make a one-time link that can be used for the time `lasts`, and return its token.

    It makes its bearer a member with `role`, or signs them in as `member`. Without an event it sets the installation
    up, and older links for that end. It also ends when `by` is no organiser any more.
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
    """Make a one-time link that for a day signs in a member who is without their phone, and return its token.

    With `signs_out` their other browsers are signed out. Refuses with `NotAllowed` a link for an organiser: whoever
    makes a link could use it, and so act as another organiser without anybody noticing.
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
    """Use the link up, and return the member whom it signs in.

    That is the link's own member; else the member `current` of this browser, raised to the link's role; else a newcomer
    called `name` with that role.
    """
    # A link without an event or a role sets the installation up, and is handled elsewhere.
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
    """Let the event's codes and links begin with this address. A local one is ignored: phones could not use it."""
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
    """Remove the member's e-mail and password, so that nobody can sign in with them."""
    log.claim(member.event_id)
    member.email, member.password_hash = None, None


def known_by_email(event: Event, email: str) -> Member | None:
    """The member of the event who signs in with this e-mail, in any case; None if there is none."""
    return db.session.scalar(
        select(Member).where(
            Member.event_id == event.id, func.lower(Member.email) == email.lower(), Member.left_at.is_(None)
        )
    )


def renew_key(member: Member) -> None:
    """Make a new personal link, and end the old one, the password, and one-time links that sign the member in.

    The member is signed out everywhere.
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
    """Set the member's role. Links that sign a new organiser in end, because their makers could use them."""
    if role == Role.ORGANISER:
        links.end_signing_in(member)
    member.role = role
    show_anew(member)
    # Open pages may follow channels that the member may follow no longer.
    doors.tell(member.event_id)


def leave(member: Member) -> None:
    """Let the member leave the event: every feature deletes or hands back what they had, and their name is deleted.

    The row stays, because other rows refer to it. Refuses with `Invalid` when the event would be left without an
    organiser.
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
    """Set `Member.seen_at` to now for the members whose browsers have these seats (hashes of tokens)."""
    log.claim(event_id)
    there = select(Seat.member_id).where(Seat.token_hash.in_(list(seat_hashes)))
    present = update(Member).where(Member.event_id == event_id, Member.id.in_(there))
    db.session.execute(present.values(seen_at=now()))


def members_in(event: Event) -> int:
    """The number of members who have not left the event."""
    count = select(func.count()).where(Member.event_id == event.id, Member.left_at.is_(None))
    return db.session.scalar(count) or 0


def _keep_an_organiser(leaving: Member) -> None:
    """Refuse with `Invalid` if this member is the only organiser of the event."""
    others = select(func.count()).where(
        Member.event_id == leaving.event_id,
        Member.role == Role.ORGANISER,
        Member.left_at.is_(None),
        Member.id != leaving.id,
    )
    if leaving.role == Role.ORGANISER and not db.session.scalar(others):
        raise Invalid(_l("An event needs at least one organiser. Invite another one first."))
