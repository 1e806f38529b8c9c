"""From the clock on a day's sheet to moments, also where the clocks are put forward or back."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext

from openspace.events.models import Slot
from openspace.events.rules import MINUTES_A_DAY, Block, Span, as_clock, proposal, spans
from openspace.web.errors import Invalid
from openspace.web.i18n import day as day_in_words


def span_of(day: date, block: Block, tz: ZoneInfo) -> Span:
    """The moments at which a block of a day's sheet begins and ends.

    Refuses with `Invalid` a time that the clock skips because it is put forward (facts: `start`, `end`, `proposal`),
    and one that it shows twice because it is put back, unless `block.hour` says which is meant (facts: `start`, `end`,
    `asks`).
    """
    meant = spans(day, block, tz)
    start, end = as_clock(block.start), as_clock(block.end)
    date_of_clock = day_in_words(day + timedelta(days=1) if block.start >= MINUTES_A_DAY else day)
    if not meant:
        other = proposal(day, block, tz)
        better = {"start": as_clock(other.start), "end": as_clock(other.end)}
        words = gettext(
            "%(time)s is not possible on %(day)s: the clocks are put forward then. Did you mean %(start)s–%(end)s?",
            time=f"{start}–{end}",
            day=date_of_clock,
            **better,
        )
        raise Invalid(words, start=start, end=end, proposal=better)
    if block.hour not in meant and len(meant) > 1:
        words = gettext(
            "%(time)s: an hour of it comes twice on %(day)s, for the clocks are put back then. "
            "Please choose below the time which is meant.",
            time=f"{start}–{end}",
            day=date_of_clock,
        )
        raise Invalid(words, asks="hour", start=start, end=end)
    return meant.get(block.hour) or meant[""]


def span_as_long(slot: Slot, block: Block, tz: ZoneInfo) -> Span:
    """The moments of the block on the slot's day in the zone `tz`, as near to the slot's present length as can be.

    There is a choice where the clock shows an hour twice. Refuses with `Invalid` as `span_of` does.
    """
    length = slot.ends_at - slot.starts_at
    meant = spans(slot.day, block, tz).values() or [span_of(slot.day, block, tz)]
    return min(meant, key=lambda span: abs(span.end - span.start - length))
