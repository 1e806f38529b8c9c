"""Cut the fonts of `static/fonts` out of the published ones, by the ranges that `static/css/fonts.css` names.

    python tools/cut_fonts.py FOLDER    # holds the published onest-*-wght-normal.woff2

Of each font stay the characters of its range, the weights from 400 on, and kerning, marks and local forms.
"""

import re
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

STATIC = Path(__file__).parent.parent / "static"
FEATURES = ["calt", "ccmp", "kern", "locl", "mark", "mkmk"]
# Spaces and marks of direction, which are shaped without a glyph of their own.
BLANK = {"Zs", "Zl", "Zp", "Cf"}
FACE = re.compile(
    r'url\("\.\./fonts/(?P<name>[^"]+)"\).*?font-weight: (?P<from>\d+) (?P<to>\d+);.*?unicode-range: (?P<range>[^;]+);',
    re.S,
)


class Face(NamedTuple):
    """One `@font-face` of the stylesheet: its file's name, its weights, its range and what of it needs a glyph."""

    name: str
    weights: tuple[int, int]
    range: frozenset[int]

    @property
    def drawn(self) -> frozenset[int]:
        """The characters that must have a glyph."""
        return frozenset(each for each in self.range if unicodedata.category(chr(each)) not in BLANK)


def faces() -> list[Face]:
    """The faces that the stylesheet declares."""
    found = FACE.finditer((STATIC / "css" / "fonts.css").read_text())
    return [
        Face(each["name"], (int(each["from"]), int(each["to"])), frozenset(parse_unicodes(each["range"])))
        for each in found
    ]


def characters(font: Path) -> frozenset[int]:
    """The characters that a font can show."""
    return frozenset(TTFont(font).getBestCmap())


def cut(face: Face, source: Path, target: Path) -> None:
    """Write to `target` what `face` needs of `source`."""
    font = instantiateVariableFont(TTFont(source, recalcTimestamp=False), {"wght": face.weights})
    options = Options()
    options.layout_features = FEATURES
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]  # the copyright, the name, the licence
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=face.range)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def main() -> None:
    """Cut every face from the one published font that has all its characters."""
    published = {path: characters(path) for path in sorted(Path(sys.argv[1]).glob("onest-*-wght-normal.woff2"))}
    for face in faces():
        source = next((path for path, has in published.items() if face.drawn <= has), None)
        if source is None:
            sys.exit(f"{face.name}: no published font has all of its unicode-range")
        target = STATIC / "fonts" / face.name
        cut(face, source, target)
        print(f"{target.name}: {len(face.drawn)} characters of {source.name}, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
