"""The change of the board that a petition asks for: whether it is still possible, what forbids it, and making it."""

from collections.abc import Collection

from flask_babel import gettext, lazy_gettext as _l

from openspace.access.models import Member
from openspace.board import actions as board
from openspace.board.free_cells import topic_among, topic_at
from openspace.board.models import Placement, Topic
from openspace.board.notices import where
from openspace.board.swap import check_swap, swap
from openspace.events.models import Slot, Space
from openspace.petitions.models import Petition
from openspace.petitions.rules import Kind
from openspace.web.errors import Stale


def check(petition: Petition, *, by: Member, anyway: bool = False, hung: Collection[Placement] | None = None) -> None:
    """Refuse the change as making it would, for the facilitator `by`; writes nothing.

    Refuses with `Stale`, which says what has changed, when the board is not as it was asked for; else as the board's
    actions do. `hung` are all placements of the event, for whoever has loaded them.
    """
    placement = _leaving(petition)
    slot, space = _cell(petition)
    if petition.kind == Kind.SWAP:
        check_swap(_placement(petition.topic, petition.leaves), _theirs(petition), by=by, anyway=anyway, hung=hung)
        return
    there = topic_at(slot, space) if hung is None else topic_among(hung, slot, space)
    if there:
        raise Stale(gettext("“%(title)s” hangs there by now.", title=there.title))
    board.check_place(petition.topic, slot=slot, space=space, by=by, anyway=anyway, moving=placement, hung=hung)


def make(petition: Petition, *, by: Member) -> None:
    """Change the board as the petition asks. Refuses as `check` does."""
    check(petition, by=by)
    slot, space = _cell(petition)
    if petition.kind == Kind.SWAP:
        swap(_placement(petition.topic, petition.leaves), _theirs(petition), by=by)
    elif placement := _leaving(petition):
        board.move(placement, slot=slot, space=space, by=by)
    else:
        board.place(petition.topic, slot=slot, space=space, by=by)


def _leaving(petition: Petition) -> Placement | None:
    """The placement that would move; None for a repeat."""
    return _placement(petition.topic, petition.leaves) if petition.leaves else None


def _theirs(petition: Petition) -> Placement:
    """The placement of the topic with which it would be swapped."""
    if petition.other is None:
        raise Stale
    return _placement(petition.other, petition.takes)


def _placement(topic: Topic, cell: str) -> Placement:
    found = next((placement for placement in topic.placements if placement.cell == cell), None)
    if found:
        return found
    if not topic.placements:
        raise Stale(gettext("“%(title)s” hangs nowhere by now.", title=topic.title))
    raise Stale(gettext("“%(title)s” hangs elsewhere by now: %(where)s", title=topic.title, where=where(topic)))


def _cell(petition: Petition) -> tuple[Slot, Space]:
    """The slot and the space that the topic would take. Refuses with `Stale` if one of them is not there any more."""
    found = petition.cell_at(petition.takes)
    if found is None:
        raise Stale(_l("This time or place is not there any more."))
    return found
