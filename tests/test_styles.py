"""What holds for all stylesheets: colours that stay apart, and no hovering where there is none."""

import math
import re
from itertools import combinations
from pathlib import Path

import pytest

from openspace.events.rules import TINTS, tint

CSS = Path(__file__).parent.parent / "static" / "css"
BASE = (CSS / "base.css").read_text()
TAPES = {int(number): colour for number, colour in re.findall(r"--tape-(\d+): (#[0-9a-f]{6})", BASE) if number != "0"}
INK = re.search(r"--tape-ink: (#[0-9a-f]{6})", BASE)[1]


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    bright, dark = sorted(
        (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(each), strict=True)) for each in (one, other)),
        reverse=True,
    )
    return (bright + 0.05) / (dark + 0.05)


def oklab(colour: str) -> tuple[float, float, float]:
    """https://bottosson.github.io/posts/oklab: equal distances look equal."""
    r, g, b = linear(colour)
    lms = (
        0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
        0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
        0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
    )
    long, middle, short = (each ** (1 / 3) for each in lms)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def test_every_tint_is_a_tape_that_can_be_told_from_the_others_and_read_on():
    assert sorted(TAPES) == list(range(1, TINTS + 1))
    assert [tint(number) for number in (1, 7, 8, TINTS, TINTS + 1)] == [1, 7, 8, TINTS, 1]
    assert all(f'[data-space="{number}"] {{ --tape: var(--tape-{number}); }}' in BASE for number in TAPES)
    assert min(math.dist(oklab(one), oklab(other)) for one, other in combinations(TAPES.values(), 2)) > 0.055
    assert min(contrast(colour, INK) for colour in TAPES.values()) >= 7


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_nothing_answers_to_hovering_where_there_is_no_hovering(sheet):
    depth, hovering = 0, []
    for line in re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S).splitlines():
        if "@media (hover: hover)" in line:
            hovering.append(depth)
        assert ":hover" not in line or hovering, line
        depth += line.count("{") - line.count("}")
        hovering = [each for each in hovering if each < depth]


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_layouts_follow_the_size_of_the_text(sheet):
    # In em, a screen is as narrow as its text is large; print.css shows a sheet of paper smaller on a small screen.
    queries = re.findall(r"@(?:media|container)[^{]*\((?:min|max)-width: \d+px\)", sheet.read_text())

    assert [query for query in queries if sheet.name != "print.css"] == []
