"""Rows of all tables: counted, and copied from one database to another, also from SQLite to PostgreSQL and back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, insert, inspect, select, table as named, text

from openspace.extensions import db

# Rows that are read and written at once.
BATCH = 500
# Tables that no model describes: indexes of the search, made anew after an upgrade (`database.when_upgraded`).
MADE_ANEW = ("card_words", "card_pieces")
_REFERENCES = text(
    "SELECT conrelid::regclass::text AS name, quote_ident(conname) AS reference FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


def count(connection: Connection) -> dict[str, int]:
    """The number of rows of each table that a model describes and the database has."""
    there = set(inspect(connection).get_table_names())
    ours = [table.name for table in db.metadata.sorted_tables if table.name in there]
    return count_in(connection, ours)


def count_in(connection: Connection, tables: list[str]) -> dict[str, int]:
    """The number of rows of each of these tables."""
    return {name: connection.scalar(select(func.count()).select_from(named(name))) or 0 for name in tables}


def copy(source: Connection, target: Connection) -> None:
    """Copy the rows of all tables, in the order of foreign keys, into `target`, whose own rows must be gone.

    Both have the tables of this version. The caller commits.
    """
    with _references_at_the_end(target):
        for table in db.metadata.sorted_tables:
            streamed = {"stream_results": True, "yield_per": BATCH}
            for batch in source.execute(select(table), execution_options=streamed).mappings().partitions():
                target.execute(insert(table), [dict(row) for row in batch])
    if target.dialect.name == "postgresql":
        _set_sequences(target)


@contextmanager
def _references_at_the_end(target: Connection) -> Iterator[None]:
    """Check foreign keys when all rows are there, because a row may refer to a later one of its own table."""
    if target.dialect.name == "sqlite":
        target.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield
        return
    references = target.execute(_REFERENCES).all()
    for name, reference in references:
        target.execute(text(f"ALTER TABLE {name} ALTER CONSTRAINT {reference} DEFERRABLE INITIALLY DEFERRED"))
    yield
    target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for name, reference in references:
        target.execute(text(f"ALTER TABLE {name} ALTER CONSTRAINT {reference} NOT DEFERRABLE"))


def _set_sequences(target: Connection) -> None:
    """Let the next id of each table be the one after its highest."""
    for table in db.metadata.sorted_tables:
        for column in table.primary_key.columns:
            where = {"of": f'"{table.name}"', "column": column.name}
            sequence = target.scalar(text("SELECT pg_get_serial_sequence(:of, :column)"), where)
            if sequence:
                highest = target.scalar(select(func.max(column)))
                target.execute(
                    text("SELECT setval(:sequence, :to, :is_used)"),
                    {"sequence": sequence, "to": highest or 1, "is_used": highest is not None},
                )
