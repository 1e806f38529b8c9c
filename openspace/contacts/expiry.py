"""Deletes the cards whose consent has run out."""

from flask import Flask

from openspace import upkeep
from openspace.contacts import actions

# Seconds between two runs.
EVERY = 3600.0


def start(app: Flask) -> None:
    """Start the periodic deletion; called once by a serving process."""
    upkeep.repeat(app, actions.delete_expired_cards, every=EVERY)
