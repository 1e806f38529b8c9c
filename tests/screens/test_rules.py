"""What a screen shows, when it is alive, and when the bowl rings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from openspace.screens.rules import is_alive, rings, shown

MOMENT = datetime(2026, 6, 4, 9, 0, tzinfo=UTC)


@dataclass
class Span:
    starts_at: datetime
    ends_at: datetime


def span(starts: int, ends: int) -> Span:
    """A span from so many to so many minutes after the moment."""
    return Span(MOMENT + timedelta(minutes=starts), MOMENT + timedelta(minutes=ends))


def in_minutes(spans: list[Span], moment: int = 0) -> list[tuple[float, int]]:
    """When the bowl rings, in minutes after the moment, and what it says."""
    found = rings(spans, MOMENT + timedelta(minutes=moment))
    return [((ring.at - MOMENT).total_seconds() / 60, ring.minutes) for ring in found]


@pytest.mark.parametrize(("seconds", "expected"), [(0, True), (15, True), (15.1, False), (3600, False)])
def test_a_screen_is_silent_after_three_beats_in_vain(seconds, expected):
    assert is_alive(MOMENT, MOMENT + timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("chosen", "home", "usual", "expected"),
    [
        ("", "board", "board", "board"),
        ("", "board", "market", "market"),
        ("", "stories", "market", "stories"),
        ("clock", "stories", "market", "clock"),
        ("board", "stories", "market", "board"),
    ],
)
def test_a_choice_comes_before_the_address_and_that_before_the_usual(chosen, home, usual, expected):
    assert shown(chosen, home, usual, "board") == expected


def test_the_bowl_rings_10_and_5_minutes_before_the_end_and_at_the_end():
    assert in_minutes([span(-30, 30)]) == [(20, 10), (25, 5), (30, 0)]


def test_the_bowl_does_not_ring_again_what_has_been():
    assert in_minutes([span(-30, 30)], moment=25) == [(25, 5), (30, 0)]
    assert in_minutes([span(-30, 30)], moment=26) == [(30, 0)]
    assert in_minutes([span(-30, 30)], moment=31) == []


def test_the_bowl_does_not_ring_at_the_start_of_a_short_slot_or_before():
    assert in_minutes([span(1, 11)]) == [(6, 5), (11, 0)]
    assert in_minutes([span(1, 5)]) == [(5, 0)]


def test_of_two_reasons_at_one_moment_the_nearer_end_counts():
    assert in_minutes([span(-30, 30), span(0, 35), span(35, 60)]) == [
        (20, 10),
        (25, 5),
        (30, 0),
        (35, 0),
        (50, 10),
        (55, 5),
        (60, 0),
    ]
