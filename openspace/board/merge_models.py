"""The table of questions whether two topics shall be merged."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, and_, bindparam, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access.models import Member
from openspace.board.models import Topic, convened_by
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db


class MergeRequest(Model):
    """An open question: shall the topic `second` be merged into `first`? It is deleted once it is answered.

    Each side agrees by one of its conveners. Whoever asks for a topic of theirs has agreed for it.
    """

    __tablename__ = "merge_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    first_agrees: Mapped[bool] = mapped_column(default=False)
    second_agrees: Mapped[bool] = mapped_column(default=False)

    first: Mapped[Topic] = relationship(foreign_keys=[first_id])
    second: Mapped[Topic] = relationship(foreign_keys=[second_id])
    asked_by: Mapped[Member] = relationship()

    def waits_for(self, member_id: int) -> bool:
        """Whether this member convenes a topic of the two whose side has not agreed yet."""
        sides = ((self.first, self.first_agrees), (self.second, self.second_agrees))
        return any(not agrees and member_id in topic.convener_ids for topic, agrees in sides)

    @property
    def people(self) -> set[int]:
        """The ids of all whom it concerns: the conveners of both topics and who asked."""
        return {*self.first.convener_ids, *self.second.convener_ids, self.asked_by_id}


def waits_for(member_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition for open questions that wait for the answer of the member with this id."""
    theirs = select(Topic.id).where(convened_by(member_id))
    return or_(
        and_(~MergeRequest.first_agrees, MergeRequest.first_id.in_(theirs)),
        and_(~MergeRequest.second_agrees, MergeRequest.second_id.in_(theirs)),
    )


# Built once, because each topic's page asks for them, and mostly there are none.
_OPEN = (
    select(MergeRequest)
    .options(joinedload(MergeRequest.asked_by), joinedload(MergeRequest.first), joinedload(MergeRequest.second))
    .order_by(MergeRequest.asked_at, MergeRequest.id)
)
_OF_EVENT = _OPEN.where(MergeRequest.event_id == bindparam("event_id"))
_topics: BindParameter[list[int]] = bindparam("topics", expanding=True)
_ABOUT = _OPEN.where(or_(MergeRequest.first_id.in_(_topics), MergeRequest.second_id.in_(_topics)))
_TO = _OPEN.where(waits_for(bindparam("member_id")))


def merges_waiting(event_id: int) -> list[MergeRequest]:
    """All open questions of the event, the oldest first. A facilitator can answer each without waiting."""
    return list(db.session.scalars(_OF_EVENT, {"event_id": event_id}))


def requests_about(*topics: Topic) -> list[MergeRequest]:
    """The open questions about one of these topics, the oldest first."""
    return list(db.session.scalars(_ABOUT, {"topics": [topic.id for topic in topics]}))


def requests_to(member_id: int) -> list[MergeRequest]:
    """The open questions that wait for the answer of the member with this id, the oldest first."""
    return list(db.session.scalars(_TO, {"member_id": member_id}))
