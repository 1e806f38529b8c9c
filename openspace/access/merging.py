"""Merges two members who are one person: what all features hold of them, and their seats, links and role."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access import actions, belongings, seats, security_log
from openspace.access.models import Link, Member, Role
from openspace.clock import now
from openspace.extensions import db
from openspace.jobs import models as jobs
from openspace.live import log
from openspace.web.errors import Invalid


def check(kept: Member, gone: Member) -> None:
    """Refuse with `Invalid` to merge a member with themselves, with somebody outside of the event, or two organisers.

    A merge of two organisers could be misused: one could become the other, and read what only the other may.
    """
    if kept.id == gone.id or kept.event_id != gone.event_id or kept.left_at or gone.left_at:
        raise Invalid(_l("Choose another person of this event."))
    if kept.role == gone.role == Role.ORGANISER:
        raise Invalid(_l("Two organisers cannot be made one. Change the role of one of them first."))


def merge(kept: Member, gone: Member) -> None:
    """Give everything of the member `gone` to the member `kept`; then `gone` leaves the event.

    `kept` gets the higher of the two roles, and the password and personal link of whoever had it. With equal roles the
    browsers of both stay signed in, else only those of the higher role, so that no browser gets a role that it did not
    have. Open links that sign one of them in end. Refuses as `check` does.
    """
    check(kept, gone)
    log.claim(kept.event_id)
    belongings.merge(kept, gone)
    email, password_hash, key = gone.email, gone.password_hash, gone.key
    is_raised = gone.role.rank > kept.role.rank
    if is_raised:
        seats.end_all(kept)
    if gone.role.rank >= kept.role.rank:
        seats.hand_over(gone, kept)
    _end_links(kept, gone)
    security_log.hand_over(gone.id, kept.id)
    jobs.hand_over(gone.id, kept.id)
    if is_raised:
        kept.role = gone.role
        actions.show_anew(kept)
    kept.joined_at = min(kept.joined_at, gone.joined_at)
    kept.seen_at = max((moment for moment in (kept.seen_at, gone.seen_at) if moment), default=None)
    db.session.flush()
    actions.leave(gone)
    # The e-mail and the key are unique: `gone` has to give them up first.
    db.session.flush()
    if is_raised or (password_hash and not kept.password_hash):
        kept.email, kept.password_hash = email, password_hash
    if is_raised:
        kept.key = key
    db.session.flush()


def _end_links(kept: Member, gone: Member) -> None:
    for link in db.session.scalars(select(Link).where(Link.member_id.in_([kept.id, gone.id]))):
        link.member_id, link.used_at = kept.id, link.used_at or now()
    for link in db.session.scalars(select(Link).where(Link.issued_by_id == gone.id)):
        link.issued_by_id = kept.id
