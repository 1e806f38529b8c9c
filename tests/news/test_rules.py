"""What the news tell of notes: plain words, no longer than can be read in passing."""

import pytest
from hypothesis import given, strategies as st

from openspace.news.rules import LONGEST, in_time, newest_first, opening, size
from openspace.web.markdown import text_of
from tests.conftest import MOMENT


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**Двері** важкі.", "Двері важкі."),
        ("# Рішення\n\n- перше\n- друге", "Рішення перше друге"),
        ("[сайт громади](https://example.org) і `код`", "сайт громади і код"),
        ("| Хто | Що |\n| --- | --- |\n| Олена | двері |", "Хто Що Олена двері"),
        ("<script>alert(1)</script> <b>так</b>", "<script>alert(1)</script> <b>так</b>"),
        ("рядок\nза рядком", "рядок за рядком"),
        ("شكرا *جزيلا* 🎉", "شكرا جزيلا 🎉"),
        ("---", ""),
    ],
)
def test_words_of_markdown_stand_without_its_signs(markdown, words):
    assert text_of(markdown) == words


def test_opening_is_as_many_whole_sentences_as_fit():
    first, second = "Спочатку бюджет, тоді слова.", "Ми двічі переписали мету."

    assert opening(f"{first} {second}") == f"{first} {second}"
    assert opening(f"{first} {'Дуже ' * 60}довге.") == first


def test_opening_of_a_long_sentence_ends_between_words():
    assert opening("слово, " * 60) == "слово, " * 27 + "слово…"


@given(st.text(max_size=600))
def test_opening_is_never_longer_than_it_may_be(text):
    assert len(opening(text)) <= LONGEST + 1


def test_orders_are_by_time_and_then_unlike():
    later = MOMENT.replace(hour=9)

    assert newest_first(later, 1) < newest_first(MOMENT, 1) != newest_first(MOMENT, 2)
    assert in_time(MOMENT, 2) < in_time(MOMENT, 14) < in_time(later, 1)


def test_long_titles_stand_smaller():
    assert [size("т" * length) for length in (45, 46, 80, 81)] == [0, 1, 1, 2]
