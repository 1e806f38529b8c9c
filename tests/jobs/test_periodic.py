"""Periodic tasks run once for all processes, whatever their clocks do."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from openspace import clock
from openspace.extensions import db
from openspace.jobs import periodic
from openspace.jobs.models import PeriodicRun
from tests.conftest import MOMENT
from tests.forks import Forked

HOUR = 3600.0


@pytest.fixture
def runs(inside):
    """What the work has done so far."""
    return []


def take_turn(runs: list, app) -> None:
    periodic.run(app, lambda: periodic.take_turn("tidy", lambda: runs.append(clock.now()), every=HOUR))


def test_a_task_runs_once_in_its_period(inside, runs):
    for minutes in (0, 1, 50, 60, 61, 119, 121):
        clock.held = MOMENT + timedelta(minutes=minutes)
        take_turn(runs, inside)

    assert [(moment - MOMENT).seconds // 60 for moment in runs] == [0, 60, 119]


@pytest.mark.parametrize(("hours", "times"), [(5, 2), (-5, 2), (-0.5, 1)])
def test_a_clock_that_is_set_neither_stops_a_task_nor_lets_it_run_again_and_again(inside, runs, hours, times):
    take_turn(runs, inside)
    clock.held = MOMENT + timedelta(hours=hours)

    for _ in range(3):
        take_turn(runs, inside)

    assert len(runs) == times


def test_tasks_have_turns_of_their_own(inside, runs):
    take_turn(runs, inside)

    periodic.run(inside, lambda: periodic.take_turn("other", lambda: runs.append("other"), every=HOUR))

    assert runs[1:] == ["other"]


@pytest.mark.parametrize("error", [RuntimeError("a mistake"), OperationalError("SELECT", {}, Exception("away"))])
def test_a_run_that_fails_counts_as_none(inside, runs, error):
    def fail() -> None:
        db.session.execute(text("UPDATE periodic_run SET name = 'changed'"))
        raise error

    periodic.run(inside, lambda: periodic.take_turn("tidy", fail, every=HOUR))
    assert db.session.query(PeriodicRun).count() == 0
    db.session.rollback()

    take_turn(runs, inside)
    assert len(runs) == 1


def test_of_several_processes_that_begin_at_once_one_runs_it(crew):
    settings = {"DATA": str(crew.app.config["DATA"])}
    settings["SQLALCHEMY_DATABASE_URI"] = crew.app.config["SQLALCHEMY_DATABASE_URI"]
    processes = [Forked("tests.jobs.turn", json.dumps(settings)) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"

    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()

    assert [process.wait(20) for process in processes] == [0] * 4
    assert crew.ledger() == [1]
