"""Writes that merge two topics and split them again: by consent of both conveners, or by a facilitator."""

from flask_babel import lazy_gettext as _l

from openspace.access import notices as told
from openspace.access.models import Member, Role
from openspace.board import changes, joint_marks, merge_requests, notices
from openspace.board.actions import Withdrawn, check_not_merged, hang_again, take_down
from openspace.board.locks import check_unlocked
from openspace.board.merge_models import MergeRequest, requests_about
from openspace.board.models import Topic
from openspace.board.notices import Kind
from openspace.board.permissions import may_change
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import Invalid, NotAllowed, NotFound, Problem, Stale

_GONE = _l("This question is no longer open: it has been answered or taken back. Nothing was merged by this tap.")


class AlreadyAsked(Problem):
    status = 409
    words = _l("This has been asked already. The answer is still to come.")


def ask(first: Topic, second: Topic, *, by: Member) -> MergeRequest | None:
    """Ask the conveners whether the topic `second` shall be merged into `first`; `by` agrees for their own topics.

    None if nobody is left to ask: then the topics are merged. Refuses with `NotAllowed` who convenes neither and is no
    facilitator; with `AlreadyAsked`; and as `merge` does.
    """
    if not (may_change(first, by) or may_change(second, by)):
        raise NotAllowed
    log.claim(first.event_id)
    _check(first, second)
    if any({request.first_id, request.second_id} == {first.id, second.id} for request in requests_about(first)):
        raise AlreadyAsked
    request = MergeRequest(event_id=first.event_id, first=first, second=second, asked_by=by)
    request.first_agrees, request.second_agrees = by.id in first.convener_ids, by.id in second.convener_ids
    if request.first_agrees and request.second_agrees:
        _merge(first, second, by=by)
        return None
    db.session.add(request)
    db.session.flush()
    told.tell(first.event_id, {ident for ident in request.people if request.waits_for(ident)})
    merge_requests.shown_anew(first.event_id, (first, second))
    return request


def agree(event_id: int, request_id: int, *, by: Member) -> Topic:
    """Say yes for the topics that `by` convenes; a facilitator who convenes neither says it for both.

    Once both sides agree, the topics are merged. Returns the first one. Refuses with `NotFound` a question that is no
    longer open, or does not concern `by`; with `NotAllowed` who asked, but convenes neither; and as `merge` does.
    """
    request = _open(event_id, request_id, by)
    first, second = request.first, request.second
    sides = (by.id in first.convener_ids, by.id in second.convener_ids)
    is_for_both = not any(sides)
    if is_for_both and not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    request.first_agrees |= sides[0] or is_for_both
    request.second_agrees |= sides[1] or is_for_both
    if request.first_agrees and request.second_agrees:
        _check(first, second)
        _merge(first, second, by=by)
    else:
        told.recount(by)
        merge_requests.shown_anew(event_id, (first, second))
    return first


def decline(event_id: int, request_id: int, *, by: Member) -> Topic:
    """Say no, or take the own question back. Returns the first topic. Refuses with `NotFound` as `agree` does."""
    request = _open(event_id, request_id, by)
    first, second, is_own = request.first, request.second, request.asked_by_id == by.id
    waiting = {ident for ident in request.people if request.waits_for(ident)}
    told_too = set() if is_own else request.people - waiting
    merge_requests.end([request])
    notices.tell_also(event_id, [second.id], Kind.DECLINED, by=by, members=told_too)
    return first


def merge(first: Topic, second: Topic, *, by: Member) -> None:
    """Merge the topic `second` into `first` without asking. Facilitators may, and who convenes both.

    Both conveners are told who did it. Refuses with `NotAllowed`; `Withdrawn`; `Merged`; `Invalid` a topic with itself;
    and with `Locked` if the second topic hangs in a slot that is locked for `by`.
    """
    if not (by.is_at_least(Role.FACILITATOR) or {by.id} <= first.convener_ids & second.convener_ids):
        raise NotAllowed
    log.claim(first.event_id)
    _check(first, second)
    _merge(first, second, by=by)


def split(part: Topic, *, by: Member) -> None:
    """Split a topic off the one that it was merged into, with all that had been merged into it before.

    It hangs again in those of its former cells that are free, or is on the market. What people said of the joint topic
    since stays there. Refuses with `NotAllowed` all but conveners of the joint topic and facilitators; with `Stale` a
    topic that is not merged any more; and with `Withdrawn`.
    """
    log.claim(part.event_id)
    joint = part.joint
    if joint is None:
        raise Stale(_l("This topic has been split off already."))
    if not may_change(joint, by):
        raise NotAllowed
    if joint.withdrawn_at:
        raise Withdrawn
    told_too = joint.convener_ids
    _part(part, by=by)
    notices.tell(part.event_id, [part.id], Kind.SPLIT, by=by, also=told_too)


def split_all(member: Member) -> None:
    """Split all topics of a member who leaves from those of others."""
    for topic in _merged_with(member):
        if topic.joint_id:
            _part(topic, by=member)


def _merged_with(member: Member) -> list[Topic]:
    """The topics that this member convenes, and those that are merged into one of them; one may be both."""
    own = db.session.query(Topic).filter(Topic.convener_id == member.id).order_by(Topic.id).all()
    into = Topic.merged_into_id.in_([topic.id for topic in own])
    return [*own, *db.session.query(Topic).filter(into).order_by(Topic.id)]


def _open(event_id: int, request_id: int, by: Member) -> MergeRequest:
    log.claim(event_id)
    request = db.session.get(MergeRequest, request_id)
    if request is None or request.event_id != event_id:
        raise NotFound(_GONE)
    if by.id not in request.people and not by.is_at_least(Role.FACILITATOR):
        raise NotFound
    return request


def _check(first: Topic, second: Topic) -> None:
    if first.id == second.id or first.event_id != second.event_id:
        raise Invalid(_l("Choose another topic."))
    for topic in (first, second):
        check_not_merged(topic)
        if topic.withdrawn_at:
            raise Withdrawn


def _merge(first: Topic, second: Topic, *, by: Member) -> None:
    check_unlocked(second, *(placement.slot for placement in second.placements), by=by)
    told_too = first.convener_ids | second.convener_ids
    merge_requests.end(each for each in requests_about(second))
    take_down(second)
    second.merged_into, second.merged_at, second.merged_by = first, now(), by
    _belong(second, first)
    db.session.flush()
    joint_marks.count_all(second)
    joint_marks.settle(first)
    shown_anew(first, second)
    notices.tell(first.event_id, [second.id], Kind.MERGED, by=by, also=told_too)


def _part(part: Topic, *, by: Member) -> None:
    into, joint = part.merged_into, part.joint
    assert into  # because it is merged
    assert joint
    # Whoever has agreed for the joint topic may not be one of its conveners any more.
    merge_requests.close(joint)
    part.merged_into, part.merged_at, part.merged_by = None, None, None
    _belong(part, None)
    db.session.flush()
    joint_marks.settle(into)
    part.withdrawn_at, part.withdrawn_by, part.withdrawn_why = (
        joint.withdrawn_at,
        joint.withdrawn_by,
        joint.withdrawn_why,
    )
    if part.withdrawn_at is None:
        hang_again(part, by=by)
    shown_anew(joint, part)


def _belong(part: Topic, joint: Topic | None) -> None:
    """Say of a topic, and of all that is merged into it, which joint topic they are part of."""
    part.joint = joint
    db.session.flush()
    for each in db.session.query(Topic).filter(Topic.merged_into_id == part.id):
        _belong(each, joint or part)


def shown_anew(joint: Topic, part: Topic) -> None:
    """Record that a topic has been merged into this one, or split off it."""
    db.session.flush()
    db.session.expire(joint, ["parts"])
    changes.topic(joint)
    changes.market(part)
    for each in (joint, part):
        changes.reload_topic_page(each)
