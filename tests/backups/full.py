"""Puts a row into every table, also of tables that do not exist yet."""

from datetime import date
from typing import Any

from sqlalchemy import Column, Enum, func, insert, select

from openspace.clock import now
from openspace.extensions import UtcDateTime, db
from openspace.store import media

# By the type of a column; that of JSON is `dict`, or from SQLAlchemy 2.1 on any. A text is as short as any column.
VALUES = {str: "x", int: 1, float: 0.5, bool: True, bytes: b"\x00\xff", date: date(2026, 6, 4), dict: {}, object: {}}


def fill() -> None:
    """Insert a row into each table that has none; what it refers to is there by then."""
    for table in db.metadata.sorted_tables:
        if not db.session.scalar(select(func.count()).select_from(table)):
            values = {column.name: _value(column) for column in table.columns if _is_wanted(column)}
            db.session.execute(insert(table).values(values))


def _is_wanted(column: Column) -> bool:
    return not column.nullable and not (column.primary_key and column.autoincrement is True)


def _value(column: Column) -> Any:
    if column.foreign_keys:
        (reference,) = column.foreign_keys
        return db.session.scalar(select(reference.column).order_by(reference.column.desc()).limit(1))
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class or column.type.enums))
    if isinstance(column.type, UtcDateTime):
        return now()
    if column.name == "digest" and (held := media.named(db.session.connection())):
        # Of a file that is there, so that none is missing.
        return next(iter(held))
    return VALUES[column.type.python_type]
