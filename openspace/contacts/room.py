"""The picture of the room: a circle for each community, as large as it is here, packed into one round shape."""

import textwrap
from collections import Counter
from collections.abc import Iterable
from math import cos, pi, sin, sqrt
from typing import NamedTuple

from openspace.contacts.rules import folded

GAP = 3.0
# The angle between two leaves of a plant: points along such a spiral lie evenly (H. Vogel, 1979).
GOLDEN = pi * (3 - sqrt(5))
MOST = 60
SMALLEST = 7.5


class Circle(NamedTuple):
    """A community: where its circle lies, how large it is, how many of its people are here, and their country."""

    x: float
    y: float
    radius: float
    name: str
    people: int
    country: str
    # Which of seven tints its country has; 0 for none.
    tint: int

    @property
    def lines(self) -> list[str]:
        """The name in lines that fit below the number; none where they would be too small to read."""
        found = _wrapped(self.name, max(9, len(self.name) // 2))[:2]
        return found if self._size(found) >= SMALLEST else []

    @property
    def size(self) -> float:
        """The height of the name's letters."""
        return round(min(self._size(self.lines), 12), 1)

    def _size(self, lines: list[str]) -> float:
        # A letter is about 0.56 as wide as high; the lines lie where the circle is not quite as wide as in its middle.
        return 1.62 * self.radius / (0.56 * max(map(len, lines), default=1))


class Room(NamedTuple):
    """Who is here: circles, half the width of the picture, countries by how many, and who named no community."""

    circles: list[Circle]
    reach: float
    countries: list[tuple[str, int, int]]
    others: int
    people: int


def circles_in(rows: Iterable[tuple[str, str, int]]) -> Room:
    """The room of these (community, country, count). Names that differ in case or apostrophe are one."""
    written: dict[str, Counter[str]] = {}
    countries: dict[str, Counter[str]] = {}
    for community, country, count in rows:
        key = folded(community)
        written.setdefault(key, Counter())[community] += count
        countries.setdefault(key, Counter())[country] += count
    people = sum(each.total() for each in written.values())
    others = written.pop("", Counter()).total()
    by_country = Counter[str]()
    for each in countries.values():
        by_country.update(each)
    del by_country[""]
    tints = {country: place % 7 + 1 for place, (country, _) in enumerate(by_country.most_common())}
    sizes = sorted(written, key=lambda key: (-written[key].total(), key))[:MOST]
    circles: list[Circle] = []
    for key in sizes:
        country = next((c for c, _ in countries[key].most_common() if c), "")
        count = written[key].total()
        name = written[key].most_common(1)[0][0]
        circles.append(
            _placed(circles, Circle(0, 0, 14 * sqrt(count) + 12, name, count, country, tints.get(country, 0)))
        )
    reach = max((sqrt(c.x**2 + c.y**2) + c.radius for c in circles), default=60.0) + GAP
    named = [(country, count, tints[country]) for country, count in by_country.most_common()]
    return Room(circles, reach, named, others, people)


def _placed(there: list[Circle], circle: Circle) -> Circle:
    """The circle at the first point of a spiral from the middle where it touches no other."""
    for step in range(20_000):
        away, angle = 3.2 * sqrt(step), step * GOLDEN
        x, y = away * cos(angle), away * sin(angle)
        if all((x - o.x) ** 2 + (y - o.y) ** 2 >= (circle.radius + o.radius + GAP) ** 2 for o in there):
            return circle._replace(x=round(x, 1), y=round(y, 1))
    return circle


def _wrapped(name: str, width: int) -> list[str]:
    return textwrap.wrap(name, width, break_long_words=False) or [name]
