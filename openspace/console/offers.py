"""Free cells for a topic that an undo or a redo cannot bring back to where it hung."""

from openspace.access.models import Member
from openspace.board.actions import theirs
from openspace.board.free_cells import free_near
from openspace.board.locks import is_locked_for
from openspace.board.models import Placement, Topic
from openspace.board.rules import Spot, overlap
from openspace.clock import now
from openspace.events.models import Slot, Space
from openspace.extensions import db
from openspace.journal.actions import differences_of
from openspace.journal.models import Step
from openspace.journal.rows import Values
from openspace.web.errors import Problem


def add_offers(problem: Problem, step: Step, *, undone: bool, by: Member) -> None:
    """Add to the refusal of an undo (or redo) the facts `topic`, its cell `moving`, and `free`, cells that suit it.

    Nothing is added if the step would hang no topic, or none that may hang now.
    """
    found = [each.reversed() if undone else each for each in differences_of(step)]
    hung = [each.after for each in found if each.table == Placement.__tablename__ and each.after]
    refused = [values for values in hung if values["slot_id"] == problem.facts.get("slot")] or hung
    topic = db.session.get(Topic, refused[0]["topic_id"]) if refused else None
    if topic is None or topic.withdrawn_at or topic.joint_id:
        return
    moving = next(iter(topic.cells), "")
    busy = [placement.slot for placement in theirs(topic, None) if placement.cell != moving]

    def suits(slot: Slot) -> bool:
        return not (is_locked_for(slot, by) or any(overlap(slot, other) for other in busy))

    free = free_near(topic.event, _wanted(refused[0]), suits=suits)
    problem.facts |= {"topic": topic.number, "title": topic.title, "moving": moving, "free": free}


def _wanted(values: Values) -> Spot:
    slot, space = db.session.get(Slot, values["slot_id"]), db.session.get(Space, values["space_id"])
    return Spot("", slot.starts_at if slot else now(), space.number if space else 1)
