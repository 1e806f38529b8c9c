"""The subjects of the live log that a write to the contact book changes."""

from openspace.contacts.models import PEOPLE, ROOM
from openspace.live import log


def card(event_id: int, member_id: int) -> None:
    """Record that a card came into the book, left it or changed; the picture of the room shows its country."""
    log.record(event_id, PEOPLE, f"card-{member_id}")
    room(event_id)


def room(event_id: int) -> None:
    """Record that the picture of the room changed: who is there, or from where."""
    log.record(event_id, ROOM, "map")
