"""Rounds of dots: who may give what and when, whose choice counts, and what is left in the end."""

from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from openspace import clock
from openspace.access import actions as access, merging
from openspace.convergence import actions
from openspace.convergence.actions import (
    AnotherState,
    NotOpen,
    NoTopics,
    Overtaken,
    RoundRuns,
    TimeIsUp,
    TooManyDots,
)
from openspace.convergence.changes import GIVEN, ROUND
from openspace.convergence.models import DOTS, DotTopic, SealedDots, State, givers_of, round_of
from openspace.extensions import db
from openspace.live import log
from openspace.store import sqlite
from openspace.web.errors import NotAllowed, Stale
from tests.conftest import MOMENT
from tests.convergence.rounds import PLAN, Circle, later


@pytest.fixture
def circle(inside) -> Circle:
    return Circle()


def test_dots_are_counted_once_when_the_time_is_up(circle):
    circle.start()
    circle.give(0, {1: 3, 2: 2})
    circle.give(1, {1: 1})
    circle.give(1, {2: 1})
    circle.give(2, {})

    circle.wait(5 * 60)
    assert (circle.round.state, circle.counts()) == (State.COUNTING, {1: 0, 2: 0, 3: 0, 4: 0})
    circle.wait(2)

    assert (circle.round.state, circle.counts()) == (State.OVER, {1: 3, 2: 3, 3: 0, 4: 0})
    assert (circle.round.givers, circle.round.dots, circle.round.unreadable) == (2, 6, 0)
    counted_at = circle.round.counted_at
    circle.wait(60)
    assert (circle.round.counted_at, circle.round.dots) == (counted_at, 6)


def test_what_single_people_gave_is_destroyed_with_what_opened_it(circle):
    circle.start()
    circle.give(0, {1: 3})
    assert db.session.query(SealedDots).count() == 1

    circle.wait(400)

    assert (db.session.query(SealedDots).count(), circle.round.salt) == (0, "")


@pytest.mark.parametrize("seconds", [0, 299.9, 301.9])
def test_dots_that_arrive_within_the_window_and_a_moment_after_it_count(circle, seconds):
    circle.start()
    later(seconds)

    circle.give(0, {1: 1})

    circle.wait(400)
    assert circle.counts()[1] == 1


def test_dots_that_arrive_later_or_earlier_are_refused(circle):
    with pytest.raises(NotOpen):
        circle.give(0, {1: 1})
    circle.start()
    later(302)

    with pytest.raises(TimeIsUp):
        circle.give(0, {1: 1})
    circle.wait(0)
    with pytest.raises(TimeIsUp):
        circle.give(0, {1: 1})
    circle.prepare()
    circle.start()
    with pytest.raises(TimeIsUp):
        circle.give(0, {1: 1}, number=1)
    assert circle.round.number == 2


def test_dots_for_a_round_to_come_are_refused(circle):
    circle.start()

    with pytest.raises(NotOpen):
        circle.give(0, {1: 1}, number=7)


@pytest.mark.parametrize(
    ("dots", "is_stacked"), [({1: 6}, True), ({1: 3, 2: 3}, True), ({1: 2}, False), ({1: -1}, True)]
)
def test_more_dots_than_one_has_are_refused(circle, dots, is_stacked):
    circle.prepare(PLAN._replace(is_stacked=is_stacked))
    circle.start()

    with pytest.raises(TooManyDots):
        circle.give(0, dots)


def test_dots_for_a_topic_of_no_round_are_refused(circle):
    circle.start()

    with pytest.raises(Stale):
        circle.give(0, {99: 1})


def test_of_two_phones_the_later_choice_counts_whatever_comes_first(circle):
    circle.start()
    earlier, present = int(MOMENT.timestamp() * 1000) - 5000, int(MOMENT.timestamp() * 1000) - 4000

    circle.give(0, {1: 5}, version=present)
    with pytest.raises(Overtaken) as refused:
        circle.give(0, {2: 5}, version=earlier)

    assert refused.value.facts == {"round": 1, "version": present, "chosen": {1: 5}}
    circle.give(0, {3: 1}, version=present + 1)
    circle.give(0, {3: 1}, version=present + 1)
    circle.wait(400)
    assert circle.counts() == {1: 0, 2: 0, 3: 1, 4: 0}


def test_a_phone_whose_clock_is_ahead_does_not_lock_the_other_one_out(circle):
    circle.start()
    circle.give(0, {1: 1}, version=10**15)
    later(1)

    circle.give(0, {2: 1}, version=int(clock.now().timestamp() * 1000))

    circle.wait(400)
    assert circle.counts()[2] == 1


def test_a_form_without_a_version_always_counts(circle):
    circle.start()
    circle.give(0, {1: 1}, version=10**15)

    circle.give(0, {2: 1})

    assert actions.own_choice(circle.round, circle.people[0].id).dots == (0, 1, 0, 0)


def test_prolonged_it_takes_dots_until_the_new_end(circle):
    circle.start()
    later(301)
    seen = int(circle.round.ends_at.timestamp())

    actions.prolong(circle.round, 1, seen=seen, by=circle.facilitator)

    circle.wait(0)
    assert circle.round.state is State.OPEN
    with pytest.raises(AnotherState):
        actions.prolong(circle.round, 1, seen=seen, by=circle.facilitator)
    later(59)
    circle.give(0, {1: 1})
    circle.wait(4)
    assert (circle.round.state, circle.counts()[1]) == (State.OVER, 1)
    with pytest.raises(AnotherState):
        actions.prolong(circle.round, 1, seen=int(circle.round.ends_at.timestamp()), by=circle.facilitator)


def test_ended_by_hand_it_is_counted_a_moment_later(circle):
    circle.start()
    later(10)
    circle.give(0, {1: 1})

    actions.end(circle.round, by=circle.facilitator)

    assert circle.round.state is State.COUNTING
    circle.give(1, {1: 1})
    circle.wait(2)
    assert circle.counts()[1] == 2
    actions.end(circle.round, by=circle.facilitator)


def test_a_round_is_prepared_anew_until_it_starts_and_repeated_after_it(circle):
    circle.topics = circle.topics[:2]
    circle.prepare()
    assert (circle.round.number, len(circle.round.topics)) == (1, 2)
    circle.start()
    with pytest.raises(RoundRuns):
        circle.prepare()
    with pytest.raises(AnotherState):
        circle.start()
    circle.wait(400)

    circle.prepare()

    assert (circle.round.number, circle.round.state) == (2, State.READING)


def test_only_facilitators_steer_and_a_round_needs_topics(circle):
    by = circle.people[0]
    for steer in (
        lambda: actions.prepare(circle.event, PLAN, circle.topics, by=by),
        lambda: actions.start(circle.round, by=by),
        lambda: actions.prolong(circle.round, 1, seen=0, by=by),
        lambda: actions.end(circle.round, by=by),
    ):
        with pytest.raises(NotAllowed):
            steer()
    with pytest.raises(NoTopics):
        actions.prepare(circle.event, PLAN, [], by=circle.facilitator)
    with pytest.raises(AnotherState):
        actions.end(circle.round, by=circle.facilitator)


def test_the_log_hears_that_somebody_has_given_and_no_more(circle):
    circle.start()
    since = log.revision(circle.event.id, DOTS)

    circle.give(0, {1: 1})
    after_first = log.revision(circle.event.id, DOTS)
    circle.give(0, {1: 2})

    assert log.subjects_since(circle.event.id, DOTS, since).names == [GIVEN]
    assert log.revision(circle.event.id, DOTS) == after_first
    circle.wait(400)
    assert log.subjects_since(circle.event.id, DOTS, after_first).names == [ROUND]


def test_whoever_leaves_gives_nothing(circle):
    circle.start()
    circle.give(0, {1: 1})
    circle.give(1, {1: 1})

    access.leave(circle.people[1])

    assert givers_of(circle.round) == 1
    circle.wait(400)
    assert circle.counts()[1] == 1


def test_of_two_members_who_are_one_person_the_later_choice_counts(circle):
    circle.start()
    circle.give(0, {1: 5}, version=10)
    circle.give(1, {2: 5}, version=20)

    merging.merge(circle.people[0], circle.people[1])

    assert givers_of(circle.round) == 1
    circle.wait(400)
    assert circle.counts() == {1: 0, 2: 5, 3: 0, 4: 0}


def test_after_another_secret_key_the_round_still_ends_and_says_what_is_lost(circle, monkeypatch):
    circle.start()
    circle.give(0, {1: 1})
    monkeypatch.setitem(inside_config(), "SECRET_KEY", "another one")
    circle.give(1, {2: 1})

    circle.wait(400)

    assert (circle.round.state, circle.counts()[2], circle.round.unreadable) == (State.OVER, 1, 1)


def inside_config():
    from flask import current_app

    return current_app.config


DOTS_GIVEN = st.dictionaries(st.integers(1, 4), st.integers(0, 5), max_size=4).filter(
    lambda dots: sum(dots.values()) <= 5
)
TAPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 400), DOTS_GIVEN), max_size=25)


@given(taps=TAPS, data=st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_the_order_each_persons_latest_choice_counts(an_app, taps, data):
    """Sent in any order and several times, by any phone, while the window is prolonged."""
    clock.held = MOMENT
    sent = data.draw(st.permutations(taps + taps[:5]))
    prolonged = data.draw(st.integers(0, len(sent)))
    with an_app.test_request_context(), sqlite.writing():
        circle = Circle()
        circle.start()
        later(200)
        base = int(MOMENT.timestamp() * 1000)
        for place, (who, version, dots) in enumerate(sent):
            if place == prolonged:
                seen = int(circle.round.ends_at.timestamp())
                actions.prolong(circle.round, 1, seen=seen, by=circle.facilitator)
            with suppress(Overtaken):
                circle.give(who, dots, version=base + version)
        circle.wait(600)
        counts, givers = circle.counts(), circle.round.givers
        db.session.rollback()
    clock.held = None
    latest = {}
    for who, version, dots in taps:
        choice = (version, tuple(dots.get(number, 0) for number in range(1, 5)))
        latest[who] = max(latest.get(who, choice), choice)
    assert list(counts.values()) == [sum(dots[at] for _, dots in latest.values()) for at in range(4)]
    assert givers == sum(any(dots) for _, dots in latest.values())


def test_a_round_that_was_not_started_is_taken_back(circle):
    taken = circle.round

    with pytest.raises(NotAllowed):
        actions.take_back(taken, by=circle.people[0])
    actions.take_back(taken, by=circle.facilitator)

    assert (round_of(circle.event.id), db.session.query(DotTopic).count()) == (None, 0)
    with pytest.raises(AnotherState):
        actions.start(taken, by=circle.facilitator)
    circle.prepare()
    circle.start()
    with pytest.raises(AnotherState):
        actions.take_back(circle.round, by=circle.facilitator)
