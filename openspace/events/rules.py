"""Days and times of an event: which day is on, what a typed time means, how slots are laid out. Pure functions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
# Minutes after midnight. A time before this, typed among the times of a day, means the night after that day.
LATE = 3 * 60
# From this minute on it is certainly morning. Between `LATE` and `MORNING` it may be a late night or an early walk.
MORNING = 6 * 60
EVENING = 20 * 60


class Block(NamedTuple):
    """A slot of a day before it has a date. `start` and `end` are minutes on the clock since the day's midnight.

    Times of the night after the day are greater than `MINUTES_A_DAY`. With a `title` it is a programme item, which
    fills all spaces, or only the one numbered `space`. `hour` matters in the night in which the clocks go back and one
    hour comes twice: it says which one is meant, `first`, `second`, or from the first to the second (`both`); it is
    empty if nobody has said.
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
    """A start and an end, in UTC."""

    start: datetime
    end: datetime


def present_day(moment: datetime, zone: str, unfinished: date | None) -> date:
    """The day that people in the hall call today.

    `unfinished` is the day of the first slot that has not ended. After midnight it is still the day of the evening
    until the evening's last slot has ended.
    """
    dated = moment.astimezone(ZoneInfo(zone)).date()
    return min(dated, unfinished) if unfinished else dated


def nearest_day(day: date, first: date, last: date) -> date:
    """The day itself if it lies between `first` and `last`, else the nearer of these two."""
    return min(max(day, first), last)


def meanings(day: date, minute: int, tz: ZoneInfo) -> list[datetime]:
    """The moments, in UTC, at which the clock shows so many minutes after the day's midnight.

    Two in the hour that comes twice when clocks go back, none in the hour left out when they go forward, else one.
    """
    shown = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001  # what a clock shows
    found = (shown.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    return sorted({at for at in found if at.astimezone(tz).replace(tzinfo=None) == shown})


def spans(day: date, block: Block, tz: ZoneInfo) -> dict[str, Span]:
    """The spans that a block can mean on this day, by the `hour` that chooses each.

    Empty if the block begins or ends in an hour that is left out when clocks go forward.
    """
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
    """For a block in the hour that clocks leave out: the block of equal length that begins as much later."""
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
    """Start and end in minutes since midnight; an end at or before the start is taken to be on the next day."""
    start, end = minutes(starts), minutes(ends)
    return start, end if end > start else end + MINUTES_A_DAY


def lay_slots(*, count: int, length: int, start: int, gap: int, fixed: Sequence[Block] = ()) -> list[Block]:
    """Lay `count` slots of `length` minutes from `start` on, `gap` minutes apart, around items fixed for all spaces.

    A slot that would overlap a fixed item begins when the item ends. Slots that would begin in the next morning are
    left out. A `start` before `LATE` means the night after the day. Returns slots and fixed items in order.
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
    """Pairs of each fixed item for one space and the slot it goes into.

    That is the slot in which the item starts; if there is none, a new slot as long as the item.
    """
    pairs = []
    for item in fixed:
        if item.space is None:
            continue
        within = (block for block in blocks if not block.title and block.start <= item.start < block.end)
        pairs.append((item, next(within, Block(item.start, item.end))))
    return pairs


def first_overlap(spans: Sequence[Span]) -> tuple[Span, Span] | None:
    """The first two spans that overlap; None if no two do."""
    return next(((one, two) for one, two in pairwise(sorted(spans)) if one.end > two.start), None)


# As many colours of tape as the stylesheet has (`--tape-1` and so on); they are told apart, and the number says it too.
TINTS = 14


def tint(number: int) -> int:
    """Which colour of tape the place with this number has."""
    return (number - 1) % TINTS + 1
