"""What holds for all stylesheets: colours that stay apart, nothing written twice or for nobody, no idle hovering."""

import math
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from openspace.events.models import Space
from openspace.events.rules import TINTS, tint
from openspace.web import bundles

TOP = Path(__file__).parent.parent
STATIC = TOP / "static"
CSS = STATIC / "css"
SHEETS = {str(path.relative_to(CSS)): path.read_text() for path in sorted(CSS.rglob("*.css"))}
# What pages link to; all others are imported by one of these.
LINKED = (
    "base.css",
    "access.css",
    "board.css",
    "commitments.css",
    "console.css",
    "contacts.css",
    "exports.css",
    "films.css",
    "moderation.css",
    "microphone.css",
    "hall.css",
    "news.css",
    "dots.css",
    "notes.css",
    "organising.css",
    "petitions.css",
    "pitch.css",
    "print.css",
    "programmes.css",
    "proceedings.css",
    "projector.css",
    "slides.css",
    "stories.css",
    "telling.css",
    "toolbox.css",
    "topics.css",
)
TOKENS = SHEETS["tokens.css"]
TAPES = {int(number): colour for number, colour in re.findall(r"--tape-(\d+): (#[0-9a-f]{6})", TOKENS) if number != "0"}
INK = re.search(r"--tape-ink: (#[0-9a-f]{6})", TOKENS)[1]
MARKUP = (*(TOP / "templates").rglob("*.html"), *(TOP / "openspace" / "toolbox" / "plans").glob("*.svg"))
TEMPLATES = "\n".join(path.read_text() for path in MARKUP)
SCRIPTS = "\n".join(path.read_text() for path in (STATIC / "js").glob("*.js"))


class Rule(NamedTuple):
    """A block of declarations: the layers and queries around it, its selector, and each property with its value."""

    around: tuple[str, ...]
    selector: str
    declarations: list[tuple[str, str]]


def rules(text: str) -> list[Rule]:
    """All rules of a stylesheet of ours, in which no string but a data: address holds a brace or a semicolon."""
    text = re.sub(r'url\("data:[^"]*"\)|/\*.*?\*/', "", text, flags=re.S)
    found: list[Rule] = []
    around: list[str] = []
    for words, end in re.findall(r"([^{};]*)([{};])", text):
        head = " ".join(words.split())
        if end == "{":
            found.append(Rule(tuple(around), head, []))
            around.append(head)
            continue
        if ":" in head and not head.startswith("@"):
            name, _, value = head.partition(":")
            found[-1].declarations.append((name, value.strip()))
        if end == "}":
            around.pop()
    return [rule for rule in found if rule.declarations]


def delivered(sheet: str) -> list[Rule]:
    return rules(bundles.served(STATIC)[f"css/{sheet}"].decode())


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
    assert Space(number=TINTS + 2).tint == 2
    assert all(f'[data-space="{number}"] {{ --tape: var(--tape-{number}); }}' in TOKENS for number in TAPES)
    assert min(math.dist(oklab(one), oklab(other)) for one, other in combinations(TAPES.values(), 2)) > 0.055
    assert min(contrast(colour, INK) for colour in TAPES.values()) >= 7


def test_every_sheet_is_linked_or_imported_by_one_that_is():
    imported = {
        str(Path(sheet).parent / name)
        for sheet, text in SHEETS.items()
        for name in re.findall(r'@import "([^"]+)"', text)
    }
    linked = set(re.findall(r"asset\('css/([\w.-]+)'\)", TEMPLATES))

    assert imported.isdisjoint(linked - {"dark.css"})
    assert imported | linked == set(SHEETS)
    assert set(LINKED) == linked - {"dark.css"}


def test_the_dark_theme_is_written_once():
    dark = {name for rule in rules(SHEETS["dark.css"]) for name, _ in rule.declarations}
    elsewhere = SHEETS["base.css"].replace('@import "dark.css" screen and (prefers-color-scheme: dark);', "", 1)
    others = elsewhere + "".join(text for sheet, text in SHEETS.items() if sheet not in ("base.css", "dark.css"))

    assert len(dark) > 20
    assert dark <= {name for rule in rules(TOKENS) for name, _ in rule.declarations}
    assert re.findall(r"prefers-color-scheme|data-theme|color-scheme: dark", others) == []


def test_the_colour_of_a_browser_around_the_page_is_that_of_the_wall():
    said = dict(re.findall(r'name="theme-color" content="(#\w+)" media="\(prefers-color-scheme: (\w+)\)"', TEMPLATES))
    walls = [re.search(r"--wall: (#\w+)", text)[1] for text in (TOKENS, SHEETS["dark.css"])]

    assert said == dict(zip(walls, ("light", "dark"), strict=True))


@pytest.mark.parametrize("sheet", LINKED)
def test_a_selector_stands_once_in_its_place(sheet):
    # A rule in two places has two readers who each know half of it. Within @media the place is another one.
    places = Counter((rule.around, rule.selector) for rule in delivered(sheet) if rule.selector != "@font-face")

    assert [place for place, times in places.items() if times > 1] == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_class_and_attribute_is_in_some_markup(sheet):
    selectors = " ".join(rule.selector for rule in rules(SHEETS[sheet]) if not rule.selector.startswith("@"))
    named = set(re.findall(r"\.([a-z][\w-]*)", selectors)) | set(re.findall(r"\[([a-z-]+)", selectors))
    used = set(re.findall(r"[\w-]+", TEMPLATES + SCRIPTS))
    used |= {"data-" + re.sub("[A-Z]", r"-\g<0>", name).lower() for name in re.findall(r"dataset\.(\w+)", SCRIPTS)}

    assert named - used == set()


def test_every_custom_property_is_used():
    text = "".join(SHEETS.values())
    said = {name for rule in rules(text) for name, _ in rule.declarations if name.startswith("--")}

    assert said - set(re.findall(r"var\((--[\w-]+)", text)) == set()


@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_answers_to_hovering_where_there_is_no_hovering(sheet):
    depth, hovering = 0, []
    for line in re.sub(r"/\*.*?\*/", "", SHEETS[sheet], flags=re.S).splitlines():
        if "@media (hover: hover)" in line:
            hovering.append(depth)
        assert ":hover" not in line or hovering, line
        depth += line.count("{") - line.count("}")
        hovering = [each for each in hovering if each < depth]


@pytest.mark.parametrize("sheet", SHEETS)
def test_layouts_follow_the_size_of_the_text(sheet):
    # In em, a screen is as narrow as its text is large; print.css shows a sheet of paper smaller on a small screen.
    queries = re.findall(r"@(?:media|container)[^{]*\((?:min|max)-width: \d+px\)", SHEETS[sheet])

    assert [query for query in queries if sheet != "print.css"] == []
