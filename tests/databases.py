"""Puts a test's database quickly into a state that was noted before: empty, or with what many tests begin with."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

from flask import Flask
from psycopg import sql
from sqlalchemy import event

from openspace.extensions import db
from openspace.web.cache import clear_all

T = TypeVar("T")


class States:
    """The states of one app's database, by name."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        with app.app_context():
            is_sqlite = db.engine.dialect.name == "sqlite"
            self._copies: Any = SqliteCopies() if is_sqlite else PostgresCopies()
            self._noted: dict[str, tuple[Any, Any]] = {"empty": (self._copies.note(), None)}

    def empty(self) -> None:
        """Leave no row in any table."""
        self.put_back("empty", lambda app: None)

    def put_back(self, name: str, build: Callable[[Flask], T]) -> T:
        """Put the state of this name back and empty all caches; returns what `build` returned when it made the state.

        It is made in an empty database, once. Ids are the same each time.
        """
        with self._app.app_context():
            if name not in self._noted:
                self.empty()
                self._noted[name] = (None, build(self._app))
                self._noted[name] = (self._copies.note(), self._noted[name][1])
            copy, built = self._noted[name]
            self._copies.put_back(copy)
        clear_all()
        return built


class SqliteCopies:
    """Copies of an SQLite database in memory, which are written over its file."""

    def __init__(self) -> None:
        self._path = db.engine.url.database
        # No test here asks whether the disk has kept something, and waiting for it costs a tenth of the time.
        event.listen(db.engine, "connect", _wait_for_no_disk)
        db.engine.dispose()

    def note(self) -> sqlite3.Connection:
        """Copy all that the database holds."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._path)) as source:
            source.backup(copy)
        return copy

    def put_back(self, copy: sqlite3.Connection) -> None:
        """Make the database what it was."""
        with closing(sqlite3.connect(self._path)) as target:
            _wait_for_no_disk(target)
            copy.backup(target)


def _wait_for_no_disk(connection: sqlite3.Connection, *_: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


class PostgresCopies:
    """Copies of the rows of all tables of a PostgreSQL database. Its sequences are not put back."""

    def __init__(self) -> None:
        names = set(db.inspect(db.engine).get_table_names()) - {"alembic_version"}
        self._tables = {name: sql.Identifier(name) for name in sorted(names)}
        self._empty = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in self._tables.values())

    def note(self) -> dict[str, bytes]:
        """Copy the rows of every table that has any."""
        rows = {}
        with closing(db.engine.raw_connection()) as connection, connection.cursor() as cursor:
            for name, table in self._tables.items():
                with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(table)) as copy:
                    content = b"".join(copy)
                if cursor.rowcount:
                    rows[name] = content
        return rows

    def put_back(self, rows: dict[str, bytes]) -> None:
        """Make the tables hold these rows and no others."""
        with closing(db.engine.raw_connection()) as connection, connection.cursor() as cursor:
            # Foreign keys held when the rows were noted, so they are not looked at again.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(self._empty)
            for name, content in rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(self._tables[name])) as copy:
                    copy.write(content)
            connection.commit()
