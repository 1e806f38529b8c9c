"""Colours of the demo's photos and films, and what stands in several of them."""

from openspace.demo.drawing import Sheet

INK, SHEET, BEE, BLUE, WOOD, ROAD = "#1b2320", "#fffefb", "#ffc933", "#2745b5", "#8a6a44", "#6a6f6c"
SKY, LEAF, LEAF_2, TREE, TRUNK = "#bcd7e8", "#8fae72", "#6f9458", "#4f6d3f", "#5a4630"
SKINS = ("#5a3b28", "#d6a76a", "#2b211c", "#8c6a4f")
CLOTHES = (INK, BLUE, "#a5483a", "#4d7a3a", "#6b5aa8", "#8a6a3c", "#1f7d74", "#a84a78")


def tree(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """Draw a tree with the middle of its crown at `x`, `y`."""
    sheet.disc(x, y, radius, TREE)
    sheet.box(x - 4, y + radius * 0.4, 8, radius * 1.6, TRUNK)


def person(sheet: Sheet, x: float, y: float, cloth: str, skin: str, *, high: float) -> None:
    """Draw somebody who stands, with the head at `y`."""
    head = high * 0.14
    shoulders, hem = (x - head, y + head), (x + head * 1.5, y + high)
    sheet.shape([shoulders, (x + head, y + head), hem, (x - head * 1.5, y + high)], cloth)
    sheet.disc(x, y + head * 1.2, head * 1.25, cloth)
    sheet.disc(x, y - head * 0.2, head, skin)
