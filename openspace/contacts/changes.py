"""Which subjects of the live log a write of the contact book touches."""

from openspace.access.models import Member
from openspace.access.rules import hashed
from openspace.contacts.models import MINE, PEOPLE, ROOM
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


def news(*members: Member) -> None:
    """Something is to be told to these people, and to nobody else."""
    for channel, member in sorted((mine(member), member.id) for member in members):
        log.record(members[0].event_id, channel, f"news-{member}")


def mine(member: Member) -> str:
    """The member's own channel. Its name is a secret made from their key: who does not have it cannot listen."""
    return f"{MINE}-{hashed(f'channel {member.key}')[:32]}"
