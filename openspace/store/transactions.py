"""Transactions that write, and ending transactions before slow work.

`writing()` is how anything beside a request writes. A request that writes has its transaction from `writes.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import has_app_context

from openspace.extensions import db
from openspace.store import sqlite

_is_open: ContextVar[bool] = ContextVar("a transaction that writes is open", default=False)


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that is committed when the block ends, and rolled back if an exception leaves it.

    On SQLite it takes the write lock with its first statement: a transaction that has read may not get it later.
    On PostgreSQL rows are locked as they are changed. Raises `RuntimeError` within another one.
    """
    if _is_open.get():
        raise RuntimeError("a transaction that writes is open already")
    # A transaction that has only read may not get the lock, so a new one begins.
    let_go()
    token = _is_open.set(True)
    try:
        with sqlite.writing():
            yield
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _is_open.reset(token)


def let_go() -> None:
    """End the transaction in which the request has only read, and give its connection back, before something slow.

    Raises `RuntimeError` within `writing`: slow work belongs before it, in a view into `prepared_by`.
    """
    if _is_open.get():
        raise RuntimeError("something slow within a transaction that writes")
    if has_app_context() and not sqlite.is_writing():
        db.session.rollback()
