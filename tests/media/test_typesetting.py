"""Documents are typeset in a child: words stay words, every character has a glyph, and nothing else can be reached."""

import json
import re
import string
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st
from pypdf import PdfReader

from openspace.media import Refused, process
from tests.test_fonts import NAMES, TEXTS
from tools.cut_fonts import characters
from tools.cut_print_fonts import TARGET, ranges

HOSTILE = [
    '#let x = read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0": *',
    "]#panic()[",
    "$ sum_(i=0)^n $",
    "\\",
    "\\u{1F600} \\#",
    "*bold* _emph_ `raw` <label> @ref",
    "// comment /* too */",
    "= Heading",
    "- item\n+ item\n/ term: item",
    "\"quoted\" 'single'",
    "{#sys.inputs}",
    "https://example.org/#fragment",
    "~ -- --- ...",
    "{{ 7*7 }} {% x %}",
]
SHOWN = b"""
#let given = json(bytes(sys.inputs.given))
#set text(font: ("Onest", "DejaVu Sans", "Noto Emoji"), fallback: false)
"""


def typeset(template: bytes, given: object = None, *, standards: tuple[str, ...] = (), **limits) -> PdfReader:
    made = process.run(
        "typesetting.pdf", SHOWN + template, json.dumps(given).encode(), names=["main"], standards=standards, **limits
    )
    return PdfReader(BytesIO(made.parts[0]))


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


def letters(text: str) -> str:
    """The text without what may differ by where lines end."""
    return re.sub("[\\s\u00ad\u200b\x00-\x1f-]", "", text)


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_printed_as_they_are(words):
    assert letters(text_of(typeset(b"#given", words))) == letters(words)


def test_every_character_has_a_glyph_or_a_box():
    words = (
        "Її Ґ ß ẞ Łódź 🚀👩‍👩‍👧🇺🇦👍🏽 ❤️ مرحبا שלום Ελλάδα ქართული 中文 ไทย \x00\x07\x1b\ud7ff \u202e e\u0301 \U000e0041"
    )

    # PDF/A refuses a character without a glyph, and one without a code.
    found = text_of(
        typeset(
            b'#set document(title: "A", date: datetime(year: 2026, month: 6, day: 4))\n#given',
            words,
            standards=("a-2b",),
        )
    )

    assert {*"ЇїҐßẞŁódź🚀👩👧👍❤Ελλάδαქართული▯"} <= {*found}
    assert not {*"中文\x00\x07\x1b"} & {*found}


def test_a_word_of_120_letters_does_not_leave_its_line():
    pdf = typeset(b"#set page(width: 4cm, height: 9cm, margin: 5mm)\n#given", "щ" * 120)

    lines = text_of(pdf).split()
    assert letters("".join(lines)) == "щ" * 120
    assert {len(letters(line)) for line in lines} == {6}


# What Typst's markup, JSON, HTML and templates are written with, between letters of our languages.
SIGNS = string.printable + "ҐґЄєІіЇїЩщßÄöüЁъы«»„“’ʼ–—…№€₴\u00a0\u00ad\u200b"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(SIGNS, max_size=120), min_size=20, max_size=60))
def test_any_words_are_printed_as_they_are(words):
    pdf = typeset(b"#set page(width: 40cm)\n#for words in given { block(spacing: 2em, words) }", words)

    assert letters(text_of(pdf)) == letters("".join(words))


def test_pictures_come_with_the_document():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9h-9z"/></svg>'
    made = process.run("typesetting.pdf", b'#image("a.svg")', svg, b"null", names=["main", "a.svg"], standards=[])

    assert len(PdfReader(BytesIO(made.parts[0])).pages) == 1


@pytest.mark.parametrize("standard", ["a-2b", "a-2a", "ua-1"])
def test_it_meets_a_standard_that_is_asked_for(standard):
    template = (
        b'#set document(title: "A", date: datetime(year: 2026, month: 6, day: 4))\n#set text(lang: "uk")\n= A\n#given'
    )

    pdf = typeset(template, "Слово", standards=(standard,))

    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "uk"
    assert ("pdfaid:conformance" if standard != "ua-1" else "pdfuaid:part").encode() in pdf.trailer["/Root"][
        "/Metadata"
    ].get_data()


@pytest.mark.parametrize(
    "template",
    [b'#read("/etc/passwd")', b'#image("/etc/passwd")', b'#import "@preview/cetz:0.3.0": *', b"#let"],
)
def test_a_template_reaches_nothing_that_it_was_not_given(template):
    with pytest.raises(Refused, match=r"^template: error"):
        typeset(template)


@pytest.mark.parametrize(
    "template",
    [
        b"#for i in range(100000) { for j in range(100000) { } }",
        b'#let grow(word) = grow(word + word)\n#let word = "x" * 100000000\n#for i in range(99) { word = word + word }',
    ],
    ids=["time", "memory"],
)
def test_a_template_that_wants_too_much_is_killed(template):
    with pytest.raises(Refused, match="killed"):
        typeset(template, seconds=1, memory=400)


def test_the_list_of_characters_is_that_of_the_fonts():
    had = {character for font in TARGET.glob("*.ttf") for character in characters(font)}

    assert (TARGET / "characters.txt").read_text() == "".join(f"{first:x}-{last:x}\n" for first, last in ranges(had))


@pytest.mark.parametrize("font", ["Onest-Regular.ttf", "Onest-Bold.ttf"])
def test_our_texts_and_names_of_europe_are_printed_in_our_own_letters(font):
    ours = {character for character in "".join(path.read_text() for path in TEXTS) + NAMES if character.isalnum()}
    assert {each for each in ours if ord(each) not in characters(TARGET / font)} == set()


def test_the_server_never_loads_typst():
    code = "import sys, openspace; openspace.create_app(); print('typst' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.split()[-1] == "False"
