"""Who may see, change and restore a topic."""

from openspace.access.models import Member, Role
from openspace.access.snapshots import MemberSnapshot
from openspace.board.locks import is_locked_for
from openspace.board.models import Placement, Topic, TopicSnapshot, topic_numbered
from openspace.clock import now
from openspace.web.errors import NotAllowed


def may_change(topic: Topic | TopicSnapshot, member: Member | MemberSnapshot | None) -> bool:
    """Whether this member may edit, place and withdraw the topic: its conveners and facilitators may, no stranger."""
    if member is None:
        return False
    is_first = topic.convener_id == member.id or member.is_at_least(Role.FACILITATOR)
    return is_first or member.id in topic.convener_ids


def check_may_change(topic: Topic, by: Member) -> None:
    """Refuse with `NotAllowed` unless this member may edit, place and withdraw the topic."""
    if not may_change(topic, by):
        raise NotAllowed


def is_over_for(placement: Placement, member: Member) -> bool:
    """Whether the session is over, so that only facilitators, and not this member, move it or take it off."""
    return placement.slot.ends_at <= now() and not member.is_at_least(Role.FACILITATOR)


def movable(topic: Topic, member: Member | None) -> list[Placement]:
    """Which placements of the topic this member may move and take off at present: not locked for them, nor over."""
    if member is None or not may_change(topic, member):
        return []
    return [each for each in topic.placements if not (is_locked_for(each.slot, member) or is_over_for(each, member))]


def may_restore(topic: Topic, member: Member | MemberSnapshot | None) -> bool:
    """Whether this member may restore the topic: facilitators may, its conveners unless somebody else withdrew it."""
    if member is None or not may_change(topic, member):
        return False
    return member.is_at_least(Role.FACILITATOR) or topic.withdrawn_by_id in {None, *topic.convener_ids}


def topic_shown(event_id: int, number: int, member: Member | MemberSnapshot | None) -> Topic | None:
    """The topic with this number, if it exists and this member (None: a stranger) may see it; else None.

    Only its conveners and facilitators see a withdrawn topic. A merged one is seen by those who see the joint topic.
    """
    topic = topic_numbered(event_id, number)
    if topic is None:
        return None
    shown = topic.joint or topic
    return topic if shown.withdrawn_at is None or may_change(shown, member) else None
