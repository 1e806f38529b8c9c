"""Which parts of open pages a switch of phases changes."""

from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.screens.actions import ask_all

# The subject of the channel `console`.
PHASES = "phases"


def switched(event_id: int) -> None:
    """Record what changes with the phase, or with what goes along with it."""
    log.record(event_id, CONSOLE, PHASES)
    ask_all(event_id)
