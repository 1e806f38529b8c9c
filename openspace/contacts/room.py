"""The picture of the room: a circle for each community, in rings around the largest, as people sit in an open space."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from math import asin, cos, pi, sin, sqrt
from typing import NamedTuple

from openspace.collation import collated
from openspace.events.rules import tint
from openspace.text import alike

GAP = 4.0
MOST_LINES = 3
# How high the letters of a name may be. Nobody reads smaller ones from afar, and the list beside has all names.
SIZES = (15, 14, 13, 12, 11, 10, 9)


class Circle(NamedTuple):
    """A community: where its circle lies, how large it is, how many of its people are here, and their country."""

    name: str
    people: int
    country: str
    # Which colour of tape its country has; 0 for none.
    tint: int
    radius: float
    x: float = 0.0
    y: float = 0.0

    @property
    def label(self) -> tuple[tuple[str, ...], float]:
        """The name in up to three lines below the number, and how high its letters can be; none if they do not fit."""
        lines = tuple(textwrap.wrap(self.name, max(9, len(self.name) // 2), break_long_words=False))
        sizes = SIZES if len(lines) <= MOST_LINES else ()
        size = next((size for size in sizes if all(self._holds(line, at, size) for at, line in enumerate(lines))), 0.0)
        return (lines, size) if size else ((), 0.0)

    def _holds(self, line: str, at: int, size: float) -> bool:
        # A letter is about 0.56 as wide as high; further down a circle is less wide.
        low = size * (1.1 + 1.1 * at)
        return low < self.radius and 0.28 * len(line) * size <= 0.94 * sqrt(self.radius**2 - low**2)


class Room(NamedTuple):
    """Who is here: circles, half the width of the picture, countries by how many, and who named no community."""

    circles: list[Circle]
    reach: float
    countries: list[tuple[str, int, int]]
    others: int
    people: int


def circles_in(rows: Iterable[tuple[str, str, int]]) -> Room:
    """The room of these (community, country, count). Names that differ in case or apostrophe are one."""
    names: dict[str, Counter[str]] = {}
    homes: dict[str, Counter[str]] = {}
    countries = Counter[str]()
    for community, country, count in rows:
        names.setdefault(alike(community), Counter())[community] += count
        homes.setdefault(alike(community), Counter())[country] += count
        countries[country] += count
    del countries[""]
    tints = {country: tint(place) for place, (country, _) in enumerate(countries.most_common(), 1)}
    found = [_circle(names[key], homes[key], tints) for key in names if key]
    circles = _seated(sorted(found, key=lambda circle: (-circle.people, collated(circle.name))))
    reach = max((sqrt(c.x**2 + c.y**2) + c.radius for c in circles), default=0.0) + GAP
    named = [(country, count, tints[country]) for country, count in countries.most_common()]
    others = names.get("", Counter()).total()
    return Room(circles, reach, named, others, others + sum(circle.people for circle in circles))


def _circle(names: Counter[str], homes: Counter[str], tints: dict[str, int]) -> Circle:
    country = next((code for code, _ in homes.most_common() if code), "")
    people = names.total()
    return Circle(names.most_common(1)[0][0], people, country, tints.get(country, 0), 10 * sqrt(people) + 22)


def _seated(circles: Sequence[Circle]) -> list[Circle]:
    """The first in the middle, the others in rings around it, each ring as wide as its first: they come by size."""
    seated, waiting = list(circles[:1]), list(circles[1:])
    away = seated[0].radius if seated else 0.0
    while waiting:
        away += GAP + waiting[0].radius
        ring, used = [], 0.0
        while waiting and used + (need := _angle(waiting[0], away)) <= 2 * pi:
            ring.append((waiting.pop(0), need))
            used += need
        seated += _around(ring, away, spare=(2 * pi - used) / len(ring))
        away += ring[0][0].radius
    return seated


def _angle(circle: Circle, away: float) -> float:
    """How much of a ring so far from the middle the circle takes with its gap. Neighbours then never overlap."""
    return 2 * asin((circle.radius + GAP / 2) / away)


def _around(ring: Sequence[tuple[Circle, float]], away: float, spare: float) -> list[Circle]:
    angle, placed = -pi / 2, []
    for circle, need in ring:
        angle += (need + spare) / 2
        placed.append(circle._replace(x=round(away * cos(angle), 1), y=round(away * sin(angle), 1)))
        angle += (need + spare) / 2
    return placed
