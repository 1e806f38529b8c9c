"""What the board counts and compares: phases, chairs, free cells, overlaps. Pure functions."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import NamedTuple, Protocol, Self, TypeVar

CARD_CHAIRS = 12
# Of how many chairs the ring of a topic on the market tells, which has no place yet.
MARKET_CHAIRS = 20
_CELL = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


class CellKey(str):
    """A cell of the board by the ids of its slot and its space; its text, such as `3-7`, names it outside of Python."""

    slot_id: int
    space_id: int

    def __new__(cls, slot_id: int, space_id: int) -> Self:
        """Make the key of one cell."""
        key = super().__new__(cls, f"{slot_id}-{space_id}")
        key.slot_id, key.space_id = slot_id, space_id
        return key

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The key that was written as this text; None if it is the text of none."""
        found = _CELL.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None


class Span(Protocol):
    """Anything with a start and an end, such as a slot."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


S = TypeVar("S", bound=Span)


class Spot(NamedTuple):
    """A cell for `nearest_free`: its key, when its slot starts, and the number of its space."""

    key: str
    starts_at: datetime
    number: int


def phase(span: Span, moment: datetime, following: Span | None = None) -> str:
    """Whether a slot is past, now, next (the first that has not begun, given as `following`) or later."""
    if span.ends_at <= moment:
        return "past"
    if span.starts_at <= moment:
        return "now"
    return "next" if span is following else "later"


def next_span(spans: Iterable[S], moment: datetime) -> S | None:
    """The first span that has not begun."""
    return min((s for s in spans if s.starts_at > moment), key=lambda s: s.starts_at, default=None)


def chairs_drawn(going: int, chairs: int = MARKET_CHAIRS, drawn: int = CARD_CHAIRS) -> int:
    """How many of the `drawn` chairs of a ring are shown as taken: in proportion, at least one if anybody goes."""
    if going <= 0:
        return 0
    return min(drawn, max(1, going * drawn // chairs))


def is_full(going: int, chairs: int) -> bool:
    """Whether every chair is taken. Nobody is kept out: the page then asks people to bring a chair."""
    return going >= chairs


def nearest_free(wanted: Spot, free: Sequence[Spot], count: int = 3) -> list[Spot]:
    """Up to `count` of the free cells, those nearest to `wanted` first.

    Nearest in time comes first, the later one of two equally near; then nearest by number of the space.
    """

    def distance(spot: Spot) -> tuple[float, int, int]:
        away = (spot.starts_at - wanted.starts_at).total_seconds()
        return abs(away), 0 if away >= 0 else 1, abs(spot.number - wanted.number)

    return sorted(free, key=distance)[:count]


def overlap(one: Span, other: Span) -> bool:
    """Whether both go on at one moment, so that nobody can attend both in full."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashes(spans: Sequence[S]) -> set[int]:
    """The indexes of those spans that overlap another span in the list."""
    return {
        index
        for index, span in enumerate(spans)
        for other_index, other in enumerate(spans)
        if index != other_index and overlap(span, other)
    }


def minutes_left(span: Span, moment: datetime) -> int:
    """Minutes until it ends, rounded up; 0 once it has ended."""
    return max(0, ceil((span.ends_at - moment).total_seconds() / 60))


def minutes_until(span: Span, moment: datetime) -> int:
    """Minutes until it starts, rounded up; 0 once it has started."""
    return max(0, ceil((span.starts_at - moment).total_seconds() / 60))


def share_left(span: Span, moment: datetime, drawn: int = CARD_CHAIRS) -> int:
    """How many of the `drawn` chairs of a ring show the share of its time that is left, rounded up."""
    whole = (span.ends_at - span.starts_at).total_seconds()
    return max(0, min(drawn, ceil((span.ends_at - moment).total_seconds() / whole * drawn)))
