"""What happens to a member's topics, marks and notices when they leave or are merged with another member."""

from sqlalchemy import delete, select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.board import actions, changes, joint_marks, merge_requests, merging
from openspace.board.merge_models import MergeRequest
from openspace.board.models import Interest, Topic
from openspace.board.notices import TopicNotice
from openspace.extensions import db


def leave(member: Member) -> None:
    """Split the member's topics from others, withdraw them, and delete the member's marks, questions and notices."""
    merge_requests.end(db.session.scalars(select(MergeRequest).where(MergeRequest.asked_by_id == member.id)).all())
    merging.split_all(member)
    for topic in db.session.scalars(select(Topic).where(Topic.convener_id == member.id)):
        actions.withdraw(topic, by=member)
    marked = db.session.scalars(
        select(Topic).join(Interest, Interest.topic_id == Topic.id).where(Interest.member_id == member.id)
    ).all()
    db.session.execute(delete(Interest).where(Interest.member_id == member.id))
    db.session.execute(delete(TopicNotice).where(TopicNotice.member_id == member.id))
    for topic in marked:
        changes.marks(topic)


def merge(kept: Member, gone: Member) -> None:
    """Give the topics, marks and questions of `gone` to `kept`. Of two marks on one topic, "I'll go" is kept."""
    for topic in _topics(kept, gone):
        changes.topic(topic)
    _notices(kept, gone)
    for column in (Topic.withdrawn_by_id, Topic.merged_by_id, MergeRequest.asked_by_id):
        db.session.execute(update(column.class_).where(column == gone.id).values({column.key: kept.id}))


def _notices(kept: Member, gone: Member) -> None:
    for notice in db.session.scalars(select(TopicNotice).where(TopicNotice.member_id == gone.id)):
        if db.session.get(TopicNotice, (kept.id, notice.topic_id)):
            db.session.delete(notice)
        else:
            notice.member_id = kept.id
    db.session.flush()
    notices.recount(kept)


def _topics(kept: Member, gone: Member) -> list[Topic]:
    """Give topics and marks to `kept`, and return all topics whose cards look different now."""
    convened = list(db.session.scalars(select(Topic).where(Topic.convener_id == gone.id).order_by(Topic.id)))
    for topic in convened:
        # Idempotency keys are unique for each convener, and both members may have used one.
        topic.convener, topic.key = kept, None
    marks = db.session.execute(
        select(Interest, Topic).join(Topic, Topic.id == Interest.topic_id).where(Interest.member_id == gone.id)
    ).all()
    for mark, _ in marks:
        _move(mark, kept)
    db.session.flush()
    for _, topic in marks:
        joint_marks.settle(topic)
    return list(dict.fromkeys([*convened, *(topic for _, topic in marks)]))


def _move(mark: Interest, kept: Member) -> None:
    known = db.session.get(Interest, (mark.topic_id, kept.id))
    if known is None:
        mark.member_id = kept.id
        return
    known.kind, known.own = min(known.kind, mark.kind), min(filter(None, (known.own, mark.own)), default="")
    known.counts |= mark.counts
    known.marked_at = min(known.marked_at, mark.marked_at)
    db.session.delete(mark)


register(Belongings((Topic, Interest, TopicNotice, MergeRequest), leave, merge))
