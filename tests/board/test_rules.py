"""The rules of the board, without any database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from openspace.board.rules import (
    CellKey,
    Spot,
    chairs_drawn,
    clashes,
    is_full,
    minutes_left,
    nearest_free,
    next_span,
    phase,
    share_left,
)

NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    starts_at: datetime
    ends_at: datetime


def span(start: int, end: int) -> Span:
    return Span(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


def test_phase_follows_the_clock():
    slots = [span(-60, 0), span(-1, 59), span(60, 120), span(120, 180)]
    following = next_span(slots, NOON)

    assert [phase(slot, NOON, following) for slot in slots] == ["past", "now", "next", "later"]


@pytest.mark.parametrize(
    ("going", "chairs", "drawn"), [(0, 40, 0), (1, 40, 1), (20, 40, 6), (40, 40, 12), (70, 40, 12), (3, 2, 12)]
)
def test_chairs_drawn_is_a_share_of_twelve(going, chairs, drawn):
    assert chairs_drawn(going, chairs) == drawn


def test_is_full_from_the_last_chair_on():
    assert [is_full(n, 24) for n in (23, 24, 25)] == [False, True, True]


def test_nearest_free_prefers_the_time_then_the_place():
    wanted = Spot("", NOON, 2)
    hour = timedelta(hours=1)
    free = [
        Spot("a", NOON + hour, 2),
        Spot("b", NOON, 6),
        Spot("c", NOON, 4),
        Spot("d", NOON - hour, 2),
        Spot("e", NOON + 2 * hour, 1),
    ]

    assert [spot.key for spot in nearest_free(wanted, free)] == ["c", "b", "a"]


def test_clashes_names_both_and_lets_neighbours_be():
    assert clashes([span(0, 60), span(30, 90), span(90, 120)]) == {0, 1}


def test_minutes_and_share_left_count_the_running_one():
    slot = span(-24, 36)

    assert minutes_left(slot, NOON) == 36
    assert share_left(slot, NOON) == 8
    assert share_left(slot, NOON + timedelta(hours=2)) == 0


def test_cell_key_is_read_from_its_own_text_alone():
    key = CellKey(31, 7)

    assert (key, CellKey.parse("31-7"), key.slot_id, key.space_id) == ("31-7", key, 31, 7)
    assert [
        CellKey.parse(text) for text in ("", "31", "31-", "-7", "31-7-1", " 31-7", "31-7\n", "٣-7", "1234567890-1")
    ] == [None] * 9
