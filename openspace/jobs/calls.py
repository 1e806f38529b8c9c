"""PostgreSQL's calls (NOTIFY) to a worker that no server starts: a connection of its own on which they arrive."""

from typing import Any

from flask import Flask

from openspace.extensions import db
from openspace.jobs.queue import CALL


class Calls:
    """A connection that listens for PostgreSQL's notices of new jobs.

    When it is lost it is opened again; until then, and on SQLite, the worker looks into the queue from time to time."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            url = db.engine.url
        self._address = ""
        if url.get_backend_name() == "postgresql":
            self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: Any = None

    def descriptor(self) -> int | None:
        """What to wait on for the next call. None while no call can come."""
        if not self._address:
            return None
        import psycopg  # here because it is large, and SQLite does without

        if self._connection is None:
            try:
                self._connection = psycopg.connect(self._address, autocommit=True)
                self._connection.execute(f"LISTEN {CALL}")
            except psycopg.Error:
                self._connection = None
        return self._connection.fileno() if self._connection else None

    def take(self) -> None:
        """Take in the calls that have come."""
        import psycopg  # as above

        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except psycopg.Error:
            self._connection.close()
            self._connection = None
