"""Writes of who was in a session: one tap, while it runs and an hour longer."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.notes import changes
from openspace.notes.models import Attendance, topic_ids
from openspace.web.errors import Problem

# How long after its end one may still say that one was there.
AFTER = timedelta(hours=1)


class NotNow(Problem):
    status = 409
    words = _l("One says so while the session runs, and an hour longer.")


def is_open(topic: Topic, moment: datetime) -> bool:
    """Whether one may say now that one is, or was, in this topic's session."""
    return any(each.slot.starts_at <= moment < each.slot.ends_at + AFTER for each in topic.placements)


def come(topic: Topic, *, is_named: bool, by: Member) -> None:
    """Count `by` in the session, and name them in its notes if `is_named`. Refuses with `NotNow` when it does not run.

    Whether one is named may be changed at any time.
    """
    log.claim(topic.event_id)
    known = db.session.get(Attendance, (topic.id, by.id))
    if known is None and not is_open(topic, now()):
        raise NotNow
    if known is None:
        db.session.add(Attendance(topic_id=topic.id, member_id=by.id, is_named=is_named))
    else:
        known.is_named = is_named
    db.session.flush()
    changes.here(topic)


def leave(topic: Topic, *, by: Member) -> None:
    """Count `by` no more."""
    log.claim(topic.event_id)
    db.session.execute(
        delete(Attendance).where(Attendance.topic_id.in_(topic_ids(topic)), Attendance.member_id == by.id)
    )
    changes.here(topic)
