"""Rules of announcements: in which language one is read, until when, and how large it stands on a screen."""

import hashlib
import json
from datetime import date, datetime, time
from math import ceil
from zoneinfo import ZoneInfo

from openspace.events.rules import LATE, MINUTES_A_DAY, meanings, minutes

# The most characters of an announcement in one language.
LONGEST = 200
# Texts by the codes of their languages, the event's main language first.
Words = dict[str, str]

# Font sizes on a screen in rem, of which 120 are its width and 67.5 its height at 16:9. The stylesheet has the same.
SIZES = (6, 4.25, 3.25, 2.5)
# More characters than this are never as large as the first size.
SHORT = 70
# The room for the words in rem; an average letter's width and a line's height in font sizes; the gap between languages.
WIDTH, HEIGHT, LETTER, LINE, GAP = 97, 46, 0.52, 1.1, 1.1


def read_in(words: Words, language: str) -> tuple[str, str]:
    """The language and the text in which a reader of this language gets the words: their own, else the first."""
    found = language if language in words else next(iter(words))
    return found, words[found]


def mark_of(words: Words) -> str:
    """A mark that differs when the words do, by which a phone remembers what its reader has put away."""
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:8]


def end_at(typed: time, day: date, zone: str, moment: datetime) -> datetime | None:
    """The first time after `moment` at which the hall's clock shows the typed time on this day or in its night.

    None if that time of the day is over, or is left out when clocks go forward.
    """
    minute, tz = minutes(typed), ZoneInfo(zone)
    found = meanings(day, minute, tz)
    if minute < LATE:
        found += meanings(day, minute + MINUTES_A_DAY, tz)
    return next((at for at in found if at > moment), None)


def size_of(words: Words) -> int:
    """Which of `SIZES` lets all the words stand on one screen: the largest that does, else the smallest."""
    first = 1 if any(len(text) > SHORT for text in words.values()) else 0
    return next((size for size in range(first, len(SIZES)) if _height(words, SIZES[size]) <= HEIGHT), len(SIZES) - 1)


def _height(words: Words, size: float) -> float:
    """About how high the words stand in rem, at a font size in rem."""
    lines = sum(ceil(len(text) * LETTER * size / WIDTH) for text in words.values())
    return (lines * LINE + (len(words) - 1) * GAP) * size
