"""A consistent copy of the database while others write, in one of the forms that a backup may have."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.pool import NullPool

from openspace.backups import postgresql, rows
from openspace.backups.archive import DUMP, SQLITE, Unusable, Writer
from openspace.config import create_private
from openspace.extensions import db
from openspace.store import database, media
from openspace.store.files import BLOCK


class Snapshot(NamedTuple):
    """What the copy holds: its form, rows by table, the digests and the pieces' keys that rows name."""

    form: str
    rows: dict[str, int]
    digests: set[str]
    pieces: set[str]
    pg_dump: int = 0


def write(writer: Writer, folder: Path, *, is_portable: bool) -> Snapshot:
    """Write a copy of the database into the archive; `folder` has room for it meanwhile.

    Writers are not kept waiting: they go on, and what they commit from now on is not in the copy. SQLite is copied by
    its backup API, PostgreSQL by pg_dump. Where that is not there or older than the server, or if it must be
    `is_portable`, the rows of PostgreSQL are written into an SQLite file.
    """
    if db.engine.dialect.name == "sqlite":
        return _write_file(writer, _copied(folder))
    with db.engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    ) as connection:
        if not is_portable and postgresql.can_dump(connection):
            return _write_dump(writer, connection)
        return _write_file(writer, _rows_in_a_file(connection, folder))


@contextmanager
def bound_to(path: Path) -> Iterator[None]:
    """Within, `db` is this SQLite file instead of the app's database."""
    app = Flask("a copy of the database")
    app.config["SQLALCHEMY_DATABASE_URI"] = URL.create("sqlite", database=str(path)).render_as_string()
    database.init_app(app)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def copy_file(source: Path, target: Path) -> None:
    """Make an SQLite database what another one is, in one transaction: others see all of it or nothing.

    In one step, because a step at a time would begin anew with each write of others. The log of writes (WAL) lets them.
    """
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(target)) as written:
        try:
            opened.backup(written)
        except sqlite3.Error as error:
            raise Unusable(f"The database cannot be copied to {target}: {error}") from error


def _copied(folder: Path) -> Path:
    copy = folder / SQLITE
    create_private(copy)
    copy_file(Path(db.engine.url.database or ""), copy)
    return copy


def _rows_in_a_file(connection: Connection, folder: Path) -> Path:
    copy = folder / SQLITE
    create_private(copy)
    with bound_to(copy):
        database.upgrade()
        with db.engine.begin() as target:
            rows.copy(connection, target)
        # What is no row of a model, such as the index of the search.
        database.make_anew()
    return copy


def _write_file(writer: Writer, copy: Path) -> Snapshot:
    engine = create_engine(URL.create("sqlite", database=str(copy)), poolclass=NullPool)
    with engine.connect() as connection:
        found = _held(SQLITE, connection)
    with copy.open("rb") as file, writer.entry(SQLITE, deflates=True) as entry:
        while block := file.read(BLOCK):
            entry.write(block)
    copy.unlink()
    return found


def _write_dump(writer: Writer, connection: Connection) -> Snapshot:
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    with writer.entry(DUMP) as entry:
        for block in postgresql.dump(snapshot):
            entry.write(block)
    return _held(DUMP, connection)._replace(pg_dump=postgresql.version("pg_dump"))


def _held(form: str, connection: Connection) -> Snapshot:
    return Snapshot(form, rows.count(connection), media.named(connection), media.named_pieces(connection))
