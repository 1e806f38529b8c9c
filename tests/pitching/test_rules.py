"""Sizes of titles, entries that come late, and how codes are typed and read. No app."""

from datetime import UTC, datetime, timedelta

import pytest

from openspace.pitching.rules import LATE, began, digits, in_pairs, size

NOW = datetime(2026, 6, 4, 9, 0, tzinfo=UTC)


def ago(seconds: float) -> float:
    return NOW.timestamp() - seconds


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Ветеран приходить у ЦНАП", 0),
        ("Вода і дорога у нашім селі", 0),
        ("Вода і дорога у нашому селі", 1),
        ("Безбарʼєрність", 1),
        ("Грантова заявка за один вечір без консультанта", 2),
        ("", 0),
    ],
)
def test_a_title_has_the_size_of_its_letters_and_words(title, step):
    assert size(title) == step


@pytest.mark.parametrize(
    ("typed_at", "latest", "since"),
    [
        (None, None, 0),
        (ago(4), None, 4),
        (ago(4), NOW - timedelta(seconds=9), 4),
        # Somebody else came to the microphone since.
        (ago(9), NOW - timedelta(seconds=4), None),
        (ago(LATE.total_seconds() + 1), None, None),
        # The phone's clock is ahead, or says nonsense.
        (ago(-3600), None, 0),
        (1e300, None, 0),
        (float("nan"), None, 0),
        (-1e300, None, 0),
    ],
)
def test_who_is_written_down_late_is_not_shown_late(typed_at, latest, since):
    assert began(typed_at, NOW, latest) == (None if since is None else NOW - timedelta(seconds=since))


def test_a_code_is_read_in_pairs_and_typed_anyhow():
    assert in_pairs("582714") == "58 27 14"
    assert [digits(typed) for typed in ("582714", "58 27 14", "58-27-14", "58.27.14")] == ["582714"] * 4
    assert [digits(typed) for typed in ("", "58271", "5827144", "58271x", "٥٨٢٧١٤")] == [""] * 5
