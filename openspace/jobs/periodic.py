"""Periodic tasks: light work that serving processes do again and again beside requests, such as deleting what is old.

They run in the server itself and start no worker. What is heavy is a job, which a periodic task can enqueue.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from openspace.clock import now
from openspace.extensions import UtcDateTime, db, socketio
from openspace.store import transactions
from openspace.web.errors import Busy

Work = Callable[[], object]

# As SQL, for both databases say it in these words. Another process that asks at the same moment waits for the row, and
# then finds it taken, unless the work failed. A run in the future was noted before a clock was set back.
_TURN = text(
    "INSERT INTO periodic_run (name, at) VALUES (:name, :moment) "
    "ON CONFLICT (name) DO UPDATE SET at = :moment WHERE periodic_run.at <= :due OR periodic_run.at > :ahead"
).bindparams(*(bindparam(name, type_=UtcDateTime) for name in ("moment", "due", "ahead")))


def in_each_process(app: Flask, work: Work, *, every: float) -> None:
    """Run `work` in a transaction of its own every so many seconds, in this process as in each other."""
    socketio.start_background_task(_repeat, lambda: run(app, work), every)


def for_each(app: Flask, work: Callable[[int], object], due: Callable[[], Sequence[int]], *, every: float) -> None:
    """Every so many seconds, in each process, run `work` for whatever is `due`, by its id.

    Each has a transaction of its own, so that none waits for another, or fails with it. `due` is asked outside of them.
    """
    socketio.start_background_task(_repeat, lambda: run_each(app, work, due), every)


def once_for_all(app: Flask, name: str, work: Work, *, every: float) -> None:
    """Run `work` in a transaction of its own every so many seconds, in whichever process comes first.

    The `name` stands for the work in the database, over restarts and upgrades.
    """
    in_each_process(app, lambda: take_turn(name, work, every=every), every=every)


def take_turn(name: str, work: Work, *, every: float) -> None:
    """Run `work` within the running transaction, unless some process ran it within about the last `every` seconds."""
    moment, period = now(), timedelta(seconds=every)
    # A little less than the period, for the processes' clocks and timers are not exact.
    turn = {"name": name, "moment": moment, "due": moment - period * 0.9, "ahead": moment + period}
    if db.session.connection().execute(_TURN, turn).rowcount:
        work()


def run(app: Flask, work: Work) -> None:
    """Run `work` once and commit. Whatever goes wrong is logged, and tried again at the next time."""
    with app.app_context(), _survived(app), transactions.writing():
        work()


@contextmanager
def _survived(app: Flask) -> Iterator[None]:
    """Log whatever goes wrong, for a mistake in one run must not end all later ones."""
    try:
        yield
    except (SQLAlchemyError, Busy) as error:
        app.logger.warning("periodic: the database is away, trying again: %s", error)
    except Exception:
        app.logger.exception("periodic: a task failed")


def run_each(app: Flask, work: Callable[[int], object], due: Callable[[], Sequence[int]]) -> None:
    """Run `work` once for each id that is `due`, as `run` does."""
    idents: Sequence[int] = ()
    with app.app_context(), _survived(app):
        idents = due()
    for ident in idents:
        run(app, partial(work, ident))


def _repeat(work: Work, every: float) -> None:
    while True:
        work()
        time.sleep(every)
