"""Making a backup."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy.exc import DBAPIError

from openspace import config
from openspace.access.rules import hashed
from openspace.backups import snapshots
from openspace.backups.archive import MEDIA, PIECES, SECRET_KEY, Manifest, Unusable, Writer
from openspace.clock import now
from openspace.jobs import reasons
from openspace.store import database, media
from openspace.store.files import NO_ROOM, Missing
from openspace.web.errors import Problem


def make(path: Path, *, is_portable: bool = False) -> Manifest:
    """Write a backup of the whole installation, while it runs, to a file that only this account may read.

    The file is there whole or not at all: if it cannot be finished, one that had the name before stays as it was.
    Refuses with `Unusable`.
    """
    if not database.is_current():
        raise Unusable("The database is of another version than this program: openspace db upgrade")
    if path.is_dir():
        raise Unusable(f"{path} is a folder: name a file.")
    with refusing(path), _replacing(path) as (file, folder):
        writer = Writer(file)
        try:
            return _write(writer, folder, is_portable=is_portable)
        except BaseException:
            writer.give_up()
            raise


def _write(writer: Writer, folder: Path, *, is_portable: bool) -> Manifest:
    # The database first: a file is stored before the row that names it.
    copied = snapshots.write(writer, folder, is_portable=is_portable)
    manifest = Manifest(
        version=version("openspace"),
        schema=database.newest(),
        made_at=now().isoformat(timespec="seconds"),
        database=copied.form,
        key=fingerprint(current_app.config["SECRET_KEY"]),
        pg_dump=copied.pg_dump,
        rows=copied.rows,
    )
    key = current_app.config["SECRET_KEY"]
    if config.kept_key(current_app.config["DATA"], key):
        with writer.entry(SECRET_KEY) as entry:
            entry.write(key.encode())
    for digest in sorted(copied.digests):
        if not _has_written_medium(writer, digest):
            manifest.missing.append(digest)
    for piece in sorted(copied.pieces):
        _write_piece(writer, piece)
    writer.finish(manifest)
    return manifest


def _has_written_medium(writer: Writer, digest: str) -> bool:
    """Write a file that people sent; False if it is not there, or has another content than its name says."""
    try:
        size = media.store().size(digest)
        blocks = media.store().read(digest, 0, size)
    except Missing:
        return False
    with writer.entry(f"{MEDIA}{digest[:2]}/{digest[2:]}") as entry:
        for block in blocks:
            entry.write(block)
    return entry.digest == digest


def _write_piece(writer: Writer, key: str) -> None:
    # One that is gone was discarded meanwhile: whoever sent it sends it again.
    try:
        content = media.store().read_piece(key)
    except Missing:
        return
    with writer.entry(f"{PIECES}{key}") as entry:
        entry.write(content)


def fingerprint(key: str) -> str:
    """By which two secret keys are compared without telling them."""
    return hashed(f"the secret key {key}")[:12]


@contextmanager
def _replacing(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file that takes the name `path` when the block has ended, and a folder that goes then, both beside it."""
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        written = folder / "backup"
        config.create_private(written)
        with written.open("wb") as file:
            yield file, folder
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
        _sync(path.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Refuse with `Unusable` where system, database or store refuse."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Unusable(f"There is no room for {path}. What was there before is unchanged.") from error
        raise Unusable(f"{path} cannot be written: {error.strerror}") from error
    except Problem as problem:
        raise Unusable(f"The store of pictures and films says: {reasons.in_english(problem)}") from problem
    except (DBAPIError, sqlite3.Error) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise Unusable(f"The database cannot be read, or {path} not be written: {reason}") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
