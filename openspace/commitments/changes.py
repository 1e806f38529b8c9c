"""Records in the live log that open pages show commitments differently."""

from sqlalchemy import or_, select

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board import changes
from openspace.board.models import Topic, TopicSnapshot
from openspace.commitments.models import COMMITMENTS, Commitment, naming
from openspace.extensions import db
from openspace.live import log


def commitment(changed: Commitment) -> None:
    """Record that a commitment came, or stands differently."""
    log.record(changed.event_id, COMMITMENTS, f"commitment-{changed.id}")


def topic(changed: Topic | TopicSnapshot) -> None:
    """Record that a topic was renamed, merged or withdrawn, for the commitments that came from it.

    A tap on its chair, which has a snapshot, changes nothing there.
    """
    if not isinstance(changed, Topic):
        return
    parts = select(Topic.id).where(Topic.joint_id == changed.id)
    came_from = or_(Commitment.topic_id == changed.id, Commitment.topic_id.in_(parts))
    for each in db.session.scalars(select(Commitment).where(came_from).order_by(Commitment.id)):
        commitment(each)


def member(changed: Member) -> None:
    """Record that a member is called otherwise, on the sheets that name them."""
    for each in naming(changed):
        commitment(each)


changes.when_changed.append(topic)
when_introduced.append(member)
