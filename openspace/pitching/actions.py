"""Writes of the microphone: waiting in the queue, being called, reading out, and being written down meanwhile."""

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.board.actions import Withdrawn
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.pitching import changes, notices
from openspace.pitching.models import Pitch, last_place, pitch_now, pitch_waiting, queue_of
from openspace.pitching.rules import began
from openspace.web.errors import NotAllowed, Stale


def queue_up(member: Member, *, topic: Topic | None = None, by: Member) -> Pitch:
    """Let a member wait to read out their topic or, without one, to say it at the microphone.

    Whoever waits already keeps the place, with this topic. Refuses with `NotAllowed` another member's topic, and
    whoever is neither the member nor a facilitator; and with `Withdrawn`.
    """
    if (topic and topic.convener_id != member.id) or not (member.id == by.id or by.is_at_least(Role.FACILITATOR)):
        raise NotAllowed
    log.claim(member.event_id)
    if topic and topic.withdrawn_at:
        raise Withdrawn
    pitch = pitch_waiting(member.id)
    if pitch is None:
        pitch = Pitch(event_id=member.event_id, member=member, place=last_place(member.event_id) + 1)
        db.session.add(pitch)
    pitch.topic = topic
    db.session.flush()
    changes.queue(member.event_id)
    notices.tell(member.event_id, knows=by)
    return pitch


def step_out(pitch: Pitch, *, by: Member) -> None:
    """Take a member out of the queue. Refuses with `NotAllowed`; and with `Stale` one who does not wait any more."""
    if pitch.member_id != by.id:
        _check_facilitator(by)
    log.claim(pitch.event_id)
    _check_waits(pitch)
    db.session.delete(pitch)
    db.session.flush()
    changes.queue(pitch.event_id)
    notices.tell(pitch.event_id, knows=by)


def move(pitch: Pitch, *, place: int, by: Member) -> None:
    """Let a member be the `place`-th of those who wait, counted from 1. Refuses with `NotAllowed`, and `Stale`."""
    _check_facilitator(by)
    log.claim(pitch.event_id)
    _check_waits(pitch)
    others = [other for other in queue_of(pitch.event_id) if other.id != pitch.id]
    others.insert(max(0, place - 1), pitch)
    for number, each in enumerate(others, start=1):
        each.place = number
    db.session.flush()
    changes.queue(pitch.event_id)
    notices.tell(pitch.event_id, knows=by)


def call(event_id: int, pitch: Pitch | None = None, *, seen: int | None, by: Member) -> Pitch | None:
    """Call a member, or the first of the queue, to the microphone; returns the pitch, or None if nobody waits.

    Whoever was there is done. `seen` is the id of the pitch that was at the microphone when the facilitator decided, so
    that two who call at once call one. Refuses with `NotAllowed`; and with `Stale` if somebody else is there by now.
    """
    _check_facilitator(by)
    log.claim(event_id)
    _end(_seen(event_id, seen))
    if pitch is None:
        pitch = next(iter(queue_of(event_id)), None)
    else:
        _check_waits(pitch)
    if pitch:
        pitch.began_at = now()
        db.session.flush()
        changes.queue(event_id)
    changes.now(event_id)
    notices.tell(event_id, knows=by)
    return pitch


def finish(event_id: int, *, seen: int | None, by: Member) -> None:
    """Let nobody be at the microphone. What was read stays where it is. Refuses as `call` does."""
    _check_facilitator(by)
    log.claim(event_id)
    _end(_seen(event_id, seen))
    changes.now(event_id)
    notices.tell(event_id, knows=by)


def read_out(topic: Topic, *, by: Member, typed_at: float | None = None) -> Pitch:
    """Let the topic's convener read it out now, as a facilitator has just written down; whoever was there is done.

    `typed_at` is when that was written, in seconds of Unix time. If it comes too late (`rules.began`), the topic counts
    as read, and the projector goes on showing what it shows. Refuses with `NotAllowed`.
    """
    _check_facilitator(by)
    log.claim(topic.event_id)
    present = pitch_now(topic.event_id)
    if present and present.member_id == topic.convener_id and present.shown is None:
        # Called before without a topic, and now we know it.
        present.topic = topic
        db.session.flush()
        changes.now(topic.event_id)
        return present
    pitch = _turn_of(topic)
    since = began(typed_at, now(), present.began_at if present else None)
    if since is None:
        pitch.began_at = pitch.ended_at = now()
    else:
        _end(present)
        pitch.began_at = since
    db.session.add(pitch)
    db.session.flush()
    changes.now(topic.event_id)
    notices.tell(topic.event_id, knows=topic.convener)
    return pitch


def _turn_of(topic: Topic) -> Pitch:
    """The convener's place in the queue if they wait with this topic or without any; else a new turn."""
    waiting = pitch_waiting(topic.convener_id)
    if waiting and (waiting.shown is None or waiting.topic_id == topic.id):
        waiting.topic = topic
        changes.queue(topic.event_id)
        return waiting
    return Pitch(event_id=topic.event_id, member=topic.convener, topic=topic)


def _seen(event_id: int, seen: int | None) -> Pitch | None:
    present = pitch_now(event_id)
    if (present.id if present else None) != seen:
        raise Stale(_l("Somebody else is at the microphone by now. Here is how things stand."))
    return present


def _end(pitch: Pitch | None) -> None:
    if pitch:
        pitch.ended_at = now()
        db.session.flush()


def _check_facilitator(by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed(_l("Only facilitators can do this."))


def _check_waits(pitch: Pitch) -> None:
    if not pitch.is_waiting:
        raise Stale(_l("This person does not wait in the queue any more."))
