"""Upkeep: work that a serving process does again and again beside requests, such as deleting what is out of date."""

import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from openspace.extensions import db, socketio
from openspace.store import sqlite
from openspace.web.errors import Busy


def repeat(app: Flask, work: Callable[[], object], *, every: float) -> None:
    """Run `work` in a transaction of its own every so many seconds; when the database is away, the next time."""
    socketio.start_background_task(_repeat, app, work, every)


def _repeat(app: Flask, work: Callable[[], object], every: float) -> None:
    while True:
        run(app, work)
        time.sleep(every)


def run(app: Flask, work: Callable[[], object]) -> None:
    """Run `work` once and commit; a database that is away or busy is logged."""
    with app.app_context(), sqlite.writing():
        try:
            work()
            db.session.commit()
        except (SQLAlchemyError, Busy) as error:
            db.session.rollback()
            app.logger.warning("upkeep: %s.%s failed, trying again: %s", work.__module__, work.__qualname__, error)
