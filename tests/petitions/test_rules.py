"""Whom an arrangement pulls in two directions, against a simple reference; and until when petitions wait."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import NamedTuple

import pytest
from hypothesis import given, strategies as st

from openspace.board.rules import overlap
from openspace.petitions.rules import Kind, clash, fewer_torn, is_over, torn

MORNING = datetime(2026, 6, 4, 8, tzinfo=UTC)


class Span(NamedTuple):
    starts_at: datetime
    ends_at: datetime


def span(start: int, minutes: int = 60) -> Span:
    begins = MORNING + timedelta(minutes=start)
    return Span(begins, begins + timedelta(minutes=minutes))


spans = st.builds(span, st.integers(0, 8).map(lambda n: n * 30), st.sampled_from([30, 60, 90]))
sessions = st.dictionaries(st.integers(0, 5), st.lists(spans, max_size=3), max_size=6)
goings = st.dictionaries(st.integers(0, 4), st.sets(st.integers(0, 5), max_size=5), max_size=5)


def reference(goings, sessions) -> set[int]:
    """Tries out for each pair of topics all sessions that one might choose."""
    found = set()
    for member, topics in goings.items():
        for one, other in combinations(sorted(topics), 2):
            choices = [(a, b) for a in sessions.get(one, []) for b in sessions.get(other, [])]
            possible = [(a, b) for a, b in choices if not overlap(a, b)]
            if choices and not possible:
                found.add(member)
    return found


@given(goings=goings, sessions=sessions)
def test_torn_is_who_cannot_go_to_two_of_their_topics(goings, sessions):
    assert torn(goings, sessions) == reference(goings, sessions)


@given(goings=goings, before=sessions, changed=st.dictionaries(st.integers(0, 5), st.lists(spans, max_size=3)))
def test_fewer_torn_counts_before_against_after(goings, before, changed):
    after = {**before, **changed}

    assert fewer_torn(goings, before, changed) == len(reference(goings, before)) - len(reference(goings, after))


def test_a_repeat_frees_who_was_torn():
    goings, before = {1: [7, 8], 2: [7]}, {7: [span(0)], 8: [span(30)]}

    assert torn(goings, before) == {1}
    assert fewer_torn(goings, before, {7: [span(0), span(120)]}) == 1
    assert fewer_torn(goings, {**before, 7: [span(120)]}, {7: [span(0)]}) == -1


def test_what_hangs_nowhere_clashes_with_nothing():
    assert not clash([], [span(0)])
    assert clash([span(0)], [span(0)])


@pytest.mark.parametrize(
    ("kind", "hangs", "cells", "expected"),
    [
        (Kind.MOVE, [60], [60, 120], False),
        (Kind.MOVE, [], [60, 120], True),
        (Kind.MOVE, [60], [60, -90], True),
        (Kind.MOVE, [-90, 60], [-90, 120], True),
        (Kind.REPEAT, [-90], [60], False),
        (Kind.REPEAT, [60], [-90], True),
        (Kind.REPEAT, [], [60], True),
        (Kind.PROJECTOR, [60], [], False),
        (Kind.PROJECTOR, [-90], [], True),
        (Kind.PROJECTOR, [-90, 60], [], False),
    ],
)
def test_is_over(kind, hangs, cells, expected):
    assert is_over(kind, [span(start) for start in hangs], [span(start) for start in cells], MORNING) is expected


def test_a_session_that_goes_on_is_not_over():
    assert not is_over(Kind.MOVE, [span(-30)], [span(-30), span(60)], MORNING)
