"""How a day is laid out and what a grid may be: pure functions."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60


class Block(NamedTuple):
    """A slot on a day's sheet, in minutes since its midnight; `end` may lie after the next one.

    `title` fills it with a programme item over all spaces, or, with `space`, one cell of it.
    """

    start: int
    end: int
    title: str = ""
    is_break: bool = False
    space: int | None = None


def nearest_day(moment: datetime, zone: str, first: date, last: date) -> date:
    """The day in the hall while the event is on, else the nearest of the event's days."""
    return min(max(moment.astimezone(ZoneInfo(zone)).date(), first), last)


def minutes(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def as_clock(minute: int) -> str:
    """14:00 for 840; a minute of the next day is shown as that day's."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def span(starts: time, ends: time) -> tuple[int, int]:
    """Start and end in minutes; an end at or before the start lies on the next day."""
    start, end = minutes(starts), minutes(ends)
    return start, end if end > start else end + MINUTES_A_DAY


def lay_slots(*, count: int, length: int, start: int, gap: int, fixed: Sequence[Block] = ()) -> list[Block]:
    """Lay `count` slots of `length` minutes from `start` with `gap` between, around what is fixed for all spaces.

    A slot that would run into a fixed item begins when that ends. What would begin after midnight is left out.
    """
    taken = sorted((block for block in fixed if block.space is None), key=lambda block: block.start)
    laid: list[Block] = []
    at = start
    while len(laid) < count and at < MINUTES_A_DAY:
        hit = next((block for block in taken if block.start < at + length and at < block.end), None)
        if hit:
            at = hit.end
            continue
        laid.append(Block(at, at + length))
        at += length + gap
    return sorted([*laid, *taken])


def cell_items(blocks: Sequence[Block], fixed: Sequence[Block]) -> list[tuple[Block, Block]]:
    """Each item for one space with the slot it goes into: the one it starts in; if none, one of its own."""
    pairs = []
    for item in fixed:
        if item.space is None:
            continue
        within = (block for block in blocks if not block.title and block.start <= item.start < block.end)
        pairs.append((item, next(within, Block(item.start, item.end))))
    return pairs


def first_overlap(blocks: Sequence[Block]) -> tuple[Block, Block] | None:
    """Two blocks that cannot both be: one ends after the next begins."""
    ordered = sorted(blocks)
    return next(((one, two) for one, two in pairwise(ordered) if one.end > two.start), None)
