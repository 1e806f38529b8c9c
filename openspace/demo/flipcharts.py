"""Draws the flipcharts of the demo's notes, as photos of a phone."""

import math
import random
from collections.abc import Callable

from openspace.demo.drawing import Point, Sheet, around, as_jpeg
from openspace.demo.figures import BEE, BLUE, INK, TRUNK

# Units of the drawing: how far apart two letters stand, and how wide the pens are.
LETTER, THIN, THICK = 4.2, 2.2, 3.6
PAPER, RED = "#fbfaf4", "#a5483a"


def photo(name: str) -> bytes:
    """Draw the flipchart of this name; returns it as a JPEG."""
    return as_jpeg(FLIPCHARTS[name]().finished())


def _list() -> Sheet:
    """Twelve points, the first five of them ticked."""
    sheet = _easel("#cdbfa8", "#a98f6d")
    _write(sheet, 76, 92, "Вхід до ЦНАПу", INK, size=1.5)
    sheet.line([(76, 104), (132, 108), (204, 103)], BLUE, THICK)
    for number in range(12):
        x, y = 74 + number % 2 * 86, 130 + number // 2 * 32
        sheet.line([(x, y - 9), (x + 9, y - 9), (x + 9, y), (x, y), (x, y - 9)], INK, 1.6)
        _write(sheet, x + 16, y, "пандус" if number % 3 else "перила", INK, size=0.95)
        if number < 5:
            sheet.line([(x + 1, y - 6), (x + 4, y - 1), (x + 12, y - 14)], RED, THIN)
    return sheet


def _circle() -> Sheet:
    """Chairs in a circle, and an arrow to a plan."""
    sheet = _easel("#b9c4c0", "#8d7a63")
    _write(sheet, 84, 94, "Хто з ким говорить", BLUE, size=1.2)
    places = around(150, 172, 52, 10, high=52)
    for x, y, angle in places:
        along = [(x + 9 * math.cos(angle + turn), y + 9 * math.sin(angle + turn)) for turn in (-0.9, 0, 0.9)]
        sheet.line(along, INK, THICK)
    for one, other in ((0, 4), (1, 7), (2, 5), (8, 3)):
        sheet.line([_inside(places[one]), _inside(places[other])], RED, 1.4)
    sheet.line([(206, 196), (222, 214), (218, 246)], INK, THIN)
    sheet.line([(210, 238), (218, 247), (227, 240)], INK, THIN)
    sheet.line([(82, 252), (218, 250), (220, 306), (82, 308), (82, 252)], INK, THIN)
    for number, words in enumerate(("спитати сусідів", "і прийти ще раз")):
        _write(sheet, 94, 276 + number * 20, words, INK)
    return sheet


def _safe() -> Sheet:
    """Three computers, of which one has its copy in a safe."""
    sheet = _easel("#c3cdd3", "#7f8a86")
    _write(sheet, 80, 92, "Де лежить копія?", INK, size=1.4)
    for number, ink in enumerate((RED, RED, "#4d7a3a")):
        y = 122 + number * 66
        sheet.line([(78, y), (126, y), (126, y + 34), (78, y + 34), (78, y)], INK, THIN)
        sheet.line([(92, y + 44), (112, y + 44)], INK, THIN)
        sheet.line([(136, y + 18), (166, y + 18), (159, y + 11)], BLUE, THIN)
        sheet.line([(166, y + 18), (159, y + 25)], BLUE, THIN)
        _copy(sheet, 174, y, ink, in_safe=number == 2)
    return sheet


def _copy(sheet: Sheet, x: float, y: float, ink: str, *, in_safe: bool) -> None:
    if in_safe:
        sheet.line([(x, y - 2), (x + 46, y - 2), (x + 46, y + 40), (x, y + 40), (x, y - 2)], ink, THICK)
        sheet.disc(x + 23, y + 19, 9, BEE)
        sheet.line([(x + 17, y + 19), (x + 22, y + 25), (x + 31, y + 12)], ink, THIN)
    else:
        sheet.line([(x + 8, y + 4), (x + 36, y + 34)], ink, THICK)
        sheet.line([(x + 36, y + 4), (x + 8, y + 34)], ink, THICK)


def _easel(wall: str, floor: str) -> Sheet:
    """A flipchart before a wall, in portrait format."""
    sheet = Sheet(wall, 300, 400)
    sheet.box(0, 352, 300, 48, floor)
    for top, foot in (((66, 334), (46, 400)), ((234, 334), (254, 400))):
        sheet.line([top, foot], TRUNK, 7)
    sheet.box(52, 47, 204, 304, "#a39a86")
    sheet.box(48, 42, 204, 304, PAPER)
    sheet.box(44, 36, 212, 16, "#6a6f6c")
    return sheet


def _inside(place: tuple[float, float, float]) -> Point:
    x, y, angle = place
    return x - 10 * math.cos(angle), y - 10 * math.sin(angle)


def _write(sheet: Sheet, x: float, y: float, words: str, ink: str, *, size: float = 1) -> None:
    """Write as one sees it from afar: a hand's ups and downs, for each letter one."""
    chance = random.Random(words)  # noqa: S311  # because it draws letters, not secrets
    step = LETTER * size
    for word in words.split():
        points: list[Point] = []
        for letter in word:
            high = (9.5 if letter.isupper() else 8 if letter in "бдфїів" else 4.6) * size * chance.uniform(0.85, 1.1)
            points += [(x, y), (x + step * 0.3, y - high), (x + step * 0.65, y - high * chance.uniform(0.1, 0.5))]
            x += step
        sheet.line([*points, (x, y)], ink, THIN * size * 0.8)
        x += step * 1.3


FLIPCHARTS: dict[str, Callable[[], Sheet]] = {"list": _list, "circle": _circle, "safe": _safe}
