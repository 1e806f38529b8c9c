"""Records in the live log that open pages show petitions differently."""

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board import changes
from openspace.board.models import Topic, TopicSnapshot
from openspace.journal.models import CONSOLE, WAITING
from openspace.live import log
from openspace.petitions.models import LIST, PETITIONS, have_petitions


def petitions(event_id: int) -> None:
    """Record that a petition was made, backed, taken back or decided."""
    log.record(event_id, PETITIONS, LIST)
    log.record(event_id, CONSOLE, WAITING)


def board(event_id: int, subject: str = "") -> None:
    """Record that the board has changed: petitions have other effects now, or are over."""
    if have_petitions(event_id):
        petitions(event_id)


def topic(changed: Topic | TopicSnapshot) -> None:
    """Record that a topic is called otherwise or hangs elsewhere; not for a tap on its chair, which has a snapshot."""
    if isinstance(changed, Topic):
        board(changed.event_id)


def name(member: Member) -> None:
    """Record that a member has another name, which may stand with a petition."""
    log.claim(member.event_id)
    board(member.event_id)


changes.when_rearranged.append(board)
changes.when_changed.append(topic)
when_introduced.append(name)
