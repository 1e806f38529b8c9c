import math

import pytest
from hypothesis import given, strategies as st

from openspace.convergence.rules import heap, is_allowed, ranked


@pytest.mark.parametrize(
    ("dots", "is_stacked", "allowed"),
    [
        ([5, 0], True, True),
        ([5, 1], True, False),
        ([6], True, False),
        ([2, 0], False, False),
        ([1, 1, 1], False, True),
        ([-1, 2], True, False),
        ([], True, True),
    ],
)
def test_one_person_gives_no_more_than_they_have(dots, is_stacked, allowed):
    assert is_allowed(dots, per_person=5, is_stacked=is_stacked) == allowed


def test_ties_share_a_rank_and_all_of_them_go_on():
    found = ranked({1: 3, 2: 7, 3: 3, 4: 1, 5: 0}, going_on=2)

    assert [(each.number, each.rank, each.is_tied, each.goes_on) for each in found] == [
        (2, 1, False, True),
        (1, 2, True, True),
        (3, 2, True, True),
        (4, 4, False, False),
        (5, 5, False, False),
    ]


def test_without_dots_nothing_goes_on():
    assert [each.goes_on for each in ranked({1: 0, 2: 0}, going_on=5)] == [False, False]
    assert ranked({}, going_on=5) == []


@given(st.dictionaries(st.integers(1, 50), st.integers(0, 9), min_size=1), st.integers(1, 12))
def test_no_topic_that_stays_has_as_many_dots_as_one_that_goes_on(dots, going_on):
    found = ranked(dots, going_on=going_on)

    on, off = [[each.dots for each in found if each.goes_on is goes_on] for goes_on in (True, False)]
    assert min(on, default=99) > max(off, default=0) or max(off) == 0
    assert len(on) >= min(going_on, sum(each > 0 for each in dots.values()))


def test_dots_of_a_heap_do_not_cover_each_other():
    centres = heap(200)

    apart = [math.dist(one, other) for at, one in enumerate(centres) for other in centres[:at]]
    assert min(apart) > 4
