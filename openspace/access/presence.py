"""Who is here now: the browsers whose page is open are written down from time to time."""

from openspace.access.actions import note_presence
from openspace.live.hub import hub


def note() -> None:
    """Write down who has a page open in this process, all of an event together."""
    for event_id, seats in hub.seats().items():
        note_presence(event_id, seats)
