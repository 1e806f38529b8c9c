"""Writes of who is at a butterfly place."""

from openspace.access.models import Member
from openspace.events.models import Space
from openspace.extensions import db
from openspace.live import log
from openspace.notes.attendance_actions import go_on
from openspace.notes.butterfly_models import Butterfly
from openspace.web.errors import NotFound


def come(space: Space, *, is_named: bool | None = None, by: Member) -> None:
    """Count `by` at the butterfly place for an hour from now, and in no session and at no other place.

    `is_named` says whether their name is shown there; None leaves that as it is. Refuses with `NotFound` a space that
    is no butterfly place.
    """
    log.claim(space.event_id)
    if space.closed_at or not space.is_butterfly:
        raise NotFound
    here = db.session.get(Butterfly, by.id)
    was_named = here is not None and here.space_id == space.id and here.is_named
    go_on(by)
    db.session.add(Butterfly(member_id=by.id, space_id=space.id, is_named=was_named if is_named is None else is_named))
    db.session.flush()
