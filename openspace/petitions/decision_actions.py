"""Writes of facilitators: granting and declining petitions."""

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.petitions import changes, changing, notices
from openspace.petitions.actions import check_open
from openspace.petitions.models import Petition
from openspace.petitions.rules import CHANGES, State
from openspace.web.errors import NotAllowed


def grant(petition: Petition, *, by: Member, answer: str = "") -> None:
    """Change the board as the petition asks, or say that its wish is seen to. The asker and the backers are told.

    Refuses with `NotAllowed`; with `Decided`; with `Stale` if the board has changed under it; and as the board's
    actions do.
    """
    _claim(petition, by)
    if petition.kind in CHANGES:
        changing.make(petition, by=by)
    _decide(petition, State.GRANTED, answer, by)


def decline(petition: Petition, *, by: Member, answer: str = "") -> None:
    """Decline a petition; `answer` is for the asker and the backers. Refuses with `NotAllowed`, and with `Decided`."""
    _claim(petition, by)
    _decide(petition, State.DECLINED, answer, by)


def _claim(petition: Petition, by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    check_open(petition)


def _decide(petition: Petition, state: State, answer: str, by: Member) -> None:
    petition.state, petition.answer = state, answer
    petition.decided_at, petition.decided_by = now(), by
    changes.petitions(petition.event_id)
    notices.tell(petition, by=by)
