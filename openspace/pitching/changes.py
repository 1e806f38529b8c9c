"""Records in the live log what the microphone's pages and screens show differently now."""

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board.changes import when_changed, when_rearranged
from openspace.board.models import Topic, TopicSnapshot
from openspace.live import log
from openspace.pitching.models import PITCH, pitch_now, pitch_waiting, turns_with


def now(event_id: int) -> None:
    """Record that somebody else is at the microphone, or that their topic is called otherwise or hangs elsewhere."""
    log.record(event_id, PITCH, "now", "cells")


def queue(event_id: int) -> None:
    """Record that the queue has changed."""
    log.record(event_id, PITCH, "queue")


def topic(changed: Topic | TopicSnapshot) -> None:
    """Record a change of a topic that is read out or waits for it.

    A tap on its chair, which has a snapshot, is seen on the screen alone, and not in the queue.
    """
    is_tap = isinstance(changed, TopicSnapshot)
    for turn in turns_with(changed.id):
        if turn.has_begun and is_tap:
            log.record(changed.event_id, PITCH, "now")
        elif turn.has_begun:
            now(changed.event_id)
        elif not is_tap:
            queue(changed.event_id)


def cells(event_id: int, subject: str) -> None:
    """Record that the board was arranged otherwise, whatever the `subject` is."""
    log.record(event_id, PITCH, "cells")


def member(changed: Member) -> None:
    """Record that the name or community of a member has changed who reads or waits."""
    reading = pitch_now(changed.event_id)
    if reading and reading.member_id == changed.id:
        now(changed.event_id)
    if pitch_waiting(changed.id):
        queue(changed.event_id)


when_changed.append(topic)
when_rearranged.append(cells)
when_introduced.append(member)
