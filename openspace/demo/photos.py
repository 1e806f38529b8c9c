"""Draws the photos of the demo's stories, in the colours of the house."""

import math
from collections.abc import Callable
from itertools import cycle, islice

from openspace.demo.drawing import Point, Sheet, around, as_jpeg
from openspace.demo.figures import (
    BEE,
    BLUE,
    CLOTHES,
    INK,
    LEAF,
    LEAF_2,
    ROAD,
    SHEET,
    SKINS,
    SKY,
    TREE,
    TRUNK,
    WOOD,
    person,
    tree,
)


def photo(name: str) -> bytes:
    """Draw the photo of this name; returns it as a JPEG."""
    return as_jpeg(PHOTOS[name]().finished())


def _bus() -> Sheet:
    sheet = Sheet(SKY)
    sheet.disc(318, 66, 26, "#fff4d2")
    sheet.hills([(0, 176), (130, 132), (265, 178), (400, 136)], LEAF)
    sheet.hills([(0, 216), (150, 190), (290, 216), (400, 198)], LEAF_2)
    sheet.box(0, 238, 400, 62, ROAD)
    for x in (0, 100, 200, 300):
        sheet.box(x, 265, 60, 6, "#f2ecd9")
    for x, y, radius in ((36, 170, 26), (366, 160, 30)):
        tree(sheet, x, y, radius)
    body: list[Point] = [(84, 148), (92, 140), (268, 140), (292, 146), (308, 162), (320, 190), (324, 244), (84, 244)]
    sheet.shape(body, SHEET)
    sheet.shape([(84, 206), (321, 206), (323, 226), (84, 226)], BLUE)
    for x in (104, 156, 208):
        sheet.box(x, 154, 40, 34, "#a9c6d6")
    sheet.shape([(260, 154), (270, 154), (284, 164), (298, 188), (260, 188)], "#a9c6d6")
    for x in (130, 276):
        sheet.disc(x, 246, 22, INK)
        sheet.disc(x, 246, 9, "#c9d0c4")
    return sheet


def _library() -> Sheet:
    sheet = Sheet("#e9ddc8")
    sheet.box(0, 236, 400, 64, "#b98f62")
    inks = cycle(("#a5483a", "#2f6f6a", BLUE, "#c99a3a", "#6b5aa8", "#4d7a3a", "#d8d2c2", "#8a4a68"))
    for shelf in (78, 134, 190):
        sheet.box(20, shelf, 176, 8, WOOD)
        for number, ink in enumerate(islice(inks, 13)):
            high = 34 + (number * 7 + shelf) % 12
            sheet.box(25 + number * 13, shelf - high, 9 + number * 5 % 4, high, ink)
    sheet.box(221, 35, 150, 140, SHEET)
    sheet.box(231, 45, 130, 120, "#cfe4ec")
    for x, width in ((231, 64), (297, 64)):
        sheet.shape([(x, 165), (x + 14, 142), (x + width / 2, 132), (x + width - 14, 142), (x + width, 165)], LEAF)
    sheet.box(293, 40, 6, 130, SHEET)
    sheet.box(226, 101, 140, 6, SHEET)
    for x, skin, cloth in ((262, SKINS[0], "#a84a78"), (322, SKINS[1], "#1f7d74")):
        sheet.disc(x, 222, 29, cloth, high=36)
        sheet.disc(x, 176, 17, skin)
    sheet.box(214, 216, 150, 84, "#b98f62")
    sheet.box(214, 216, 150, 12, WOOD, round_by=3)
    for x in (228, 342):
        sheet.box(x, 228, 8, 58, WOOD)
    return sheet


def _chairs() -> Sheet:
    sheet = Sheet("#d9c3a0")
    for board in range(0, 401, 50):
        sheet.box(board - 1, 0, 2, 300, "#c9b08a")
    sheet.disc(200, 150, 46, "#2f6f6a", high=40)
    for line in (138, 162):
        sheet.line([(176, line), (224, line)], "#e8ece3", 3)
    for number, (x, y, angle) in enumerate(around(200, 150, 150, 20, high=112)):
        _seat(sheet, x, y, angle, taken=None if number == 5 else number)
    return sheet


def _seat(sheet: Sheet, x: float, y: float, angle: float, *, taken: int | None) -> None:
    """A chair from above, its back towards the wall, and on it somebody."""
    back = [(x + 19 * math.cos(angle + turn), y + 19 * math.sin(angle + turn)) for turn in (-0.75, -0.3, 0.3, 0.75)]
    sheet.disc(x, y, 14, "#f5efe2")
    sheet.line(back, "#8a6f4b", 5)
    if taken is not None:
        across = [(x + 9 * math.cos(angle + turn), y + 9 * math.sin(angle + turn)) for turn in (-1.57, 1.57)]
        sheet.line(across, CLOTHES[taken % len(CLOTHES)], 14)
        sheet.disc(x, y, 7.5, SKINS[taken % len(SKINS)])


def _night() -> Sheet:
    """The contract is signed on a car's bonnet, in the light of its lamps: a dark picture."""
    sheet = Sheet("#141b22")
    for number in range(26):
        sheet.disc(number * 149 % 397, number * number * 31 % 131, 0.8 + number % 3 * 0.4, "#8f9aa0")
    sheet.disc(330, 52, 17, "#d9d2b4")
    sheet.disc(322, 47, 15, "#141b22")
    sheet.hills([(0, 190), (120, 150), (260, 196), (400, 160)], "#0e1418")
    sheet.box(0, 236, 400, 64, "#20272b")
    sheet.shape([(250, 214), (400, 176), (400, 280), (250, 232)], "#3b3a2c")
    sheet.shape([(250, 218), (400, 196), (400, 262), (250, 230)], "#5a5538")
    sheet.shape([(30, 210), (50, 186), (88, 154), (160, 154), (186, 184), (250, 194), (258, 242), (30, 242)], "#31455e")
    sheet.shape([(62, 186), (94, 162), (124, 162), (124, 186)], "#5f7484")
    sheet.shape([(130, 162), (156, 162), (174, 184), (130, 186)], "#5f7484")
    for x in (82, 210):
        sheet.disc(x, 244, 21, "#0a0d0f")
        sheet.disc(x, 244, 8, "#59635e")
    sheet.disc(251, 214, 7, BEE)
    sheet.shape([(196, 181), (232, 184), (236, 190), (198, 187)], SHEET)
    for x, cloth, skin in ((290, "#7d3a30", SKINS[1]), (338, "#2c5a55", SKINS[3])):
        person(sheet, x, 138, cloth, skin, high=108)
    sheet.line([(280, 168), (252, 182), (226, 184)], "#7d3a30", 8)
    sheet.disc(226, 184, 4, SKINS[1])
    return sheet


def _student() -> Sheet:
    """Somebody with a laptop under a tree, in portrait format."""
    sheet = Sheet(SKY, 300, 400)
    sheet.disc(236, 70, 24, "#fff4d2")
    sheet.hills([(0, 262), (110, 226), (220, 258), (300, 236)], LEAF)
    sheet.box(0, 300, 300, 100, LEAF_2)
    sheet.shape([(96, 320), (102, 150), (124, 150), (132, 320)], TRUNK)
    for x, y, radius in ((66, 118, 46), (112, 78, 58), (164, 118, 48), (112, 132, 50)):
        sheet.disc(x, y, radius, TREE)
    for x, y in ((80, 90), (132, 64), (156, 118), (98, 132), (58, 126)):
        sheet.disc(x, y, 5, "#a5483a")
    sheet.line([(148, 320), (196, 332), (222, 318)], INK, 20)
    sheet.line([(146, 262), (146, 316)], "#a84a78", 38)
    sheet.disc(148, 222, 20, SKINS[1])
    sheet.disc(144, 214, 20, SKINS[2], high=14)
    sheet.line([(152, 268), (178, 298), (206, 296)], "#a84a78", 13)
    sheet.shape([(196, 300), (240, 300), (258, 262), (254, 260)], "#c9d0c4")
    sheet.box(190, 299, 52, 5, "#59635e", round_by=2)
    for x in (24, 52, 262, 282, 76):
        for turn in range(5):
            angle = 2 * math.pi * turn / 5
            sheet.disc(x + 5 * math.cos(angle), 366 - x % 18 + 5 * math.sin(angle), 3.5, SHEET)
        sheet.disc(x, 366 - x % 18, 3, BEE)
    return sheet


def _bridge() -> Sheet:
    sheet = Sheet("#f0d9c4")
    ridge: list[Point] = [(0, 150), (60, 110), (110, 140), (180, 80), (260, 146), (320, 112), (400, 156)]
    sheet.shape([*ridge, (400, 200), (0, 200)], "#b9a9c4")
    sheet.box(0, 190, 400, 110, "#86b4c4")
    for x, y, length in ((20, 222, 60), (130, 244, 90), (280, 224, 80), (60, 270, 90), (240, 276, 70)):
        sheet.line([(x, y), (x + length, y)], "#a9d0da", 5)
    sheet.box(-4, 176, 408, 34, "#8a5f4c")
    for x in (95, 305):
        sheet.disc(x, 214, 86, "#86b4c4", high=26)
    sheet.box(-4, 174, 408, 16, "#6f4939")
    for x, y, wide in ((40, 128, 44), (300, 120, 52)):
        sheet.box(x, y, wide, 48, "#fff4e2")
        sheet.shape([(x - 5, y), (x + wide / 2, y - 26), (x + wide + 5, y)], "#a5483a")
        sheet.box(x + wide / 2 - 5, y + 13, 10, 15, "#6f4939")
    for x, cloth in ((178, INK), (204, BLUE)):
        person(sheet, x, 146, cloth, SKINS[1 if x < 200 else 0], high=30)
    return sheet


def _steps() -> Sheet:
    """The entrance with steps alone, and somebody before them who cannot go in."""
    sheet = _entrance()
    _wheelchair(sheet, 300, 246)
    return sheet


def _planks() -> Sheet:
    sheet = _entrance()
    for x, y in ((196, 238), (212, 248), (232, 238)):
        sheet.shape([(x, y + 12), (x + 74, y - 6), (x + 76, y + 2), (x + 2, y + 20)], "#c99a5f")
    for x, cloth, skin in ((262, "#1f7d74", SKINS[3]), (330, "#a5483a", SKINS[1])):
        person(sheet, x, 168, cloth, skin, high=92)
    sheet.line([(274, 204), (306, 226)], "#8c6a4f", 7)
    sheet.box(298, 220, 26, 7, "#59635e", round_by=2)
    return sheet


def _ramp() -> Sheet:
    sheet = _entrance()
    sheet.shape([(168, 212), (376, 262), (376, 272), (168, 272)], "#c99a5f")
    sheet.line([(176, 182), (370, 230)], "#59635e", 5)
    for x in (176, 240, 305, 370):
        sheet.line([(x, 182 + (x - 176) / 4), (x, 214 + (x - 176) / 4)], "#59635e", 4)
    _wheelchair(sheet, 262, 212)
    return sheet


def _entrance() -> Sheet:
    sheet = Sheet(SKY)
    sheet.box(0, 50, 262, 222, "#f2e4c9")
    sheet.shape([(-10, 50), (272, 50), (240, 18), (20, 18)], "#a5483a")
    for x in (22, 196):
        sheet.box(x, 92, 44, 66, SHEET)
        sheet.box(x + 5, 97, 34, 56, "#a9c6d6")
    sheet.box(96, 104, 68, 108, BLUE)
    sheet.box(104, 112, 52, 100, "#35507f")
    sheet.disc(148, 166, 3, BEE)
    sheet.box(0, 256, 400, 44, LEAF_2)
    tree(sheet, 350, 166, 34)
    for number, y in enumerate((212, 232, 252)):
        sheet.box(84 - number * 10, y, 92 + number * 20, 20, ("#c9d0c4", "#b4bcb0", "#9fa89c")[number])
    return sheet


def _wheelchair(sheet: Sheet, x: float, y: float) -> None:
    sheet.disc(x, y, 24, INK)
    sheet.disc(x, y, 19, "#c9d0c4")
    sheet.line([(x - 4, y - 40), (x - 4, y - 12)], "#6b5aa8", 24)
    sheet.line([(x - 2, y - 8), (x - 26, y - 6), (x - 30, y + 16)], INK, 11)
    sheet.disc(x - 4, y - 62, 14, SKINS[1])
    sheet.disc(x - 28, y + 20, 5, INK)
    sheet.line([(x + 12, y - 44), (x + 12, y - 8)], "#59635e", 4)


PHOTOS: dict[str, Callable[[], Sheet]] = {
    "bus": _bus,
    "library": _library,
    "chairs": _chairs,
    "night": _night,
    "student": _student,
    "bridge": _bridge,
    "steps": _steps,
    "planks": _planks,
    "ramp": _ramp,
}
