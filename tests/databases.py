"""Quickly restores saved states of a test's database: empty, or with the data that many tests begin with."""

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
        """Delete all rows of all tables."""
        self.put_back("empty", lambda app: None)

    def put_back(self, name: str, build: Callable[[Flask], T]) -> T:
        """Restore the state `name` and empty all caches; returns what `build` returned when it made the state.

        A state is built once, in an empty database. Its ids are the same each time.
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
    """Saves an SQLite database as copies in memory, and writes them back over its file."""

    def __init__(self) -> None:
        self._path = db.engine.url.database
        # No test here checks what is on the disk, and waiting for it takes a tenth of the time.
        event.listen(db.engine, "connect", _wait_for_no_disk)
        db.engine.dispose()

    def note(self) -> sqlite3.Connection:
        """Return a copy of the whole database."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._path)) as source:
            source.backup(copy)
        return copy

    def put_back(self, copy: sqlite3.Connection) -> None:
        """Overwrite the database with a copy."""
        with closing(sqlite3.connect(self._path)) as target:
            _wait_for_no_disk(target)
            copy.backup(target)


def _wait_for_no_disk(connection: sqlite3.Connection, *_: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


class PostgresCopies:
    """Saves the rows of all tables of a PostgreSQL database, and writes them back. Sequences are not restored."""

    def __init__(self) -> None:
        names = set(db.inspect(db.engine).get_table_names()) - {"alembic_version"}
        self._tables = {name: sql.Identifier(name) for name in sorted(names)}
        self._empty = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in self._tables.values())

    def note(self) -> dict[str, bytes]:
        """Return the rows of every table that has any, in PostgreSQL's binary format."""
        rows = {}
        with closing(db.engine.raw_connection()) as connection, connection.cursor() as cursor:
            for name, table in self._tables.items():
                with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(table)) as copy:
                    content = b"".join(copy)
                if cursor.rowcount:
                    rows[name] = content
        return rows

    def put_back(self, rows: dict[str, bytes]) -> None:
        """Replace the content of all tables with these rows."""
        with closing(db.engine.raw_connection()) as connection, connection.cursor() as cursor:
            # Foreign keys were valid when the rows were saved, so they need not be checked again.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(self._empty)
            for name, content in rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(self._tables[name])) as copy:
                    copy.write(content)
            connection.commit()
