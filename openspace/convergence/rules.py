"""What dots may be given, and which topics go on; pure functions."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

# What facilitators may choose, and what they are offered first.
PER_PERSON, MOST_PER_PERSON = 5, 10
GOING_ON, MOST_GOING_ON = 5, 12
MINUTES, MOST_MINUTES = 5, 60
# Topics of a round; dots of one topic on one sheet of paper; people who have put theirs on one.
MOST_TOPICS, MOST_ON_PAPER, MOST_ON_SHEET = 200, 999, 500
# What was sent in the last moment may be this long on its way: the server takes it, and counts only then. It asks no
# phone when something was sent, for a phone's clock may be wrong.
GRACE = timedelta(seconds=2)
# So long after that the count waits at most for dots which the server has in hand, and whose turn to be stored has not
# come: longer than that no write waits for the others.
AWAITED = timedelta(seconds=10)
# So long the last result stays on phones and in the hall while the next round is prepared. The next day people read.
RESULT_STAYS = timedelta(hours=12)
# Of the picture of a heap: how far each dot stands from the one before.
_GOLDEN = math.pi * (3 - math.sqrt(5))


class Ranked(NamedTuple):
    """A topic's place in the order of dots: its number, its dots, its rank from 1 on, and whether it goes on.

    Topics with equally many dots have the same rank. `is_tied` says that there is another one with as many.
    """

    number: int
    dots: int
    rank: int
    is_tied: bool
    goes_on: bool


def is_allowed(dots: Sequence[int], *, per_person: int, is_stacked: bool) -> bool:
    """Whether one person may give these dots: no more than they have and, unless stacked, one to a topic."""
    most = per_person if is_stacked else 1
    return all(0 <= each <= most for each in dots) and sum(dots) <= per_person


def fits_on_sheet(dots: Sequence[int], *, people: int, per_person: int, is_stacked: bool) -> bool:
    """Whether so many people together may have stuck these dots."""
    most = people * (per_person if is_stacked else 1)
    return all(0 <= each <= most for each in dots) and sum(dots) <= people * per_person


def ranked(dots: Mapping[int, int], *, going_on: int) -> list[Ranked]:
    """Order topics by their dots, the most first; equal ones by number.

    The first `going_on` go on, and all that have as many dots as the last of these: a tie is broken by nobody. A topic
    without a dot does not go on.
    """
    order = sorted(dots, key=lambda number: (-dots[number], number))
    least = max(dots[order[min(going_on, len(order)) - 1]], 1) if order else 1
    every = list(dots.values())
    return [
        Ranked(
            number,
            dots[number],
            1 + sum(other > dots[number] for other in every),
            dots[number] > 0 and every.count(dots[number]) > 1,
            dots[number] >= least,
        )
        for number in order
    ]


def heap(count: int) -> list[tuple[float, float]]:
    """The centres of so many dots of radius 3 in a heap around (0, 0), laid as in a sunflower."""
    return [
        (round(radius * math.cos(turn), 2), round(radius * math.sin(turn), 2))
        for radius, turn in ((3.45 * math.sqrt(place + 0.4), place * _GOLDEN) for place in range(count))
    ]
