"""The fonts: each character in one file, none missing of which our texts are made, and each file as small as that."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tools.cut_fonts import STATIC, characters, faces

TOP = Path(__file__).parent.parent
TEXTS = [*TOP.glob("openspace/translations/*/LC_MESSAGES/*.po"), *TOP.glob("openspace/demo/*.json")]
# Arrows and dots that the developers' comments hold, and pictures that stand for themselves.
NAMES = (
    "Łódź Zażółć gęślą jaźń Žižek Nuñez Øyvind Åsa Çelik Şafak Ştefănescu Ķemeri Győző Őri Þór Ğül İnci Ҡазан Әлия Ғани"
)


def test_font_faces_stand_in_one_sheet_and_each_file_in_one_face():
    others = [
        path.name for path in STATIC.rglob("*.css") if "@font-face" in path.read_text() and path.name != "fonts.css"
    ]

    assert others == []
    assert sorted(face.name for face in faces()) == sorted(path.name for path in (STATIC / "fonts").glob("*.woff2"))


def test_a_character_is_fetched_in_one_file():
    ranges = Counter(character for face in faces() for character in face.range)

    assert [chr(character) for character, times in ranges.items() if times > 1] == []


@pytest.mark.parametrize("face", faces(), ids=lambda face: face.name)
def test_a_file_holds_what_its_range_promises_and_no_more(face):
    held = characters(STATIC / "fonts" / face.name)

    assert face.drawn - held == set()
    assert held - face.range == set()


def test_our_texts_and_names_of_europe_stand_in_our_own_letters():
    text = "".join(path.read_text() for path in TEXTS) + NAMES
    letters = {character for character in unicodedata.normalize("NFC", text) if character.isalnum()}
    ranges = {chr(character) for face in faces() for character in face.range}

    assert letters - ranges == set()
