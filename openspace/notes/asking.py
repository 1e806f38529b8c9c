"""Asking, gently, for notes: the convener near the end of a session, or whom they name; at most twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Enum, ForeignKey, exists, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Answer, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.board.models import Placement, Topic, circle_of
from openspace.board.permissions import check_may_change
from openspace.clock import now
from openspace.events.models import Event, Slot
from openspace.extensions import Model, UtcDateTime, db
from openspace.live import log
from openspace.notes import changes
from openspace.notes.models import attendances_of, topic_ids
from openspace.notes.progress import Progress
from openspace.web.errors import NotFound

# How long before its end a session's convener is asked, and how long after it a session without notes still is.
BEFORE, AFTER = timedelta(minutes=10), timedelta(hours=3)
# When they are asked again who put the question off after the end. Who did so before is asked at the end.
PAUSE = timedelta(hours=3)
# How often one person is asked for the notes of one topic.
TWICE = 2


class AskingState(StrEnum):
    """Whether a question waits for an answer, was put off, or is answered."""

    OPEN = "open"
    LATER = "later"
    DONE = "done"


class Asking(Model):
    """A member is asked to write the notes of a topic: its convener by the app, another one by somebody."""

    __tablename__ = "note_asking"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    state: Mapped[AskingState] = mapped_column(
        Enum(AskingState, native_enum=False, length=8, values_callable=lambda states: [state.value for state in states])
    )
    times: Mapped[int] = mapped_column(default=1)
    # When the question comes again, if it was put off.
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    topic: Mapped[Topic] = relationship()
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    by: Mapped[Member | None] = relationship(foreign_keys=[by_id])


def ask_due() -> None:
    """Ask conveners whose session ends within ten minutes or has ended without notes, and again those who put it off.

    A periodic task; questions whose notes are written meanwhile are taken back where these are written.
    """
    moment = now()
    ending = (
        select(Placement).join(Placement.slot).where(Slot.ends_at <= moment + BEFORE, Slot.ends_at > moment - AFTER)
    )
    for placement in db.session.scalars(ending.order_by(Placement.id)).all():
        topic = placement.topic
        if not (topic.is_programme or topic.withdrawn_at or _askings_of(topic) or Progress(topic).is_written):
            _ask(topic, topic.convener, by=None)
    again = select(Asking).where(Asking.state == AskingState.LATER, Asking.again_at <= moment)
    for asking in db.session.scalars(again.order_by(Asking.topic_id, Asking.member_id)).all():
        _open_again(asking)


def candidates(topic: Topic, asking: Member) -> list[Member]:
    """Return whom one may ask to write the notes: oneself, conveners, who was there by name, who said they would go."""
    people = [asking, *topic.conveners, *(each.member for each in attendances_of(topic) if each.is_named)]
    people += db.session.scalars(select(Member).where(Member.id.in_([each.id for each in circle_of(topic)])))
    tired = {each.member_id for each in _askings_of(topic) if each.times >= TWICE} - {asking.id}
    return [each for each in dict.fromkeys(people) if each.id not in tired]


def name(topic: Topic, member: Member, *, by: Member) -> None:
    """Let `member` be asked to write the notes, in place of the convener.

    Refuses with `NotAllowed` all but conveners and facilitators, and with `NotFound` whoever has nothing to do with it.
    """
    log.claim(topic.event_id)
    check_may_change(topic, by)
    if member not in candidates(topic, by):
        raise NotFound
    for asking in _askings_of(topic):
        _close(asking)
    if member.id != by.id:
        _ask(topic, member, by=by)


def answer(topic: Topic, *, state: AskingState, by: Member) -> None:
    """Answer the question: `DONE` for whoever writes or will not, `LATER` to be asked once more.

    Refuses with `NotFound` whoever is not asked.
    """
    log.claim(topic.event_id)
    asking = _open_question(topic, by)
    if state == AskingState.LATER and asking.times < TWICE:
        ends = max((each.slot.ends_at for each in topic.placements), default=now())
        asking.state, asking.again_at = AskingState.LATER, ends if ends > now() else now() + PAUSE
        notices.recount(by)
    else:
        _close(asking)


def decline(topic: Topic, *, by: Member) -> None:
    """Answer that one will not write; whoever asked is asked again, once."""
    asking = _open_question(topic, by)
    answer(topic, state=AskingState.DONE, by=by)
    if asking.by and not Progress(topic).is_written:
        _ask(topic, asking.by, by=None)


def settle(topic: Topic, progress: Progress) -> None:
    """Take the questions back when the notes are written."""
    shown = topic.joint or topic
    waiting = [asking for asking in _askings_of(shown) if asking.state != AskingState.DONE]
    if waiting and progress.is_written:
        for asking in waiting:
            _close(asking)


def _open_question(topic: Topic, member: Member) -> Asking:
    """The question that waits for the member, also one for a topic that was merged into this one since."""
    mine = [each for each in _askings_of(topic) if each.member_id == member.id and each.state == AskingState.OPEN]
    if not mine:
        raise NotFound
    return mine[0]


def _ask(topic: Topic, member: Member, *, by: Member | None) -> None:
    log.claim(topic.event_id)
    asking = db.session.get(Asking, (topic.id, member.id)) or Asking(topic_id=topic.id, member_id=member.id, times=0)
    if asking.times >= TWICE:
        return
    asking.topic, asking.member, asking.by_id, asking.state = topic, member, by.id if by else None, AskingState.OPEN
    asking.times, asking.at = asking.times + 1, now()
    db.session.add(asking)
    db.session.flush()
    notices.tell(topic.event_id, [member.id])


def _open_again(asking: Asking) -> None:
    log.claim(asking.topic.event_id)
    shown = asking.topic.joint or asking.topic
    if shown.withdrawn_at or Progress(asking.topic).is_written or asking.times >= TWICE:
        _close(asking)
    else:
        _ask(asking.topic, asking.member, by=asking.by)


def _close(asking: Asking) -> None:
    log.claim(asking.topic.event_id)
    asking.state, asking.again_at = AskingState.DONE, None
    db.session.flush()
    notices.recount(asking.member)


def _askings_of(topic: Topic) -> list[Asking]:
    found = select(Asking).where(Asking.topic_id.in_(topic_ids(topic))).options(joinedload(Asking.member))
    return list(db.session.scalars(found.order_by(Asking.member_id)))


# Of a topic that was withdrawn nobody is asked any more.
_OPEN = (Asking.state == AskingState.OPEN, Asking.topic_id.in_(select(Topic.id).where(Topic.withdrawn_at.is_(None))))


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    found = select(Asking).where(Asking.member_id == member_id, *_OPEN)
    loaded = found.options(joinedload(Asking.topic), joinedload(Asking.by))
    return [_in_words(each, event.slug) for each in db.session.scalars(loaded.order_by(Asking.at, Asking.topic_id))]


def _in_words(asking: Asking, slug: str) -> Notice:
    topic = asking.topic
    address = url_for("askings.show", event=slug, number=topic.number)
    if asking.by:
        words = {"name": asking.by.name, "title": topic.title}
        asks = gettext("%(name)s asks you to write down “%(title)s”. Three sentences are enough.", **words)
    elif any(each.slot.ends_at > now() for each in topic.placements):
        asks = gettext("Ten minutes left: who writes down “%(title)s”? Three sentences are enough.", title=topic.title)
    else:
        asks = gettext("What stays of “%(title)s”? Three sentences, and it is in the book.", title=topic.title)
    return Notice("pencil", asks, address, tuple(_answers(asking, slug)))


def _answers(asking: Asking, slug: str) -> Iterable[Answer]:
    def address(what: str) -> str:
        return url_for("askings.answer", event=slug, number=asking.topic.number, answer=what, method="PUT")

    yield Answer(gettext("I write it down"), address("mine"))
    if asking.times < TWICE:
        yield Answer(gettext("Later"), address("later"))
    if asking.by:
        yield Answer(gettext("Not this time"), address("no"))
    elif asking.times >= TWICE:
        yield Answer(gettext("No notes"), address("no"))


_WAITS = exists().where(Asking.member_id == RECIPIENT, *_OPEN)

# What asks something waits for its answer: nothing is marked as read.
notices.register(Source(_WAITS, _waiting, lambda member: None))
changes.when_written.append(settle)
