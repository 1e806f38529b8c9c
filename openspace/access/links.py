"""One-time links: finding one that can still be used, and ending links before they expire."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from openspace.access.models import Link, Member
from openspace.access.rules import hashed
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import NotFound

_OPEN = Link.used_at.is_(None)


def take_link(token: str) -> Link:
    """The link with this token, locked until the transaction ends, so that it can be used only once.

    Refuses with `NotFound` as `open_link` does.
    """
    link = open_link(token)
    if link.event_id:
        log.claim(link.event_id)
    else:
        db.session.execute(select(Link.id).where(Link.id == link.id).with_for_update())
        db.session.expire(link)
    return open_link(token)


def open_link(token: str) -> Link:
    """The link with this token. Refuses with `NotFound` one that was used, has expired, or ended otherwise.

    Of the links that set the installation up only the newest can be used, and none once there is an event.
    """
    link = db.session.scalar(select(Link).where(Link.token_hash == hashed(token), _OPEN))
    if link is None or link.expires_at < now() or (link.member and link.member.left_at) or _is_late_setup(link):
        raise NotFound(_l("This link has been used or has expired. Ask for a new one."))
    return link


def open_links(event: Event) -> Sequence[Link]:
    """The event's invitations and sign-in links that can still be used, the oldest first."""
    found = select(Link).where(Link.event_id == event.id, _OPEN, Link.expires_at >= now())
    return db.session.scalars(found.order_by(Link.expires_at, Link.id)).all()


def take_back(link: Link) -> None:
    """Delete the link, so that it cannot be used."""
    db.session.delete(link)


def end_issued_by(member: Member) -> None:
    """End the open links that this member made, when they lose the right to make links."""
    db.session.execute(delete(Link).where(Link.issued_by_id == member.id, _OPEN))


def end_signing_in(member: Member) -> None:
    """End the open links that sign this member in."""
    db.session.execute(delete(Link).where(Link.member_id == member.id, _OPEN))


def end_setup() -> None:
    """End all links that set the installation up."""
    db.session.execute(delete(Link).where(Link.event_id.is_(None), Link.member_id.is_(None), _OPEN))


def _is_late_setup(link: Link) -> bool:
    """Whether the link is for setting the installation up, and there is a newer one or already an event."""
    if link.event_id is not None:
        return False
    newest = db.session.scalar(select(func.max(Link.id)).where(Link.event_id.is_(None)))
    return link.id != newest or db.session.scalar(select(Event.id).limit(1)) is not None
