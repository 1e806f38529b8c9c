"""Cards are kept as long as was promised, and no longer."""

from flask import Flask

from openspace import upkeep
from openspace.contacts import actions

EVERY = 3600.0


def start(app: Flask) -> None:
    """Begin to look; called once by a serving process."""
    upkeep.repeat(app, actions.forget_expired, every=EVERY)
