"""What programs without a cookie, such as conference apps and calendars, may read of an event, and how."""

from collections.abc import Callable
from typing import TypeVar

from flask import request

from openspace.access.visitor import visitor
from openspace.access.wanted import refuse_stranger
from openspace.extensions import db
from openspace.store import transactions
from openspace.web.errors import NotFound

T = TypeVar("T")


def check_reader() -> bool:
    """Return True for a member or with the event's key in `?key=`, False for a stranger when the board is public.

    Refuses with `NotFound` a key that was replaced, and with `NotJoined` a stranger whose event is not public.
    """
    key = request.args.get("key", "")
    if key and key != visitor.event.feed_key:
        raise NotFound
    is_inside = bool(key) or visitor.member_id is not None
    if not (is_inside or visitor.event_snapshot.is_public):
        refuse_stranger()
    return is_inside


def at_one_revision(read: Callable[[], T]) -> T:
    """Return what `read` reads, all of one revision of the board, however often the board changes meanwhile.

    It reads in a transaction of its own, in which PostgreSQL shows all statements the same snapshot. SQLite does so in
    every transaction. Raises `RuntimeError` within one that writes, which it would undo.
    """
    transactions.let_go()
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return read()
