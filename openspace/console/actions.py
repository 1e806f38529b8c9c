"""Writes of the console: picking up, putting down, and hanging a topic where another one may hang."""

from openspace.access.models import Member
from openspace.board import actions
from openspace.board.free_cells import cell_taken, topic_at
from openspace.board.models import Placement, Topic
from openspace.board.rules import CellKey
from openspace.board.swap import swap
from openspace.clock import now
from openspace.console.models import Hand
from openspace.events.models import Slot, Space
from openspace.extensions import db
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.web.errors import Stale

HANDS = "hands"


def pick_up(topic: Topic, *, cell: str, by: Member) -> None:
    """Take a topic into the hand of `by`, in place of what was there. `cell` is where it hangs; empty on the market.

    Refuses with `Stale` a topic that does not hang there any more.
    """
    log.claim(topic.event_id)
    if topic.withdrawn_at or (cell not in topic.cells if cell else topic.cells):
        raise Stale
    hand = db.session.get(Hand, by.id) or Hand(member_id=by.id, event_id=topic.event_id)
    hand.topic_id, hand.cell, hand.at = topic.id, cell, now()
    db.session.add(hand)
    log.record(topic.event_id, CONSOLE, HANDS)


def put_down(*, by: Member) -> None:
    """Empty the hand of `by`."""
    log.claim(by.event_id)
    if hand := db.session.get(Hand, by.id):
        db.session.delete(hand)
        log.record(by.event_id, CONSOLE, HANDS)


def hang(
    topic: Topic,
    *,
    slot: Slot,
    space: Space,
    moving: str,
    taken: str,
    there: int | None,
    by: Member,
    anyway: bool = False,
) -> None:
    """Hang the topic in a cell: from the market, or out of its cell `moving`.

    If another topic hangs there, the two are swapped (`taken` is `swap`) or that one goes to the market (`market`).
    `there` is the number of the topic that the facilitator saw in the cell. Refuses as `actions.move` does; with
    `CellTaken` if another topic hangs there than was seen; and with `Stale` if it does not hang in `moving` any more.
    """
    log.claim(topic.event_id)
    placement = placement_in(topic, moving) if moving else None
    if placement is None and topic.placements:
        raise Stale
    other = topic_at(slot, space)
    if other is not None and other.id != topic.id:
        if other.number != there or taken not in {"swap", "market"}:
            raise cell_taken(slot, space, by=other, asker=by)
        theirs = placement_in(other, CellKey(slot.id, space.id))
        if taken == "swap" and placement:
            return swap(placement, theirs, by=by, anyway=anyway)
        actions.unplace(theirs, by=by)
    if placement:
        return actions.move(placement, slot=slot, space=space, by=by, anyway=anyway)
    actions.place(topic, slot=slot, space=space, by=by, anyway=anyway)
    return None


def placement_in(topic: Topic, cell: str) -> Placement:
    """The topic's placement in the cell with this key. Refuses with `Stale` if it does not hang there."""
    found = next((placement for placement in topic.placements if placement.cell == cell), None)
    if found is None:
        raise Stale
    return found
