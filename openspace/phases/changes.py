"""Which parts of open pages a switch of phases changes."""

from collections.abc import Callable

from openspace.board.changes import reload_board_pages
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.screens.actions import ask_all

# The subject of the channel `console`.
PHASES = "phases"
# Features above call these with the event's id, when its phase was switched.
when_switched: list[Callable[[int], None]] = []


def switched(event_id: int, *, proposing: bool) -> None:
    """Record what changes with the phase. With `proposing`, participants may propose now, or may not any more."""
    log.record(event_id, CONSOLE, PHASES)
    ask_all(event_id)
    for call in when_switched:
        call(event_id)
    if proposing:
        reload_board_pages(event_id)
