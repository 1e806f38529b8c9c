"""When a call closes, how much time is left, and how lists and the road are read."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from openspace.programmes.rules import Left, Line, Stop, closing, first_of, left, lines, missing, stamp, stops


@pytest.mark.parametrize(
    ("day", "at", "zone", "closes"),
    [
        # 23:59 in Berlin is the next day in Kyiv.
        (date(2026, 12, 31), time(23, 59), "Europe/Berlin", datetime(2026, 12, 31, 22, 59, tzinfo=UTC)),
        # Summer time lies between the call and its deadline.
        (date(2026, 6, 1), time(12), "Europe/Berlin", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        # The hour that comes twice: the later one. The hour that is left out: as long after midnight.
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_call_closes_by_the_clock_of_its_zone(day, at, zone, closes):
    assert closing(day, at, zone) == closes


@pytest.mark.parametrize(
    ("until", "is_left"),
    [
        (timedelta(days=23, hours=8, minutes=5), Left(23, 8, 5)),
        (timedelta(seconds=59), Left(0, 0, 0)),
        (timedelta(days=-1), Left(0, 0, 0)),
    ],
)
def test_what_is_left(until, is_left):
    moment = datetime(2026, 12, 1, tzinfo=UTC)

    assert left(moment + until, moment) == is_left


def test_a_list_has_an_item_on_each_line():
    text = "Міська влада: мери: й адміністрації\n\n  Товариства \nо 12:30"

    assert lines(text) == [Line("Міська влада", "мери: й адміністрації"), Line("Товариства"), Line("о 12:30")]


def test_the_road_has_a_stop_in_each_paragraph():
    text = "Старт\r\nдома\r\nДивимося.\r\nСлухаємо.\r\n\r\n\r\nЗустріч"

    assert stops(text) == [Stop("Старт", "дома", "Дивимося. Слухаємо."), Stop("Зустріч", "", "")]


def test_what_is_missing_and_in_which_language_it_is_shown():
    assert missing({"title": "T", "lead": " ", "who": "w", "gets": "g", "steps": "s"}) == ["lead", "declaration"]
    assert first_of(["uk", "de"], "de", ["uk", "de"]) == "de"
    assert first_of(["uk", "de"], "en", ["de", "uk"]) == "uk"
    assert first_of(["uk", "de"], "en", ["de"]) == "de"
    assert first_of(["uk"], "uk", []) == ""


def test_the_stamp_is_that_of_the_words_alone():
    assert stamp({"a": "1", "b": "2"}) == stamp({"b": "2", "a": "1"}) != stamp({"a": "1", "b": "3"})
