"""Records in the live log what of a round of dots has changed: never what somebody has given."""

from openspace.convergence.models import DOTS
from openspace.live import log

# The subjects of the channel: the whole round, how many have given, and which sheets of paper were entered.
ROUND, GIVEN, SHEETS = "round", "given", "sheets"


def moved(event_id: int) -> None:
    """Record that a round stands differently, from preparing it to counting it, or that a topic of it goes on."""
    log.record(event_id, DOTS, ROUND)


def given(event_id: int) -> None:
    """Record that more or fewer people have given. Whoever only changes what they gave changes nothing here."""
    log.record(event_id, DOTS, GIVEN)


def sheets(event_id: int) -> None:
    """Record that a sheet of paper was entered or taken out."""
    log.record(event_id, DOTS, SHEETS)
