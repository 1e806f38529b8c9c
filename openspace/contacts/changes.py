"""Which subjects of the live log a write of the contact book touches."""

from openspace.contacts.models import PEOPLE, ROOM
from openspace.live import log


def claim(event_id: int) -> None:
    """Take the lock of the event's book, so that what is checked now still holds when it is written."""
    log.claim(event_id, PEOPLE)


def card(event_id: int, member_id: int) -> None:
    """A card came into the book, left it, or changed; with it perhaps who is in the room."""
    log.record(event_id, PEOPLE, f"card-{member_id}")
    room(event_id)


def room(event_id: int) -> None:
    """Who is in the room has changed."""
    log.record(event_id, ROOM, "map")
