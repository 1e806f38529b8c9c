"""Draws the films of the demo's stories, in the colours of the house."""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from PIL import Image

from openspace.demo.drawing import Sheet, around, as_jpeg
from openspace.demo.figures import BEE, CLOTHES, SKINS, person

# Pictures in a second.
RATE = 12


def film(name: str) -> list[bytes]:
    """Draw the film of this name; returns its pictures, `RATE` for a second, as JPEGs."""
    return [as_jpeg(picture) for picture in FILMS[name]()]


def _club(lit: int) -> Image.Image:
    """The old club in the evening with so many of its lights on; with all of them the door is open."""
    sheet = Sheet("#39405f", 320, 180)
    sheet.disc(266, 36, 11, "#e9dfbd")
    sheet.hills([(0, 112), (80, 92), (190, 116), (320, 96)], "#2c3a3c")
    sheet.box(0, 146, 320, 34, "#26322c")
    sheet.box(64, 66, 192, 84, "#7d6a5c")
    sheet.shape([(54, 66), (266, 66), (236, 40), (84, 40)], "#5c3430")
    glow, dark = "#ffd873", "#2b2f40"
    for number, x in enumerate((78, 112, 188, 222)):
        sheet.box(x, 84, 22, 30, "#d9cfb8")
        sheet.box(x + 2, 86, 18, 26, glow if number < lit else dark)
    sheet.box(146, 92, 28, 58, "#d9cfb8")
    sheet.box(149, 95, 22, 55, glow if lit > 4 else "#43352e")
    if lit > 4:
        sheet.shape([(149, 150), (171, 150), (206, 180), (114, 180)], "#8f7f4c")
    for number, (place, cloth) in enumerate(zip((226, 204, 182, 160), CLOTHES[4:], strict=True)):
        person(sheet, place - (lit > 4) * 8 * number, 124, cloth, SKINS[number], high=40)
    return sheet.finished()


def _drums(*, struck: bool) -> Image.Image:
    """A circle of people with drums, from above; all of them strike at once."""
    sheet = Sheet("#d9c3a0", 320, 180)
    for board in range(0, 321, 40):
        sheet.box(board - 1, 0, 2, 180, "#c9b08a")
    for number, (x, y, angle) in enumerate(around(160, 90, 118, 16, high=68)):
        cloth, skin = CLOTHES[number % len(CLOTHES)], SKINS[number % len(SKINS)]
        inwards = (x - 17 * math.cos(angle), y - 17 * math.sin(angle))
        if struck:
            sheet.disc(*inwards, 12, BEE)
        sheet.disc(*inwards, 8.5, "#8a5f4c")
        sheet.disc(*inwards, 6.5, "#f5efe2")
        sheet.disc(x, y, 11, cloth)
        for turn in (-0.5, 0.5):
            reach = 12 if struck else 7
            hand = (inwards[0] + reach * math.cos(angle + turn * 2), inwards[1] + reach * math.sin(angle + turn * 2))
            sheet.disc(*hand, 3, skin)
        sheet.disc(x, y, 6, skin)
    if struck:
        sheet.disc(160, 90, 34, "#e6d2ac", high=22)
    sheet.disc(160, 90, 22, "#2f6f6a", high=15)
    return sheet.finished()


def _key() -> Iterator[Image.Image]:
    """One light after another goes on in the old club, then the door opens."""
    stages = [_club(lit) for lit in range(6)]
    yield from [stages[0]] * RATE
    for before, after in pairwise(stages):
        yield from _fading(before, after, 4)
        yield from [after] * 7
    yield from [stages[-1]] * RATE


def _rhythm() -> Iterator[Image.Image]:
    """Two slow beats and three quick ones, and once more."""
    rest, struck = _drums(struck=False), _drums(struck=True)
    beat = list(_fading(struck, rest, 3))
    for pause in (6, 6, 2, 2, 8) * 2:
        yield struck
        yield from beat
        yield from [rest] * pause


def _fading(before: Image.Image, after: Image.Image, steps: int) -> Iterable[Image.Image]:
    return (Image.blend(before, after, step / steps) for step in range(1, steps + 1))


FILMS: dict[str, Callable[[], Iterator[Image.Image]]] = {"key": _key, "rhythm": _rhythm}
