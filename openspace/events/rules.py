"""How a day is laid out and what a grid may be: pure functions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
# Whoever types a time before this on a sheet with other times means the night after that day.
LATE = 3 * 60
# From this on it is surely the morning. In between it may be a late night or an early walk.
MORNING = 6 * 60
EVENING = 20 * 60


class Block(NamedTuple):
    """A slot on a day's sheet, in minutes since its midnight by the clock; a night's times lie after the next midnight.

    `title` fills it with a programme item over all spaces, or, with `space`, one cell of it. `hour` says, for the night
    in which the clocks go back and an hour comes twice, which of the two is meant: `first`, `second`, or from the first
    to the second (`both`); empty if nobody has said.
    """

    start: int
    end: int
    title: str = ""
    is_break: bool = False
    space: int | None = None
    hour: str = ""

    @property
    def clock(self) -> str:
        """Its start as the clock shows it, such as 09:30."""
        return f"{self.start // 60 % 24:02d}:{self.start % 60:02d}"


class Span(NamedTuple):
    """From when to when, in UTC."""

    start: datetime
    end: datetime


def present_day(moment: datetime, zone: str, unfinished: date | None) -> date:
    """The day that is on in the hall.

    `unfinished` is the day of the first slot that is not over. After midnight it is still the evening's day, until the
    evening's last slot has ended.
    """
    dated = moment.astimezone(ZoneInfo(zone)).date()
    return min(dated, unfinished) if unfinished else dated


def nearest_day(day: date, first: date, last: date) -> date:
    """This day, if it is one of the event's, else the nearest of them."""
    return min(max(day, first), last)


def meanings(day: date, minute: int, tz: ZoneInfo) -> list[datetime]:
    """The moments, in UTC, at which the clock shows so many minutes after the day's midnight.

    Two in the hour that comes twice, none in the hour that is left out, else one.
    """
    shown = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001  # what a clock shows
    found = (shown.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    return sorted({at for at in found if at.astimezone(tz).replace(tzinfo=None) == shown})


def spans(day: date, block: Block, tz: ZoneInfo) -> dict[str, Span]:
    """What a block may mean, by the `hour` that chooses it; none if it begins or ends in an hour that is left out."""
    starts, ends = meanings(day, block.start, tz), meanings(day, block.end, tz)
    if not starts or not ends:
        return {}
    if len(starts) == len(ends) == 1:
        return {"": Span(starts[0], ends[0])}
    found = {"first": Span(starts[0], ends[0]), "second": Span(starts[-1], ends[-1])}
    if len(starts) == len(ends):
        found["both"] = Span(starts[0], ends[-1])
    return found


def proposal(day: date, block: Block, tz: ZoneInfo) -> Block:
    """A block of the same length that exists, for one in the hour that is left out: it moves on with the clocks."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=tz)
    # Python takes a time that is left out as if the clocks had not been changed yet (PEP 495).
    start = (midnight + timedelta(minutes=block.start)).astimezone(UTC)
    ends = start + timedelta(minutes=block.end - block.start)
    shown = (at.astimezone(tz).replace(tzinfo=None) - midnight.replace(tzinfo=None) for at in (start, ends))
    begin, end = (int(since.total_seconds() // 60) for since in shown)
    return block._replace(start=begin, end=end)


def after_midnight(block: Block) -> Block:
    """The block in the night after its sheet's day."""
    return block._replace(start=block.start + MINUTES_A_DAY, end=block.end + MINUTES_A_DAY)


def goes_into_the_evening(blocks: Sequence[Block]) -> bool:
    """Whether a day with these blocks has an evening, so that times after midnight belong to it."""
    return any(block.start >= MORNING and block.end > EVENING for block in blocks)


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

    A slot that would run into a fixed item begins when that ends. What would begin in the
    next morning is left out. A start after midnight is one in the night after the day.
    """
    taken = sorted((block for block in fixed if block.space is None), key=lambda block: block.start)
    laid: list[Block] = []
    at = start + MINUTES_A_DAY if start < LATE else start
    while len(laid) < count and at < MINUTES_A_DAY + MORNING:
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


def first_overlap(spans: Sequence[Span]) -> tuple[Span, Span] | None:
    """Two spans that cannot both be: one ends after the next begins."""
    return next(((one, two) for one, two in pairwise(sorted(spans)) if one.end > two.start), None)


# As many colours of tape as the stylesheet has (`--tape-1` and so on); they are told apart, and the number says it too.
TINTS = 14


def tint(number: int) -> int:
    """Which colour of tape the place with this number has."""
    return (number - 1) % TINTS + 1
