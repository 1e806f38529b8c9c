"""Writes of the news: a session has handed in its notes; the round through the sessions of a day."""

from datetime import date

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.news import changes
from openspace.news.models import Report, Round
from openspace.news.sessions import day_of
from openspace.notes import changes as note_changes
from openspace.notes.progress import Progress
from openspace.web.errors import NotAllowed, Stale


class NotOnThatDay(Stale):
    words = _l("This session is not on the board of that day any more. Go on with another one.")


def hand_in(topic: Topic, progress: Progress) -> None:
    """Remember the moment, if the topic's notes are written down for the first time."""
    topic = topic.joint or topic
    if db.session.get(Report, topic.id) is None and progress.is_written:
        db.session.add(Report(topic_id=topic.id))


def go_to(event: Event, topic: Topic, *, day: date, by: Member) -> None:
    """Let the round through this day be at this topic's session; begins the round if there is none.

    A session is named rather than counted on, so two facilitators who go on at once go on by one. Refuses with
    `NotOnThatDay` if it is not among the day's sessions, and with `NotAllowed` participants.
    """
    _check(by)
    log.claim(event.id)
    numbers = [each.topic.number for each in day_of(event, day).sessions]
    if topic.number not in numbers:
        raise NotOnThatDay
    found = db.session.get(Round, event.id) or Round(event_id=event.id)
    found.topic, found.topic_id, found.day = topic, topic.id, day
    found.place, found.phase = numbers.index(topic.number), event.phase
    db.session.add(found)
    db.session.flush()
    changes.round_moved(event.id)


def stop(event: Event, *, by: Member) -> None:
    """End the round. Refuses with `NotAllowed` participants."""
    _check(by)
    log.claim(event.id)
    if found := db.session.get(Round, event.id):
        db.session.delete(found)
        db.session.flush()
        changes.round_moved(event.id)


def _check(by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed


note_changes.when_written.append(hand_in)
