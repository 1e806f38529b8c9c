"""In which language an announcement is read, until when it is seen, and how large it stands on a screen."""

from datetime import UTC, date, datetime, time

import pytest

from openspace.announcements.rules import LONGEST, SHORT, SIZES, end_at, mark_of, read_in, size_of

WORDS = {"uk": "Обід пізніше", "en": "Lunch is later"}


@pytest.mark.parametrize(("language", "read"), [("uk", "uk"), ("en", "en"), ("de", "uk"), ("xx", "uk")])
def test_a_reader_gets_their_own_language_else_the_first(language, read):
    assert read_in(WORDS, language) == (read, WORDS[read])


def test_a_mark_differs_when_the_words_do():
    assert mark_of(WORDS) == mark_of(dict(reversed(WORDS.items())))
    assert len({mark_of(WORDS), mark_of({"uk": "Обід"}), mark_of({**WORDS, "de": "Später"})}) == 3
    assert all(letter in "0123456789abcdef" for letter in mark_of(WORDS))


DAY = date(2026, 6, 4)
# 11:54 and 23:30 in Kyiv.
NOON, NIGHT = datetime(2026, 6, 4, 8, 54, tzinfo=UTC), datetime(2026, 6, 4, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "moment", "expected"),
    [
        (time(11, 55), NOON, datetime(2026, 6, 4, 8, 55, tzinfo=UTC)),
        (time(18, 30), NOON, datetime(2026, 6, 4, 15, 30, tzinfo=UTC)),
        (time(11, 54), NOON, None),
        (time(9), NOON, None),
        # The night belongs to the evening before.
        (time(0, 30), NIGHT, datetime(2026, 6, 4, 21, 30, tzinfo=UTC)),
        (time(1), datetime(2026, 6, 4, 21, 30, tzinfo=UTC), datetime(2026, 6, 4, 22, tzinfo=UTC)),
        (time(3), NIGHT, None),
    ],
)
def test_a_typed_end_is_the_next_time_of_this_day_and_its_night(typed, moment, expected):
    assert end_at(typed, DAY, "Europe/Kyiv", moment) == expected


def test_a_typed_end_that_the_clock_leaves_out_is_none():
    assert end_at(time(3, 30), date(2026, 3, 29), "Europe/Kyiv", datetime(2026, 3, 28, 20, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("lengths", "size"),
    [((20,), 0), ((56, 66), 0), ((SHORT,), 0), ((SHORT + 1,), 1), ((SHORT + 1, 20), 1), ((LONGEST,), 1)],
)
def test_short_words_stand_large(lengths, size):
    assert size_of({str(number): "м" * length for number, length in enumerate(lengths)}) == size


def test_more_words_stand_smaller_and_the_longest_on_the_smallest():
    sizes = [size_of({str(number): "м" * LONGEST for number in range(count)}) for count in range(1, 5)]

    assert sizes == sorted(sizes)
    assert sizes[-1] == len(SIZES) - 1
