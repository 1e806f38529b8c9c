"""The store of files that people send, and which rows refer to them.

A file lives as long as a row names it. Features say by `refer` which columns do, and then only write and delete rows:
`sweep` removes the files. `openspace.jobs.housekeeping` runs it every hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from openspace.clock import now
from openspace.config import MEDIA
from openspace.extensions import db
from openspace.store.disk import Disk
from openspace.store.files import BLOCK, Full, Missing, Piece, Store, Stored

__all__ = ["BLOCK", "Full", "Missing", "Piece", "Store", "Stored"]

# A file is kept so long without a row: the transaction that will name it may still be running.
GRACE = timedelta(hours=1)
# How many digests the database is asked for at once.
BATCH = 500

Column = InstrumentedAttribute[Any] | ColumnElement[Any]
_columns: list[Column] = []
_piece_columns: list[Column] = []


class Swept(NamedTuple):
    """How many files, and pieces of uploads, a sweep has removed."""

    files: int
    pieces: int


class Count(NamedTuple):
    """How many files there are, how many of them no row names, and how many named files are missing."""

    files: int
    without_row: int
    missing: int


def init_app(app: Flask) -> None:
    """Choose the store by `MEDIA`. Raises `ValueError`, in words, for one that cannot be; connects to nothing."""
    app.extensions["media"] = _chosen(app)


def _chosen(app: Flask) -> Store:
    if not app.config["MEDIA"]:
        return Disk(app.config["DATA"] / MEDIA)
    try:
        from openspace.store.s3 import Bucket  # here because the client takes 25 MiB, and few need it
    except ImportError:
        raise ValueError("OPENSPACE_MEDIA needs the client for S3: pip install 'openspace[s3]'") from None
    return Bucket(app.config["MEDIA"])


def store() -> Store:
    """The store of the current app."""
    chosen: Store = current_app.extensions["media"]
    return chosen


def refer(column: Column) -> None:
    """Keep the files whose digests the column holds."""
    _columns.append(column)


def refer_pieces(column: Column) -> None:
    """Keep the pieces whose keys the column holds."""
    _piece_columns.append(column)


def sweep() -> Swept:
    """Remove files and pieces that no row names, unless they are younger than `GRACE`.

    Call it outside of a transaction that writes.
    """
    before = now() - GRACE
    store().tidy(older_than=before)
    return Swept(_sweep_files(before), _sweep_pieces(before))


def named(connection: Connection) -> set[str]:
    """The digests of all files that rows name, as this connection sees them."""
    return {digest for column in _columns for digest in connection.scalars(select(column).distinct()) if digest}


def named_pieces(connection: Connection) -> set[str]:
    """The keys of all pieces of uploads that rows name, as this connection sees them."""
    return {key for column in _piece_columns for key in connection.scalars(select(column))}


def count() -> Count:
    """Compare files and rows. Files younger than `GRACE` count as named."""
    before = now() - GRACE
    files = store().list()
    old = [file.digest for file in files if file.modified_at < before]
    without_row = sum(len(batch) - len(_named(batch)) for batch in _batches(old))
    wanted = named(db.session.connection())
    return Count(len(files), without_row, len(wanted - {file.digest for file in files}))


def _sweep_files(before: datetime) -> int:
    if not _columns:
        return 0
    old = [file.digest for file in store().list() if file.modified_at < before]
    removed = 0
    for batch in _batches(old):
        named = _named(batch)
        # If it was put anew since the list was made, a row may come.
        removed += sum(store().delete(digest, older_than=before) for digest in batch if digest not in named)
    return removed


def _sweep_pieces(before: datetime) -> int:
    if not _piece_columns:
        return 0
    old = [piece.key for piece in store().pieces() if piece.modified_at < before]
    kept = named_pieces(db.session.connection())
    gone = [key for key in old if key not in kept]
    for key in gone:
        store().delete_piece(key)
    return len(gone)


def _named(digests: Sequence[str]) -> set[str]:
    """Those of the digests that a row names."""
    found = (db.session.scalars(select(column).where(column.in_(digests))) for column in _columns)
    return {digest for column in found for digest in column}


def _batches(digests: Sequence[str]) -> Sequence[Sequence[str]]:
    return [digests[start : start + BATCH] for start in range(0, len(digests), BATCH)]
