"""The four languages are complete: nothing missing or fuzzy, no placeholder lost, plurals as each language has them."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask_babel import force_locale, ngettext

from openspace.web.i18n import TRANSLATIONS

TOP = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
TRANSLATED = ("uk", "de", "ru")


@cache
def source_messages() -> frozenset[str]:
    options = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    methods = [("openspace/**.py", "python"), ("templates/**.html", "jinja2")]
    found = set()
    for folder in ("openspace", "templates"):
        pairs = [(f"**.{'py' if folder == 'openspace' else 'html'}", methods[folder == "templates"][1])]
        for _, _, message, _, _ in extract_from_dir(TOP / folder, pairs, options, KEYWORDS):
            found.add(message[0] if isinstance(message, tuple) else message)
    return frozenset(found)


def catalogue(language: str) -> Catalog:
    text = (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").read_bytes()
    return read_po(BytesIO(text), locale=language)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language):
    known = {m.id[0] if isinstance(m.id, tuple) else m.id: m for m in catalogue(language) if m.id}

    missing = {text for text in source_messages() if text not in known}
    unfinished = {ident for ident, m in known.items() if m.fuzzy or not all(m.string if m.pluralizable else [m.string])}

    assert (missing, unfinished) == (set(), set())


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_is_gone(language):
    texts = source_messages()

    assert [m.id for m in catalogue(language) if m.id and (m.id[0] if m.pluralizable else m.id) not in texts] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_kept(language):
    wrong = []
    for message in catalogue(language):
        if not message.id:
            continue
        singular = message.id[-1] if message.pluralizable else message.id
        strings = message.string if message.pluralizable else [message.string]
        wanted = sorted(PLACEHOLDER.findall(singular))
        wrong += [text for text in strings if sorted(PLACEHOLDER.findall(text)) != wanted]

    assert wrong == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "uk",
            {1: "1 тема шукає місце", 2: "2 теми шукають місце", 5: "5 тем шукають місце", 21: "21 тема шукає місце"},
        ),
        ("de", {1: "1 Thema sucht einen Ort", 2: "2 Themen suchen einen Ort"}),
        ("ru", {1: "1 тема ищет место", 3: "3 темы ищут место", 11: "11 тем ищут место"}),
        ("en", {1: "1 topic is looking for a place", 2: "2 topics are looking for a place"}),
    ],
)
def test_plurals_are_right(any_app, language, expected):
    one, many = "%(num)d topic is looking for a place", "%(num)d topics are looking for a place"
    with any_app.test_request_context(), force_locale(language):
        assert {number: ngettext(one, many, number) for number in expected} == expected


def test_the_test_would_notice_a_missing_text():
    assert "Take a seat in the circle" in source_messages()
    assert len(source_messages()) > 250
