"""Writes by which facilitators moderate the wall of commitments."""

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.commitments import changes
from openspace.commitments.models import Commitment
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import NotAllowed


def hide(commitment: Commitment, *, by: Member) -> None:
    """Hide a commitment from everybody but those in it, at once and on all pages. Refuses with `NotAllowed`."""
    _claim(commitment, by)
    commitment.hidden_at = commitment.hidden_at or now()
    _record(commitment)


def show(commitment: Commitment, *, by: Member) -> None:
    """Show a commitment that was hidden. Refuses with `NotAllowed`."""
    _claim(commitment, by)
    commitment.hidden_at = None
    _record(commitment)


def may_see(commitment: Commitment, member: Member) -> bool:
    """Whether the member may open the page of a commitment: of a hidden one facilitators, and those in it, may."""
    is_in_it = commitment.by_id == member.id or commitment.pledge_of(member.id) is not None
    return commitment.hidden_at is None or is_in_it or member.is_at_least(Role.FACILITATOR)


def _claim(commitment: Commitment, by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(commitment.event_id)


def _record(commitment: Commitment) -> None:
    db.session.flush()
    changes.commitment(commitment)
