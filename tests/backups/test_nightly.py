"""The backup of every night: when it is made, what becomes of older ones, and what happens when it fails."""

import logging
import os
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from openspace import clock
from openspace.backups import nightly
from openspace.backups.archive import Archive
from openspace.backups.rules import kept
from openspace.extensions import db
from openspace.jobs.models import Job, State
from openspace.jobs.worker import SOON, Worker
from openspace.store import transactions
from tests.backups.conftest import furnish

TODAY = date(2026, 6, 4)


def test_the_last_seven_and_the_last_of_each_of_four_weeks_are_kept():
    days = [TODAY - timedelta(days=number) for number in range(60)]

    week_before_last, third = date(2026, 5, 24), date(2026, 5, 17)
    assert kept(days) == {*days[:7], date(2026, 5, 31), week_before_last, third}
    assert kept([]) == set()


def test_after_a_month_without_backups_the_old_ones_are_still_there():
    assert kept([date(2026, 1, 5), date(2026, 1, 6), TODAY]) == {date(2026, 1, 5), date(2026, 1, 6), TODAY}


def test_rotation_ends_where_it_always_ends_and_touches_nothing_else(tmp_path):
    (tmp_path / "openspace-2020-01-01.zip.copy").touch()
    (tmp_path / "notes.txt").touch()
    begun = tmp_path / ".openspace-2020-01-01.zip.x7"
    begun.mkdir()
    os.utime(begun, (0, 0))
    (tmp_path / ".openspace-2026-06-04.zip.y8").mkdir()
    for number in range(80):
        (tmp_path / f"openspace-{TODAY + timedelta(days=number)}.zip").touch()
        nightly.rotate(tmp_path)

    last = date(2026, 8, 22)
    names = (
        {path.name for path in tmp_path.iterdir()}
        - {"openspace-2020-01-01.zip.copy", "notes.txt"}
        - {".openspace-2026-06-04.zip.y8"}
    )
    sundays = {date(2026, 8, 9), date(2026, 8, 2)}
    assert {date.fromisoformat(name[10:20]) for name in names} == {last - timedelta(days=n) for n in range(7)} | sundays


@pytest.fixture
def night(install, tmp_path):
    """An installation with nightly backups, its clock at four in the morning of the machine."""
    app = furnish(install("house", BACKUPS=str(tmp_path / "backups"), JOBS_PAUSE=0.01)).app
    clock.held = datetime(2026, 6, 4, 4).astimezone().astimezone(UTC)
    return app


def jobs(app) -> list[State]:
    with app.app_context():
        return list(db.session.scalars(db.select(Job.state).where(Job.kind == nightly.NIGHTLY).order_by(Job.id)))


def look(app) -> list[State]:
    """What the server does every hour."""
    with app.app_context(), transactions.writing():
        nightly.enqueue_if_due()
    return jobs(app)


def set_state(app, state: State) -> None:
    with app.app_context(), transactions.writing():
        db.session.execute(db.update(Job).where(Job.kind == nightly.NIGHTLY).values(state=state, ended_at=clock.now()))


def test_one_is_made_each_night_and_one_that_failed_is_tried_again(night):
    assert look(night) == [State.WAITING]
    assert look(night) == [State.WAITING], "it waits already"
    set_state(night, State.FAILED)
    assert look(night) == [State.FAILED, State.WAITING]
    set_state(night, State.DONE)
    clock.held += timedelta(hours=22, minutes=50)
    assert len(look(night)) == 2, "it is not 3 o'clock yet"
    clock.held += timedelta(minutes=20)
    assert len(look(night)) == 3


def metric(app, name: str) -> float:
    lines = app.test_client().get("/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def work(app) -> None:
    deadline = time.monotonic() + 60
    # It goes when it has had nothing to do for a moment, which on a busy machine may come in between.
    while jobs(app)[-1] in {State.WAITING, State.RUNNING}:
        assert time.monotonic() < deadline
        Worker(app, idle=SOON).run()


def test_the_worker_makes_it_and_metrics_say_when(night, tmp_path):
    look(night)

    work(night)

    assert jobs(night) == [State.DONE]
    (made,) = (tmp_path / "backups").iterdir()
    assert made.name == "openspace-2026-06-04.zip"
    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700
    Archive(made).check()
    assert metric(night, "openspace_last_backup_timestamp_seconds") == clock.now().timestamp()


def test_a_failure_is_logged_and_counted_and_leaves_the_older_ones(night, tmp_path, capfd):
    folder = tmp_path / "backups"
    folder.mkdir()
    # It waits for the second attempt, so time has to pass.
    clock.held = None
    today = datetime.now().astimezone().date()
    for number in range(20):
        (folder / f"openspace-{today - timedelta(days=number)}.zip").mkdir()
    look(night)
    # As the command `worker` does: what the children log goes to standard error.
    handler = logging.StreamHandler()
    logging.getLogger().addHandler(handler)

    work(night)

    logging.getLogger().removeHandler(handler)
    assert jobs(night) == [State.FAILED]
    assert len(list(folder.iterdir())) == 20
    assert "is a folder" in capfd.readouterr().err
    assert metric(night, 'openspace_jobs{state="failed"}') == 2, "with the one of full.py, which nobody knows"
