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
    MERGED = "merged"
    SPLIT = "split"
    DECLINED = "declined"


class TopicNotice(Model):
    """A notice that one member has not read yet: the last thing that happened to a topic."""

    __tablename__ = "topic_notice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    topic: Mapped[Topic] = relationship()


# One statement writes the notices of all recipients: of a topic, of the parts of a joint one, and of who marked it.
# Written as SQL because it is valid on both databases.
_NOTICES_WRITTEN = text(
    "INSERT INTO topic_notice (member_id, topic_id, kind, at) "
    "SELECT convener_id, id, :kind, :at FROM topic WHERE id IN :topics AND convener_id <> :by "
    "UNION SELECT convener_id, joint_id, :kind, :at FROM topic WHERE joint_id IN :topics AND convener_id <> :by "
    "UNION SELECT member_id, topic_id, :kind, :at FROM interest WHERE topic_id IN :topics AND member_id <> :by "
    "ON CONFLICT (member_id, topic_id) DO UPDATE SET kind = excluded.kind, at = excluded.at RETURNING member_id"
).bindparams(bindparam("topics", expanding=True), bindparam("at", type_=UtcDateTime))


_ALSO_WRITTEN = text(
    "INSERT INTO topic_notice (member_id, topic_id, kind, at) "
    "SELECT member.id, topic.id, :kind, :at FROM member JOIN topic ON topic.event_id = member.event_id "
    "WHERE topic.id IN :topics AND member.id IN :members AND member.id <> :by "
    "ON CONFLICT (member_id, topic_id) DO UPDATE SET kind = excluded.kind, at = excluded.at RETURNING member_id"
).bindparams(
    bindparam("topics", expanding=True), bindparam("members", expanding=True), bindparam("at", type_=UtcDateTime)
)


def tell(
    event_id: int, topic_ids: Collection[int], kind: Kind, *, by: Member | None, also: Collection[int] = ()
) -> None:
    """Leave a notice for the conveners of these topics and for all who marked them, except for `by`, who did it.

    `also` holds the ids of further members who are told.
    """
    if not topic_ids:
        return
    # The SQL statement would miss rows that the session has not written yet.
    db.session.flush()
    said = {"topics": list(topic_ids), "kind": kind, "at": now(), "by": by.id if by else 0}
    notices.tell(event_id, set(db.session.connection().execute(_NOTICES_WRITTEN, said).scalars()))
    if also:
        tell_also(event_id, topic_ids, kind, by=by, members=also)


def tell_also(
    event_id: int, topic_ids: Collection[int], kind: Kind, *, by: Member | None, members: Collection[int]
) -> None:
    """Leave a notice about these topics for the members with these ids, except for `by`, who did it."""
    said = {"topics": list(topic_ids), "members": list(members), "kind": kind, "at": now(), "by": by.id if by else 0}
    notices.tell(event_id, set(db.session.connection().execute(_ALSO_WRITTEN, said).scalars()))


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
    topic, event = notice.topic, member.event.slug
    address = url_for("topics.show", event=event, number=topic.number)
    if topic.joint:
        return _merged(topic, topic.joint, url_for("topics.show", event=event, number=topic.joint.number))
    facts = {"title": topic.title, "where": where(topic)}
    if topic.withdrawn_at:
        return _taken_down(topic, address if member.id in topic.convener_ids else None)
    if notice.kind == Kind.DECLINED:
        words = gettext("“%(title)s” stays a topic of its own: not everybody wanted to merge it.", title=topic.title)
        return Notice("x", words, address)
    if notice.kind == Kind.SPLIT and not topic.placements:
        words = gettext("“%(title)s” is a topic of its own again, on the market.", title=topic.title)
        return Notice("market", words, address)
    words = {
        Kind.HUNG: gettext("“%(title)s” has a time and a place: %(where)s", **facts),
        Kind.FEWER: gettext("“%(title)s” now hangs only here: %(where)s", **facts),
        Kind.SPLIT: gettext("“%(title)s” is a topic of its own again: %(where)s", **facts),
        Kind.BACK: gettext("“%(title)s” is back: %(where)s", **facts),
    }.get(Kind(notice.kind), gettext("“%(title)s” has moved: %(where)s", **facts))
    if not topic.placements:
        words = gettext("“%(title)s” is on the market again, without a time and a place.", title=topic.title)
    return Notice("move" if topic.placements else "market", words, address)


def _taken_down(topic: Topic, address: str | None) -> Notice:
    """The notice of a withdrawn topic. Its conveners (those who have an `address`) read why, and who did it."""
    facts = {"title": topic.title, "why": topic.withdrawn_why}
    if address is None or topic.withdrawn_by is None:
        return Notice("x", gettext("“%(title)s” has been taken down.", **facts), None)
    facts["name"] = topic.withdrawn_by.name
    if topic.withdrawn_why:
        return Notice("x", gettext("“%(title)s” has been taken down by %(name)s: %(why)s", **facts), address)
    return Notice("x", gettext("“%(title)s” has been taken down by %(name)s.", **facts), address)


def _merged(topic: Topic, joint: Topic, address: str) -> Notice:
    facts = {"title": topic.title, "joint": joint.title, "name": topic.merged_by.name if topic.merged_by else ""}
    if not topic.merged_by:
        return Notice("link", gettext("“%(title)s” has been merged into “%(joint)s”.", **facts), address)
    return Notice("link", gettext("“%(title)s” has been merged into “%(joint)s” by %(name)s.", **facts), address)


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
