"""Writes of who was in a session: one tap, while it runs and an hour longer."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.notes import changes
from openspace.notes.butterfly_models import Butterfly
from openspace.notes.models import Attendance, AttendanceByName, attendance_of, attendances_by_name, topic_ids
from openspace.web.errors import NotFound, Problem

# How long after its end one may still say that one was there.
AFTER = timedelta(hours=1)


# Of one session so many people may be written down by name.
MOST_NAMES = 100


class TooManyNames(Problem):
    status = 409
    words = _l("A hundred names are written down here, and no more fit. Your words are still below.")


class NotNow(Problem):
    status = 409
    words = _l("One says so while the session runs, and an hour longer.")


def is_open(topic: Topic, moment: datetime) -> bool:
    """Whether one may say now that one is, or was, in this topic's session."""
    return any(each.slot.starts_at <= moment < each.slot.ends_at + AFTER for each in topic.placements)


def is_running(topic: Topic, moment: datetime) -> bool:
    """Whether the topic's session runs."""
    return any(each.slot.starts_at <= moment < each.slot.ends_at for each in topic.placements)


def come(topic: Topic, *, is_named: bool | None = None, by: Member) -> None:
    """Count `by` in the session. While it runs they are in it now, and in no other one.

    `is_named` says whether their name stands in its notes; of somebody who is counted already it changes that alone,
    at any time. Refuses with `NotNow` when the session neither runs nor has ended within the hour.
    """
    log.claim(topic.event_id)
    known = attendance_of(topic, by.id)
    if known and is_named is not None:
        mine = (Attendance.topic_id.in_(topic_ids(topic)), Attendance.member_id == by.id)
        db.session.execute(update(Attendance).where(*mine).values(is_named=is_named))
    elif is_open(topic, now()):
        runs = is_running(topic, now())
        if runs:
            go_on(by)
        known = known or Attendance(topic_id=topic.id, member_id=by.id, is_named=bool(is_named))
        known.at, known.left_at = now(), None if runs else now()
        db.session.add(known)
    else:
        raise NotNow
    db.session.flush()
    changes.here(topic)


def go_on(member: Member) -> None:
    """Let the member be in no session and at no butterfly place any more.

    In sessions where they have been they are still counted, at butterfly places they are not.
    """
    log.claim(member.event_id)
    here = (Attendance.member_id == member.id, Attendance.left_at.is_(None))
    db.session.execute(update(Attendance).where(*here).values(left_at=now()))
    db.session.execute(delete(Butterfly).where(Butterfly.member_id == member.id))


def leave(topic: Topic, *, by: Member) -> None:
    """Count `by` no more."""
    log.claim(topic.event_id)
    db.session.execute(
        delete(Attendance).where(Attendance.topic_id.in_(topic_ids(topic)), Attendance.member_id == by.id)
    )
    changes.here(topic)


def add(topic: Topic, *, name: str, by: Member) -> AttendanceByName:
    """Write down that somebody without a phone was there, who agreed to it. Refuses with `TooManyNames`."""
    log.claim(topic.event_id)
    if len(attendances_by_name(topic)) >= MOST_NAMES:
        raise TooManyNames
    written = AttendanceByName(topic_id=topic.id, name=name, by_id=by.id)
    db.session.add(written)
    db.session.flush()
    changes.here(topic)
    return written


def remove(topic: Topic, ident: int) -> None:
    """Take somebody off who was written down by name. Refuses with `NotFound` an id that the topic does not have."""
    log.claim(topic.event_id)
    gone = next((each for each in attendances_by_name(topic) if each.id == ident), None)
    if gone is None:
        raise NotFound
    db.session.delete(gone)
    db.session.flush()
    changes.here(topic)
