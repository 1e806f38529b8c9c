"""Notices about topics that were moved, withdrawn or restored, for their conveners and all who marked them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ForeignKey, String, bindparam, delete, exists, select, text
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.board.models import Placement, Topic, convened_by
from openspace.clock import now
from openspace.events.models import Event, Slot, Space
from openspace.extensions import Model, UtcDateTime, db
from openspace.web.i18n import clock_time, day_or_night


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


class Spot(NamedTuple):
    """Where a topic hangs: when the slot starts, the day under which it is listed, and the number of the space."""

    starts_at: datetime
    day: date
    number: int


class _Told(NamedTuple):
    """What a notice tells of its topic."""

    kind: str
    number: int
    title: str
    is_withdrawn: bool
    withdrawn_by: str | None
    withdrawn_why: str
    is_convener: bool
    joint_number: int | None
    joint_title: str | None
    merged_by: str | None


# Built once, because every page of somebody who was told asks it: a row for each spot of each topic, one without a spot
# for a topic that hangs nowhere.
_withdrawer, _merger, _joint = aliased(Member), aliased(Member), aliased(Topic)
_TOLD = (
    select(TopicNotice.kind, Topic.number, Topic.title, Topic.withdrawn_at.is_not(None), _withdrawer.name)
    .add_columns(Topic.withdrawn_why, convened_by(RECIPIENT), _joint.number, _joint.title, _merger.name)
    .add_columns(Slot.starts_at, Slot.day, Space.number)
    .join(TopicNotice.topic)
    .outerjoin(_withdrawer, Topic.withdrawn_by)
    .outerjoin(_joint, Topic.joint)
    .outerjoin(_merger, Topic.merged_by)
    .outerjoin(Topic.placements)
    .outerjoin(Placement.slot)
    .outerjoin(Placement.space)
    .where(TopicNotice.member_id == RECIPIENT)
    .order_by(TopicNotice.at, TopicNotice.topic_id, Slot.starts_at)
)
_SPOT_AT = len(_Told._fields)


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    rows = db.session.connection().execute(_TOLD, {RECIPIENT.key: member_id})
    return [
        _in_words(told, [Spot(*row[_SPOT_AT:]) for row in of_topic if row[_SPOT_AT]], event)
        for told, of_topic in groupby(rows, key=lambda row: _Told(*row[:_SPOT_AT]))
    ]


def _in_words(told: _Told, spots: list[Spot], event: Event | EventSnapshot) -> Notice:
    """The notice in words. It says where the topic hangs now, because it may have moved again since the notice."""
    title, address = told.title, url_for("topics.show", event=event.slug, number=told.number)
    if told.joint_number:
        return _merged(told, url_for("topics.show", event=event.slug, number=told.joint_number))
    if told.is_withdrawn:
        return _taken_down(told, address if told.is_convener else None)
    if told.kind == Kind.DECLINED:
        words = gettext("“%(title)s” stays a topic of its own: not everybody wanted to merge it.", title=title)
        return Notice("x", words, address)
    if spots:
        return Notice("move", _hung(told, _listed(spots, event)), address)
    if told.kind == Kind.SPLIT:
        words = gettext("“%(title)s” is a topic of its own again, on the market.", title=title)
    else:
        words = gettext("“%(title)s” is on the market again, without a time and a place.", title=title)
    return Notice("market", words, address)


def _hung(told: _Told, where: str) -> str:
    facts = {"title": told.title, "where": where}
    words = {
        Kind.HUNG: gettext("“%(title)s” has a time and a place: %(where)s", **facts),
        Kind.FEWER: gettext("“%(title)s” now hangs only here: %(where)s", **facts),
        Kind.SPLIT: gettext("“%(title)s” is a topic of its own again: %(where)s", **facts),
        Kind.BACK: gettext("“%(title)s” is back: %(where)s", **facts),
    }
    return str(words.get(Kind(told.kind), gettext("“%(title)s” has moved: %(where)s", **facts)))


def _taken_down(told: _Told, address: str | None) -> Notice:
    """The notice of a withdrawn topic. Its conveners (those who have an `address`) read why, and who did it."""
    facts = {"title": told.title, "why": told.withdrawn_why}
    if address is None or told.withdrawn_by is None:
        return Notice("x", gettext("“%(title)s” has been taken down.", **facts), None)
    facts["name"] = told.withdrawn_by
    if told.withdrawn_why:
        return Notice("x", gettext("“%(title)s” has been taken down by %(name)s: %(why)s", **facts), address)
    return Notice("x", gettext("“%(title)s” has been taken down by %(name)s.", **facts), address)


def _merged(told: _Told, address: str) -> Notice:
    facts = {"title": told.title, "joint": told.joint_title, "name": told.merged_by}
    if told.merged_by is None:
        return Notice("link", gettext("“%(title)s” has been merged into “%(joint)s”.", **facts), address)
    return Notice("link", gettext("“%(title)s” has been merged into “%(joint)s” by %(name)s.", **facts), address)


def where(topic: Topic, placements: Iterable[Placement] | None = None) -> str:
    """Where a topic hangs in words, such as "16:00, place 7", with the day if it is not today.

    It names all placements of the topic, or only those given.
    """
    hung = placements or topic.placements
    spots = [Spot(each.slot.starts_at, each.slot.day, each.space.number) for each in hung]
    return _listed(sorted(spots), topic.event)


def _listed(spots: Iterable[Spot], event: Event | EventSnapshot) -> str:
    today, words = event.today(), []
    for spot in spots:
        facts = {"time": clock_time(spot.starts_at, event.zone), "number": spot.number}
        if spot.day == today:
            words.append(gettext("%(time)s, place %(number)s", **facts))
        else:
            day = day_or_night(spot.day, spot.starts_at, event.zone)
            words.append(gettext("%(day)s, %(time)s, place %(number)s", day=day, **facts))
    return "; ".join(words)


def forget(member: Member) -> None:
    """Delete all notices about topics for the member."""
    db.session.execute(delete(TopicNotice).where(TopicNotice.member_id == member.id))


notices.register(Source(exists().where(TopicNotice.member_id == RECIPIENT), _waiting, forget))
