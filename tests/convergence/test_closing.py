"""Rounds are counted when their time is up: each for itself, and not before what arrived in time is stored."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from openspace.convergence import changes, closing
from openspace.convergence.models import DotRound, round_of
from openspace.extensions import db
from openspace.jobs import periodic
from openspace.live import log
from openspace.store import transactions
from openspace.web import arrivals
from tests.conftest import MOMENT
from tests.convergence.rounds import Circle, close, later, opened


def test_rounds_that_end_together_are_counted_each_for_itself_in_the_order_of_their_events(app, monkeypatch):
    with app.test_request_context(), transactions.writing():
        circles = [Circle(), Circle()]
        events = [circle.event.id for circle in circles]
        # Of the later event the round is the older one.
        db.session.delete(circles[0].round)
        db.session.flush()
        circles[0].prepare()
        for circle in circles:
            circle.start()
    later(400)
    moved, said = changes.moved, []

    def fail_first(event_id: int) -> None:
        said.append(event_id)
        if event_id == events[0]:
            raise ValueError("a mistake")
        moved(event_id)

    monkeypatch.setattr(changes, "moved", fail_first)
    periodic.run_each(app, closing.close, closing.due)

    assert said == events
    with app.app_context():
        counted = db.session.scalars(db.select(DotRound.event_id).where(DotRound.counted_at.is_not(None)))
        assert list(counted) == events[1:]


@contextmanager
def dots_behind_a_lock(hall):
    """Within the block a member's dots are in the server's hands and wait for the lock; yields the answers to come."""
    answers = []
    client, sent = hall.ask("participant"), {"round": 1, "topic-1": 2}
    address, headers = hall.url("dots/choice"), {"Accept": "application/json"}
    giving = threading.Thread(target=lambda: answers.append(client.put(address, data=sent, headers=headers)))
    with hall.app.test_request_context(), transactions.writing():
        log.claim(hall.id)
        round_of(hall.id)
        giving.start()
        while not arrivals.is_any_before(MOMENT + timedelta(days=1)):
            giving.join(0.01)
        yield answers
    giving.join()


def test_dots_that_arrived_in_time_count_however_long_they_wait_for_the_lock(hall):
    opened(hall)
    later(301)

    with dots_behind_a_lock(hall) as answers:
        later(8)
        assert closing.due() == []

    assert answers[0].status_code == 204
    with hall.app.app_context():
        assert closing.due() == [hall.id]
    close(hall)
    with hall.app.app_context():
        assert round_of(hall.id).dots == 2


@pytest.mark.parametrize(("before", "after"), [(301, 11), (302, 0)])
def test_the_count_waits_neither_for_ever_nor_for_what_came_too_late(hall, before, after):
    opened(hall)
    later(before)

    with dots_behind_a_lock(hall):
        later(after)
        assert closing.due() == [hall.id]
        closing.close(hall.id)

    with hall.app.app_context():
        assert round_of(hall.id).dots == 0


def test_dots_that_came_too_late_are_refused_though_the_count_is_still_to_come(hall):
    opened(hall)
    later(302)

    with dots_behind_a_lock(hall) as answers:
        pass

    assert answers[0].status_code == 409
    assert not arrivals.is_any_before(MOMENT + timedelta(days=1))
