"""What it would cost to hang a topic in a slot. Pure functions."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from openspace.board.rules import Span, overlap

S = TypeVar("S", bound=Span)


def away(goers: Mapping[int, Collection[S]], slot: S) -> int:
    """How many of those who go to a topic go elsewhere at this time: `goers` are their other slots by member id."""
    return sum(any(overlap(other, slot) for other in slots) for slots in goers.values())
