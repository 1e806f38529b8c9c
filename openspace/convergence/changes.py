"""Records in the live log what of a round of dots has changed: never what somebody has given."""

from sqlalchemy import exists, or_, select

from openspace.board.changes import when_changed
from openspace.board.models import Topic, TopicSnapshot
from openspace.convergence.models import DOTS, DotTopic, Reopening
from openspace.extensions import db
from openspace.journal.models import CONSOLE
from openspace.live import log

# The subjects of the channel `dots`: the whole round, and how many have given.
ROUND, GIVEN = "round", "given"
# That of the channel `console`, which facilitators alone follow: the keys by which they steer the round.
STEERING = "dots-steering"


def moved(event_id: int) -> None:
    """Record that a round stands differently, from preparing it to counting it, or that a topic of it goes on."""
    log.record(event_id, DOTS, ROUND)
    log.record(event_id, CONSOLE, STEERING)


def given(event_id: int) -> None:
    """Record that more or fewer people have given. Whoever only changes what they gave changes nothing here."""
    log.record(event_id, DOTS, GIVEN)


def sheets(event_id: int) -> None:
    """Record that a sheet of paper was entered or taken out."""
    given(event_id)
    log.record(event_id, CONSOLE, STEERING)


def topic(changed: Topic | TopicSnapshot) -> None:
    """Record that a topic of a round, or one that goes on from it, was renamed, withdrawn or restored.

    A tap on its chair, which has a snapshot, changes nothing there.
    """
    if not isinstance(changed, Topic):
        return
    is_there = exists().where(DotTopic.topic_id == changed.id), exists().where(Reopening.new_id == changed.id)
    if db.session.scalar(select(or_(*is_there))):
        moved(changed.event_id)


when_changed.append(topic)
