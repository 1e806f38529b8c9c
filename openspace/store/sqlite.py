"""SQLite's pragmas, and how its transactions begin and end: one writer at a time, and no wait that blocks gevent.

A wait inside SQLite stops the whole process, also the greenlet that holds the write lock and would give it back. So the
writers of a process first take a lock of Python's, which gevent has patched; and a database that another process has
locked is tried again every 10 ms, for at most `PATIENCE` seconds.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from openspace.web.errors import Busy

# Seconds for which a writer waits for the others. Then the request is refused with `Busy`.
PATIENCE = 10.0
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # An acknowledged write survives a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What somebody had deleted is not to be read in the file either.
    "PRAGMA secure_delete = ON",
    # Milliseconds, and KiB if negative.
    "PRAGMA busy_timeout = 20",
    "PRAGMA cache_size = -8000",
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def writing() -> Iterator[None]:
    """Within, transactions take the write lock when they begin. Most callers want `transactions.writing`."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def is_writing() -> bool:
    """Whether transactions that begin now take the write lock."""
    return _writing.get()


def drive(engine: Engine) -> None:
    """Set the pragmas on each connection of `engine`, and begin and end its transactions in place of the driver.

    A transaction that begins within `writing` takes the write lock at once, and may refuse with `Busy`.
    """
    turn = threading.Lock()

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not is_writing():
            _raw(connection).execute("BEGIN")
            return
        deadline = time.monotonic() + PATIENCE
        if not turn.acquire(timeout=PATIENCE):
            raise Busy
        try:
            _begin_immediate(connection, deadline)
        except BaseException:
            turn.release()
            raise
        connection.info["holds_turn"] = True

    def give_back(connection: Connection) -> None:
        if connection.info.pop("holds_turn", False):
            turn.release()

    @event.listens_for(engine, "rollback")
    def rolled_back(connection: Connection) -> None:
        if connection.invalidated:
            # The connection is lost, and its transaction with it. The turn is given back as it returns to the pool.
            return
        _end(connection, "ROLLBACK")
        give_back(connection)

    @event.listens_for(engine, "commit")
    def committed(connection: Connection) -> None:
        # The lock is given back only when the commit is in the file, hence here and not after.
        _end(connection, "COMMIT")
        give_back(connection)

    @event.listens_for(engine, "checkin")
    def checked_in(connection: Any, record: ConnectionPoolEntry) -> None:
        if record.info.pop("holds_turn", False):
            turn.release()


def empty_log(engine: Engine) -> bool:
    """Write what is in the write-ahead log into the database and empty the log, so that no deleted word stays there.

    Returns whether that was possible: it is not while somebody reads or writes, and then it is tried again later.
    """
    with engine.connect() as connection:
        raw = _raw(connection)
        # Outside of any transaction, for within one SQLite refuses.
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def _begin_immediate(connection: Connection, deadline: float) -> None:
    while True:
        try:
            _raw(connection).execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise Busy from error
        time.sleep(0.01)


def _end(connection: Connection, statement: str) -> None:
    raw = _raw(connection)
    if raw.in_transaction:
        raw.execute(statement)


def _raw(connection: Connection) -> Any:
    """The driver's connection. A bare BEGIN or COMMIT needs nothing of what SQLAlchemy does for a statement."""
    return connection.connection.dbapi_connection
