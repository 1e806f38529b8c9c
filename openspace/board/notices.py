"""Notices about topics that were moved, withdrawn or restored, for their conveners and all who marked them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ForeignKey, String, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import Notice, Source
from openspace.board.models import Placement, Topic
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.web.i18n import clock_time, slot_day


class Kind(StrEnum):
    """What happened to a topic."""

    HUNG = "hung"
    MOVED = "moved"
    FEWER = "fewer"
    MARKET = "market"
    DOWN = "down"
    BACK = "back"


class TopicNotice(Model):
    """A notice that one member has not read yet: the last thing that happened to a topic."""

    __tablename__ = "topic_notice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    topic: Mapped[Topic] = relationship()


# One statement writes the notices of all recipients. Written as SQL because it is valid on both databases.
_NOTICES_WRITTEN = text(
    "INSERT INTO topic_notice (member_id, topic_id, kind, at) "
    "SELECT convener_id, id, :kind, :at FROM topic WHERE id IN :topics AND convener_id <> :by "
    "UNION SELECT member_id, topic_id, :kind, :at FROM interest WHERE topic_id IN :topics AND member_id <> :by "
    "ON CONFLICT (member_id, topic_id) DO UPDATE SET kind = excluded.kind, at = excluded.at RETURNING member_id"
).bindparams(bindparam("topics", expanding=True), bindparam("at", type_=UtcDateTime))


def tell(event_id: int, topic_ids: Collection[int], kind: Kind, *, by: Member | None) -> None:
    """Leave a notice for the conveners of these topics and for all who marked them, except for `by`, who did it."""
    if not topic_ids:
        return
    # The SQL statement would miss rows that the session has not written yet.
    db.session.flush()
    said = {"topics": list(topic_ids), "kind": kind, "at": now(), "by": by.id if by else 0}
    notices.tell(event_id, set(db.session.connection().execute(_NOTICES_WRITTEN, said).scalars()))


def _waits(member: Member) -> bool:
    waiting = select(TopicNotice.topic_id).where(TopicNotice.member_id == member.id)
    return db.session.scalar(waiting.limit(1)) is not None


def _waiting(member: Member) -> list[Notice]:
    found = db.session.scalars(
        select(TopicNotice)
        .where(TopicNotice.member_id == member.id)
        .options(
            joinedload(TopicNotice.topic)
            .selectinload(Topic.placements)
            .options(joinedload(Placement.slot), joinedload(Placement.space))
        )
        .order_by(TopicNotice.at, TopicNotice.topic_id)
    )
    return [_in_words(notice, member) for notice in found]


def _in_words(notice: TopicNotice, member: Member) -> Notice:
    """The notice in words. It says where the topic hangs now, because it may have moved again since the notice."""
    topic = notice.topic
    facts = {"title": topic.title, "where": where(topic)}
    if topic.withdrawn_at:
        return Notice("x", gettext("“%(title)s” has been taken down.", title=topic.title), None)
    words = {
        Kind.HUNG: gettext("“%(title)s” has a time and a place: %(where)s", **facts),
        Kind.FEWER: gettext("“%(title)s” now hangs only here: %(where)s", **facts),
        Kind.BACK: gettext("“%(title)s” is back: %(where)s", **facts),
    }.get(Kind(notice.kind), gettext("“%(title)s” has moved: %(where)s", **facts))
    if not topic.placements:
        words = gettext("“%(title)s” is on the market again, without a time and a place.", title=topic.title)
    address = url_for("topics.show", event=member.event.slug, number=topic.number)
    return Notice("move" if topic.placements else "market", words, address)


def where(topic: Topic, placements: Iterable[Placement] | None = None) -> str:
    """Where a topic hangs in words, such as "16:00, place 7", with the day if it is not today.

    It names all placements of the topic, or only those given.
    """
    event = topic.event
    today, spots = event.today(), []
    for placement in sorted(placements or topic.placements, key=lambda placement: placement.slot.starts_at):
        facts = {"time": clock_time(placement.slot.starts_at, event.zone), "number": placement.space.number}
        if placement.slot.day == today:
            spots.append(gettext("%(time)s, place %(number)s", **facts))
        else:
            spots.append(gettext("%(day)s, %(time)s, place %(number)s", day=slot_day(placement.slot), **facts))
    return "; ".join(spots)


def forget(member: Member) -> None:
    """Delete all notices about topics for the member."""
    db.session.execute(delete(TopicNotice).where(TopicNotice.member_id == member.id))


notices.register(Source(_waits, _waiting, forget))
