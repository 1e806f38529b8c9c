"""Who is here now: the browsers whose page is open are written down from time to time."""

from flask import Flask

from openspace import upkeep
from openspace.access.actions import note_presence
from openspace.live.hub import hub

EVERY = 60.0


def start(app: Flask) -> None:
    """Begin to look; called once by a serving process."""
    upkeep.repeat(app, note, every=EVERY)


def note() -> None:
    """Together, for one at a time would be a write for each."""
    for event_id, seats in hub.seats().items():
        note_presence(event_id, seats)
