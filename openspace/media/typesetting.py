"""Typesets documents with Typst, within a child process."""

import json
import re
from pathlib import Path
from typing import Any
from unicodedata import category

import typst

from openspace.media import Refused

# Onest, then fonts for what Onest has not. `make fonts` cuts them, and lists in `characters.txt` what they have.
_FOLDER = Path(__file__).parent / "fonts"
_FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FOLDER)])
_DRAWN = frozenset(
    chr(each)
    for first, _, last in (line.partition("-") for line in (_FOLDER / "characters.txt").read_text().split())
    for each in range(int(first, 16), int(last, 16) + 1)
)
# It stands for what no font has, such as Chinese.
MISSING = "▯"
# They would turn around what stands beside a text. Each text has its own direction without them.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# A word of so many letters without a place to break it may be broken after each few of them.
LONGEST, FEW = 24, 6
_UNBROKEN = re.compile(f"[^\\s\u00ad\u200b-]{{{LONGEST},}}")


def pdf(*files: bytes, names: list[str], standards: list[str]) -> tuple[dict[str, Any], list[bytes]]:
    """Typeset a document: the file named `main`, which finds the others under their names.

    The last file is JSON: words that are printed as they are. Typst gets it as `sys.inputs.given`, cleaned. Raises
    `Refused` with Typst's own words if the template is wrong.
    """
    *texts, given = files
    words = json.dumps(_printable(json.loads(given)))
    return {}, [_typeset(dict(zip(names, texts, strict=True)), words, standards)]


def _typeset(files: dict[str, bytes], given: str, standards: list[str]) -> bytes:
    compiler = typst.Compiler(
        files,  # type: ignore[type-var]  # the stub does not say that it takes several
        root=str(_FOLDER),
        font_paths=_FONTS,
        ignore_system_fonts=True,
        sys_inputs={"given": given},
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=standards)  # type: ignore[arg-type]  # it knows more of them
    except typst.TypstError as error:
        raise Refused(f"template: {error.diagnostic}") from None
    assert isinstance(made, bytes)
    return made


def _printable(value: Any) -> Any:
    """The value with every text in it as it can be printed. What is called `link` is an address of ours, and stays."""
    if isinstance(value, dict):
        return {name: each if name == "link" else _printable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return printable(value) if isinstance(value, str) else value


def printable(text: str) -> str:
    """The text with a glyph for each character, and with places to break what is too long for a line."""
    drawn = "".join(each if each in _DRAWN or each == "\u00ad" else _instead(each) for each in text.translate(_TURNS))
    return _UNBROKEN.sub(_broken, drawn)


def _instead(character: str) -> str:
    if character.isspace():
        return " "
    # Control characters, selectors of a variant, and accents that no font has.
    return "" if category(character) in {"Cc", "Cf", "Mn", "Me"} else MISSING


def _broken(word: re.Match[str]) -> str:
    letters = word[0]
    return "\u00ad".join(letters[start : start + FEW] for start in range(0, len(letters), FEW))


# Typst reads a font when it is first used, and once a document has come no file can be opened any more.
_typeset(
    {"main": "".join(f'#text(font: "{font.family}", weight: {font.weight})[x]' for font in _FONTS.fonts()).encode()},
    "",
    [],
)
