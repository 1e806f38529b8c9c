"""Bringing a backup back: it is checked and prepared first, and then takes the place of what is there at once."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, inspect, select, text

from openspace import config
from openspace.access.doors import DOOR
from openspace.backups import actions, postgresql, rows, snapshots
from openspace.backups.archive import DUMP, MEDIA, PIECES, SECRET_KEY, SQLITE, Archive, Damaged, Manifest, Unusable
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs.supervisor import LOCK
from openspace.live import log
from openspace.live.fragments import kinds
from openspace.live.models import Channel
from openspace.store import database, media, transactions
from openspace.store.disk import Disk

# Seconds that connections of a server which was just stopped have to end.
PATIENCE = 2.0


class Restored(NamedTuple):
    """What is there after a restore: rows by table, and how many files; the backup of before; whether the key fits."""

    manifest: Manifest
    rows: dict[str, int]
    files: int
    before: Path | None
    has_key: bool


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Bring the installation in a backup back to the app's database, store and data folder.

    Refuses with `Unusable`, before it changes anything: a file that is damaged or of a newer version; while servers or
    workers run; and what would take the place of an installation with events, unless it may `replace` it. A backup of
    that is then made first.
    """
    archive = Archive(path)
    with closing(archive), _alone(), actions.refusing(current_app.config["DATA"]):
        _check_fits(archive.manifest)
        archive.check()
        _check_room(archive.manifest)
        with _prepared(archive) as prepared:
            before = _backed_up(replace=replace)
            files = _put_files(archive)
            _take_place(archive.manifest, prepared)
        found = _checked_rows(archive.manifest)
        database.forget_deleted()
        return Restored(archive.manifest, found, files, before, _put_key(archive))


@contextmanager
def _alone() -> Iterator[None]:
    """Refuse while a server runs here, or anybody else is connected to PostgreSQL; keep servers from beginning jobs."""
    path = current_app.config["DATA"] / LOCK
    config.create_private(path)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable("A server runs on this data folder. Stop it, restore, and start it again.") from None
        if db.engine.dialect.name == "postgresql" and _others():
            raise Unusable("Others are connected to the database. Stop all servers and workers, then restore.")
        yield


def _others() -> int:
    """How many other connections the database has, after those of a server that was just stopped have ended."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    db.session.rollback()
    db.engine.dispose()
    deadline = time.monotonic() + PATIENCE
    while True:
        with db.engine.connect() as connection:
            found: int = connection.scalar(others) or 0
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _check_fits(manifest: Manifest) -> None:
    if manifest.schema > database.newest():
        raise Unusable(f"The backup is of a newer version, {manifest.version}: update Open Space first.")
    if manifest.database != DUMP:
        return
    if db.engine.dialect.name != "postgresql":
        raise Unusable("The backup is of PostgreSQL. For SQLite make one with: openspace backup --portable")
    if not postgresql.version("psql") or postgresql.version("pg_restore") < manifest.pg_dump:
        raise Unusable(f"This backup needs PostgreSQL's pg_restore and psql, version {manifest.pg_dump} or newer.")


def _check_room(manifest: Manifest) -> None:
    # The prepared database, the copy that its upgrade makes, and the database itself.
    needed = 3 * manifest.entries[manifest.database][0]
    if isinstance(media.store(), Disk):
        needed += manifest.size
    free = shutil.disk_usage(current_app.config["DATA"]).free
    if needed > free:
        raise Unusable(f"The data folder needs {needed // 2**20} MiB for this backup, and has {free // 2**20} MiB.")


@contextmanager
def _prepared(archive: Archive) -> Iterator[Path]:
    """The database of the backup in a file; one of SQLite is checked and brought up to date."""
    # Of a restore that was killed.
    for left in current_app.config["DATA"].glob("restoring-*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix="restoring-", dir=current_app.config["DATA"]))
    try:
        path = folder / archive.manifest.database
        archive.extract(archive.manifest.database, path)
        if archive.manifest.database == SQLITE:
            _check_database(path, archive.manifest)
            with snapshots.bound_to(path):
                database.upgrade()
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_database(path: Path, manifest: Manifest) -> None:
    """Refuse with `Damaged` a file that SQLite cannot use, that breaks rules, or has other rows than the manifest."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            code = connection.execute("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchall()
            dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
            schema = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        raise Damaged(f"Its database cannot be used: {error}") from None
    if not sound or code or dangling or schema != [(manifest.schema,)]:
        raise Damaged("Its database is damaged.")
    with snapshots.bound_to(path), db.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        if not set(manifest.rows) <= there or rows.count_in(connection, list(manifest.rows)) != manifest.rows:
            raise Damaged("Its database has other rows than its manifest says.")


def _backed_up(*, replace: bool) -> Path | None:
    """Make a backup of what the restore will replace; None if there are no events. Refuses if it may not."""
    if not inspect(db.engine).has_table(Event.__tablename__):
        return None
    count = db.session.scalar(select(func.count()).select_from(Event))
    db.session.rollback()
    if not count:
        return None
    if not replace:
        raise Unusable("There is an installation with events here. With --replace the backup takes its place.")
    if database.is_newer():
        raise Unusable("The database here is of a newer version: restore into an empty data folder or database.")
    database.upgrade()
    path: Path = current_app.config["DATA"] / config.BEFORE_RESTORE.replace("*", f"{now():%Y%m%dT%H%M%SZ}")
    actions.make(path)
    db.engine.dispose()
    return path


def _put_files(archive: Archive) -> int:
    """Put the files into the store, which changes nothing that is there: they are named by their content."""
    for digest in archive.manifest.media:
        with archive.opened(f"{MEDIA}{digest[:2]}/{digest[2:]}") as file:
            media.store().put(file)
    for name in archive.manifest.entries:
        if name.startswith(PIECES):
            with archive.opened(name) as file:
                media.store().put_piece(name.removeprefix(PIECES), file.read())
    return len(archive.manifest.media)


def _take_place(manifest: Manifest, prepared: Path) -> None:
    """Put the prepared database in the place of the app's, with revisions that no page has."""
    there = inspect(db.engine).get_table_names()
    beyond = log.highest() if Channel.__tablename__ in there else 0
    db.session.remove()
    db.engine.dispose()
    if manifest.database == DUMP:
        ours = {*manifest.rows, *db.metadata.tables, *rows.MADE_ANEW, "alembic_version"}
        postgresql.restore(prepared, sorted(ours & set(there)))
        database.upgrade()
        _begin_anew(beyond, manifest)
        return
    with snapshots.bound_to(prepared):
        _begin_anew(beyond, manifest)
    if db.engine.dialect.name == "sqlite":
        snapshots.copy_file(prepared, Path(db.engine.url.database or ""))
    else:
        _copy_rows(prepared)


def _begin_anew(beyond: int, manifest: Manifest) -> None:
    """Give the restored database revisions that no page has, and let features know what it is.

    This comes before anything else that may fail, lest a server that is started then sends letters again.
    """
    database.tell_restored(datetime.fromisoformat(manifest.made_at))
    with transactions.writing():
        log.begin_anew(beyond, [*sorted(kinds()), DOOR])


def _copy_rows(prepared: Path) -> None:
    """Replace the rows of PostgreSQL by those of an SQLite file, in one transaction."""
    database.upgrade()
    with db.engine.begin() as target:
        names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        target.execute(text(f"TRUNCATE {names} CASCADE"))
        with snapshots.bound_to(prepared), db.engine.connect() as source:
            rows.copy(source, target)
    database.make_anew()


def _checked_rows(manifest: Manifest) -> dict[str, int]:
    """The rows by table that there are now. A backup of this version has the same, but for the log of changes."""
    with db.engine.connect() as connection:
        found = rows.count(connection)
    # And for the plans of follow-ups, which say when it was brought back.
    changed = {"channel", "change", "follow_up_plan"}
    if manifest.schema == database.newest():
        differ = {name for name, count in manifest.rows.items() if found.get(name) != count} - changed
        if differ:
            raise Unusable(f"These tables have other rows than the backup: {', '.join(sorted(differ))}")
    return found


def _put_key(archive: Archive) -> bool:
    """Put the secret key into the data folder, if it is in the backup. Returns whether the app now has that key."""
    key = current_app.config["SECRET_KEY"]
    if SECRET_KEY in archive.manifest.entries and not os.environ.get("SECRET_KEY"):
        with archive.opened(SECRET_KEY) as file:
            key = file.read().decode()
        config.keep_key(current_app.config["DATA"], key)
    return actions.fingerprint(key) == archive.manifest.key
