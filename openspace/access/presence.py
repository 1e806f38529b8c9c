"""Presence: notes from time to time which members have a page open."""

from openspace.access.actions import note_presence
from openspace.live.hub import hub


def note() -> None:
    """Note for each event which members have a page open in this process."""
    for event_id, seats in hub.seats().items():
        note_presence(event_id, seats)
