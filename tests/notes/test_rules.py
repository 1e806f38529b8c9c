"""Cutting text into paragraphs, and merging two changes of one."""

import re

import pytest
from hypothesis import given, strategies as st

from openspace.notes.rules import MOST_MARKED, MOST_MERGED, marked, merged, progress, with_tables

BASE = "Двері важкі. Пандуса нема. Вечір закритий."


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("Двері тугі. Пандуса нема. Вечір закритий.", BASE, "Двері тугі. Пандуса нема. Вечір закритий."),
        (BASE, "Двері важкі. Пандуса нема.", "Двері важкі. Пандуса нема."),
        (
            "Двері тугі. Пандуса нема. Вечір закритий.",
            "Двері важкі. Пандуса нема ніде. Вечір закритий.",
            "Двері тугі. Пандуса нема ніде. Вечір закритий.",
        ),
        (f"{BASE} Мій кінець.", f"Початок. {BASE}", f"Початок. {BASE} Мій кінець."),
        ("", "", ""),
        ("", BASE, ""),
        ("Двері тугі. Пандуса нема. Вечір закритий.", "Двері скрипучі. Пандуса нема. Вечір закритий.", None),
        ("", "Двері тугі. Пандуса нема. Вечір закритий.", None),
        ("Двері тугі. Пандуса нема. Вечір закритий.", "", None),
        (f"{BASE} Мій кінець.", f"{BASE} Їхній кінець.", None),
    ],
)
def test_merged_takes_both_changes_or_says_that_they_clash(mine, theirs, both):
    assert merged(BASE, mine, theirs) == both


SENTENCES = st.lists(st.sampled_from(["А.", "Б!", "В?", "Г…", "Д\n", "Є. є", "Ж"]), max_size=8).map(" ".join)


@given(SENTENCES, SENTENCES, SENTENCES)
def test_a_merge_has_every_sentence_that_one_of_them_added(base, mine, theirs):
    def sentences(text: str) -> set[str]:
        return set(re.findall(r"\w+", text))

    both = merged(base, mine, theirs)

    if both is not None:
        added = (sentences(mine) | sentences(theirs)) - sentences(base)
        assert added <= sentences(both) <= sentences(mine) | sentences(theirs)


def test_what_was_pasted_with_tabs_is_a_table():
    assert with_tables("Громада\tЛюдей\nОзеряни\t24\nСтепова | місто\t\n\nДалі.") == (
        "| Громада | Людей |\n| --- | --- |\n| Озеряни | 24 |\n| Степова \\| місто |  |\n\nДалі."
    )
    assert with_tables("Один\tрядок") == "Один\tрядок"
    assert with_tables("Без\n\nтаблиць") == "Без\n\nтаблиць"


def test_what_would_take_long_is_neither_merged_nor_marked():
    base = "а. " * MOST_MERGED

    assert merged(base, f"{base}Б.", f"В. {base}") is None
    assert marked("а " * MOST_MARKED, "б") == [("а " * MOST_MARKED, False)]


def test_marked_names_the_words_that_the_other_text_lacks():
    assert marked("Важко самій, без помочі.", "Важко самій.") == [("Важко ", False), ("самій, без помочі.", True)]
    assert marked("", "Щось.") == []


@pytest.mark.parametrize(
    ("characters", "extras", "how"), [(0, 0, ""), (30, 0, "some"), (80, 0, "full"), (0, 1, "full"), (30, 1, "full")]
)
def test_a_session_is_written_down_by_three_sentences_or_a_step_or_a_photo(characters, extras, how):
    assert progress(characters, extras) == how


@pytest.mark.parametrize("sign", [".", "!", "а. ", "а", "\n", " "])
def test_a_text_of_one_sign_alone_is_merged_as_any_other(sign):
    # Whatever takes time by the square of the length would not end here.
    assert merged(sign * 20_000, sign * 20_000 + "я", sign * 20_000 + "ю") is None
