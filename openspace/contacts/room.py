"""The layout of the picture of who is in the room: a circle for each community, in rings around the largest one."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from math import asin, cos, pi, sin, sqrt
from typing import NamedTuple

from openspace.collation import collated
from openspace.events.rules import tint
from openspace.text import alike

# Lengths are in units of the SVG's viewBox.
GAP = 4.0
# A name in a circle has at most so many lines.
MOST_LINES = 3
# Font sizes of a name, the preferred first. Smaller ones cannot be read from afar; the list beside has all names.
SIZES = (15, 14, 13, 12, 11, 10, 9)


class Circle(NamedTuple):
    """The circle of one community: its size and centre, how many members it has, and the country of most of them."""

    name: str
    people: int
    country: str
    # The number of the country's colour (`events.rules.tint`); 0 without a country.
    tint: int
    radius: float
    x: float = 0.0
    y: float = 0.0

    @property
    def label(self) -> tuple[tuple[str, ...], float]:
        """The name in lines and its font size; no lines and 0 if it does not fit into the circle, below the count."""
        lines = tuple(textwrap.wrap(self.name, max(9, len(self.name) // 2), break_long_words=False))
        sizes = SIZES if len(lines) <= MOST_LINES else ()
        size = next((size for size in sizes if all(self._fits(line, at, size) for at, line in enumerate(lines))), 0.0)
        return (lines, size) if size else ((), 0.0)

    def _fits(self, line: str, at: int, size: float) -> bool:
        # A letter is about 0.56 times as wide as high, and a circle is narrower further down.
        low = size * (1.1 + 1.1 * at)
        return low < self.radius and 0.28 * len(line) * size <= 0.94 * sqrt(self.radius**2 - low**2)


class Room(NamedTuple):
    """Who is in the room. The picture reaches `half_width` from its centre to each side.

    `countries` are (code, number of people, tint), the most frequent first; `others` counts people without a community.
    """

    circles: list[Circle]
    half_width: float
    countries: list[tuple[str, int, int]]
    others: int
    people: int


def room_of(rows: Iterable[tuple[str, str, int]]) -> Room:
    """Lay out rows of (community, country, number of people). Spellings of one name (`alike`) become one circle."""
    names: dict[str, Counter[str]] = {}
    countries_of: dict[str, Counter[str]] = {}
    countries = Counter[str]()
    for community, country, count in rows:
        names.setdefault(alike(community), Counter())[community] += count
        countries_of.setdefault(alike(community), Counter())[country] += count
        countries[country] += count
    del countries[""]
    tints = {country: tint(place) for place, (country, _) in enumerate(countries.most_common(), 1)}
    found = [_circle(names[key], countries_of[key], tints) for key in names if key]
    circles = _arranged(sorted(found, key=lambda circle: (-circle.people, collated(circle.name))))
    half_width = max((sqrt(c.x**2 + c.y**2) + c.radius for c in circles), default=0.0) + GAP
    named = [(country, count, tints[country]) for country, count in countries.most_common()]
    others = names.get("", Counter()).total()
    return Room(circles, half_width, named, others, others + sum(circle.people for circle in circles))


def _circle(names: Counter[str], countries: Counter[str], tints: dict[str, int]) -> Circle:
    country = next((code for code, _ in countries.most_common() if code), "")
    people = names.total()
    return Circle(names.most_common(1)[0][0], people, country, tints.get(country, 0), 10 * sqrt(people) + 22)


def _arranged(circles: Sequence[Circle]) -> list[Circle]:
    """Place the circles, which come by size: the first in the centre, the others in rings around it.

    A ring is as wide as its first circle, which is its largest.
    """
    placed, waiting = list(circles[:1]), list(circles[1:])
    away = placed[0].radius if placed else 0.0
    while waiting:
        away += GAP + waiting[0].radius
        ring, used = [], 0.0
        while waiting and used + (need := _angle(waiting[0], away)) <= 2 * pi:
            ring.append((waiting.pop(0), need))
            used += need
        placed += _around(ring, away, spare=(2 * pi - used) / len(ring))
        away += ring[0][0].radius
    return placed


def _angle(circle: Circle, away: float) -> float:
    """The angle in radians that a circle with its gap takes on a ring of radius `away`; neighbours never overlap."""
    return 2 * asin((circle.radius + GAP / 2) / away)


def _around(ring: Sequence[tuple[Circle, float]], away: float, spare: float) -> list[Circle]:
    """The circles placed on a ring of radius `away`, from the top on, with `spare` radians more for each."""
    angle, placed = -pi / 2, []
    for circle, need in ring:
        angle += (need + spare) / 2
        placed.append(circle._replace(x=round(away * cos(angle), 1), y=round(away * sin(angle), 1)))
        angle += (need + spare) / 2
    return placed
