"""What waits for a decision of the facilitators: petitions with their effects, merges, stories and reports of them."""

from typing import Any

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board import changes, merge_requests
from openspace.board.merge_models import merges_waiting, requests_about
from openspace.board.models import Topic, TopicSnapshot
from openspace.events.models import Event
from openspace.journal.models import CONSOLE, WAITING
from openspace.live import log
from openspace.live.fragments import read_once
from openspace.petitions.effects import effects
from openspace.petitions.models import open_petitions
from openspace.petitions.words import sentence
from openspace.stories.models import moderation_counts


def waiting(event: Event) -> dict[str, Any]:
    """What the part of the console shows that lists it; the petitions with most backing come first."""
    found = read_once(_read, event.id)
    return {**found, "effects": effects(event.id, found["petitions"]), "sentence": sentence}


def _read(event_id: int) -> dict[str, Any]:
    reports, stories = moderation_counts(event_id)
    return {
        "petitions": sorted(open_petitions(event_id), key=lambda petition: (-len(petition.backings), petition.id)),
        "merges": merges_waiting(event_id),
        "reports": reports,
        "stories": stories,
    }


def _changed(event_id: int) -> None:
    """Record that a question about merging was asked or answered."""
    log.record(event_id, CONSOLE, WAITING)


def _topic_changed(changed: Topic | TopicSnapshot) -> None:
    """Record that a topic that may be merged is called otherwise; not for a tap on its chair, which has a snapshot."""
    if isinstance(changed, Topic) and requests_about(changed):
        _changed(changed.event_id)


def _introduced(member: Member) -> None:
    """Record that a member has another name, which may stand with a question about merging."""
    log.claim(member.event_id)
    if merges_waiting(member.event_id):
        _changed(member.event_id)


merge_requests.when_changed.append(_changed)
changes.when_changed.append(_topic_changed)
when_introduced.append(_introduced)
