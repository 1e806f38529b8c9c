"""The marks of joint topics: those given to the topic itself, and those that came with topics merged into it.

Each member has one mark on a joint topic: the stronger of their own there and of those on the topics that were merged
into it. It is stored, so that counting marks costs no more for a joint topic than for any other.
"""

from sqlalchemy import text

from openspace.board.models import Topic
from openspace.extensions import db

# "go" comes before "look", so the least of several kinds is the strongest.
_OWN_ALONE = text("UPDATE interest SET kind = own WHERE topic_id = :topic AND own <> '' AND kind <> own")
_NO_MORE = text(
    "DELETE FROM interest WHERE topic_id = :topic AND own = '' AND member_id NOT IN ("
    "SELECT came.member_id FROM interest came JOIN topic part ON part.id = came.topic_id "
    "WHERE part.merged_into_id = :topic AND came.counts)"
)
_JOINED = text(
    "INSERT INTO interest (topic_id, member_id, kind, own, counts, marked_at) "
    "SELECT part.merged_into_id, came.member_id, min(came.kind), '', true, min(came.marked_at) "
    "FROM interest came JOIN topic part ON part.id = came.topic_id "
    "WHERE part.merged_into_id = :topic AND came.counts GROUP BY part.merged_into_id, came.member_id "
    "ON CONFLICT (topic_id, member_id) DO UPDATE SET kind = CASE "
    "WHEN interest.own = '' OR excluded.kind < interest.own THEN excluded.kind ELSE interest.own END"
)
_ALL_COUNT = text("UPDATE interest SET counts = true WHERE topic_id = :topic")
_SAID_ANEW = text(
    "UPDATE interest SET counts = false WHERE member_id = :by "
    "AND topic_id IN (SELECT id FROM topic WHERE merged_into_id = :topic)"
)


def settle(topic: Topic) -> None:
    """Set the marks of this topic, and of those that it is part of, to what they are with all that is merged now."""
    db.session.flush()
    each: Topic | None = topic
    while each:
        for statement in (_OWN_ALONE, _NO_MORE, _JOINED):
            db.session.connection().execute(statement, {"topic": each.id})
        each = each.merged_into
    db.session.expire_all()


def count_all(part: Topic) -> None:
    """Let all marks of a topic that is being merged count for the joint topic."""
    db.session.connection().execute(_ALL_COUNT, {"topic": part.id})


def say_anew(topic_id: int, member_id: int) -> None:
    """Let a member's marks on the parts of a joint topic count no more: something is said of the joint topic itself."""
    db.session.connection().execute(_SAID_ANEW, {"topic": topic_id, "by": member_id})
