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
    turns = _Turns()
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", turns.begin)
    event.listen(engine, "rollback", turns.roll_back)
    event.listen(engine, "commit", turns.commit)
    event.listen(engine, "checkin", turns.check_in)


def _configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


class _Turns:
    """Begins and ends the transactions of an engine, of which one at a time writes. Its methods are called as events.

    A connection whose transaction writes holds the lock of the process, which its `info` says.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction, which within `writing` takes both locks. Refuses with `Busy`."""
        if not is_writing():
            _raw(connection).execute("BEGIN")
            return
        deadline = time.monotonic() + PATIENCE
        if not self._lock.acquire(timeout=PATIENCE):
            raise Busy
        try:
            _begin_immediate(connection, deadline)
        except BaseException:
            self._lock.release()
            raise
        connection.info["holds_turn"] = True

    def roll_back(self, connection: Connection) -> None:
        """End the transaction without effect."""
        if connection.invalidated:
            # The connection is lost, and its transaction with it. The lock is released as it returns to the pool.
            return
        _end(connection, "ROLLBACK")
        self._release(connection.info)

    def commit(self, connection: Connection) -> None:
        """End the transaction with effect. The lock is released only once the commit is in the file."""
        _end(connection, "COMMIT")
        self._release(connection.info)

    def check_in(self, connection: Any, record: ConnectionPoolEntry) -> None:
        """Release the lock of a connection that was lost."""
        self._release(record.info)

    def _release(self, info: dict[Any, Any]) -> None:
        if info.pop("holds_turn", False):
            self._lock.release()


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
