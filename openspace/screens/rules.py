"""What a screen shows, whether it is alive, and when the bowl rings. Pure functions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

# A screen is heard every 5 seconds; after three times in vain it is silent.
SILENT = timedelta(seconds=15)
# How many minutes before the end of a slot the bowl rings.
STROKES = (10, 5, 0)


class Span(Protocol):
    """Anything with a start and an end, such as a slot."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


class Ring(NamedTuple):
    """A moment at which the bowl rings, and how many minutes before an end that is."""

    at: datetime
    minutes: int


def is_alive(heard_at: datetime, moment: datetime) -> bool:
    """Whether a screen that was heard last at `heard_at` is still there."""
    return moment - heard_at <= SILENT


def shown(chosen: str, home: str, usual: str, first: str) -> str:
    """What a screen shows: what was chosen for it; else the scene at whose own address it was opened; else the usual.

    `first` is the scene of the address that stands for none in particular.
    """
    return chosen or (home if home != first else usual)


def rings(spans: Iterable[Span], moment: datetime) -> list[Ring]:
    """When the bowl rings from this moment on, for these spans, in the order of time.

    In a short span it is left out what would be at its start or before. If one ends 5 minutes before another, the bowl
    says that the first is over.
    """
    found: dict[datetime, int] = {}
    for span in spans:
        for minutes in STROKES:
            at = span.ends_at - timedelta(minutes=minutes)
            if at > span.starts_at and at >= moment:
                found[at] = min(minutes, found.get(at, minutes))
    return [Ring(at, found[at]) for at in sorted(found)]
