"""When a call closes, and how what organisers write of it is read. Pure functions."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

# The parts of a call's text in one language, in the order of its page, and how many characters each may have.
LENGTHS = {
    "title": 120,
    "lead": 600,
    "who": 2000,
    "gets": 2000,
    "steps": 4000,
    "they_pay": 2000,
    "you_pay": 2000,
    "dates": 2000,
    "note": 4000,
    "declaration": 1000,
}
# Those without which a call is not published.
NEEDED = ("title", "lead", "who", "gets", "steps", "declaration")
MOST_QUESTIONS = 12


class Line(NamedTuple):
    """A line of a list: its words, and what stands smaller beside them."""

    words: str
    more: str = ""


class Stop(NamedTuple):
    """A stop of the road: what it is called, where it is, and what happens there."""

    name: str
    where: str
    what: str


class Left(NamedTuple):
    """How long it is until a deadline: whole days, hours and minutes; all zero when it has passed."""

    days: int
    hours: int
    minutes: int


def closing(day: date, at: time, zone: str) -> datetime:
    """Return, in UTC, when it is `at` on the clock of this day in a zone.

    In the night in which clocks go back an hour comes twice: then it is the later one, in favour of who applies. In
    the one in which they go forward an hour is left out: then it is as long after midnight as the clock says.
    """
    typed = datetime.combine(day, at, ZoneInfo(zone))
    return max(typed.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def left(until: datetime, moment: datetime) -> Left:
    """Return how long it is from `moment` until a deadline."""
    seconds = max(until - moment, timedelta()).total_seconds()
    minutes = int(seconds // 60)
    return Left(minutes // 1440, minutes // 60 % 24, minutes % 60)


def lines(text: str) -> list[Line]:
    """Read a list: an item on each line; what comes after the first colon and a blank is its smaller part."""
    found = []
    for each in filter(None, map(str.strip, text.splitlines())):
        words, colon, more = each.partition(": ")
        found.append(Line(words.strip(), more.strip()) if colon else Line(each))
    return found


def stops(text: str) -> list[Stop]:
    """Read the road: paragraphs, of which the first line is the name, the second the place, the rest what happens."""
    found = []
    for paragraph in filter(None, map(str.strip, text.replace("\r", "").split("\n\n"))):
        rows = [*map(str.strip, paragraph.splitlines()), "", ""]
        found.append(Stop(rows[0], rows[1], " ".join(filter(None, rows[2:]))))
    return found


def stamp(texts: object) -> str:
    """Return a short name of what stands there, by which a form notices that it was changed meanwhile."""
    return hashlib.sha256(json.dumps(texts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def missing(texts: dict[str, str]) -> list[str]:
    """Return which of the needed parts of a text are empty, in the order of the page."""
    return [part for part in NEEDED if not texts.get(part, "").strip()]


def first_of(languages: Iterable[str], wanted: str, written: Iterable[str]) -> str:
    """Return the language in which a call is shown: the wanted one if it is written in that, else its first."""
    known = [code for code in languages if code in set(written)]
    return wanted if wanted in known else next(iter(known), "")
