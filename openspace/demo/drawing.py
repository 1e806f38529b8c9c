"""A sheet of paper for flat pictures, in units of which a landscape picture has 400 × 300."""

import math
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw

Point = tuple[float, float]

# Pixels of a unit in the finished picture, and how many times larger it is drawn, so that edges are smooth.
SCALE, FINER = 2.4, 2


class Sheet:
    """A picture that is being drawn, later things over earlier ones."""

    def __init__(self, ground: str, width: int = 400, height: int = 300) -> None:
        """Begin with one colour."""
        self._unit = SCALE * FINER
        self._picture = Image.new("RGB", (round(width * self._unit), round(height * self._unit)), ground)
        self._pen = ImageDraw.Draw(self._picture)

    def box(self, x: float, y: float, width: float, height: float, ink: str, *, round_by: float = 0) -> None:
        """Draw a rectangle, of which the left upper corner is at `x`, `y`."""
        corners = self._large([(x, y), (x + width, y + height)])
        self._pen.rounded_rectangle(corners, round_by * self._unit, ink)

    def disc(self, x: float, y: float, radius: float, ink: str, *, high: float | None = None) -> None:
        """Draw a disc around `x`, `y`; with `high` an ellipse."""
        high = radius if high is None else high
        self._pen.ellipse(self._large([(x - radius, y - high), (x + radius, y + high)]), ink)

    def shape(self, points: Sequence[Point], ink: str) -> None:
        """Draw what these points enclose."""
        self._pen.polygon(self._large(points), ink)

    def line(self, points: Sequence[Point], ink: str, width: float) -> None:
        """Draw a line with round ends."""
        self._pen.line(self._large(points), ink, round(width * self._unit), "curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, ink)

    def hills(self, points: Sequence[Point], ink: str) -> None:
        """Draw rounded hills over the points down to the lower edge."""
        bottom = self._picture.height / self._unit
        line = _rounded(points)
        self.shape([*line, (line[-1][0], bottom), (line[0][0], bottom)], ink)

    def finished(self) -> Image.Image:
        """Return the picture in its final size."""
        return self._picture.reduce(FINER)

    def _large(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._unit, y * self._unit) for x, y in points]


def around(x: float, y: float, away: float, count: int, *, high: float) -> list[tuple[float, float, float]]:
    """Return places on an ellipse around `x`, `y`, each with its angle; the first one is above."""
    angles = [2 * math.pi * number / count - math.pi / 2 for number in range(count)]
    return [(x + away * math.cos(angle), y + high * math.sin(angle), angle) for angle in angles]


def as_jpeg(picture: Image.Image) -> bytes:
    """Return a picture as a camera would send it."""
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _rounded(points: Sequence[Point]) -> list[Point]:
    """A smooth line from the first point to the last, over the ones between (by cosines)."""
    line = []
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in range(16):
            part = step / 16
            line.append((x + (to_x - x) * part, y + (to_y - y) * (1 - math.cos(math.pi * part)) / 2))
    return [*line, points[-1]]
