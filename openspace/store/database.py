"""The database: binding it to the app, upgrading it by migrations, and erasing what was deleted."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import inspect, text

from openspace.config import BEFORE_RESTORE, create_private
from openspace.extensions import db
from openspace.store import sqlite, transactions

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# The number of PostgreSQL's advisory lock for upgrades: any, as long as nothing else on the same database takes it.
TURN = 6_047_215
# Functions of features that are called after an upgrade, to compute stored values again that this version may compute
# differently.
when_upgraded: list[Callable[[], None]] = []
# Functions of features that are called once a backup has been brought back, with the moment at which it was made: what
# they have sent out since then must not go out again.
when_restored: list[Callable[[datetime], None]] = []
# Seconds for which the copy that an upgrade or a restore makes is kept: long enough to notice what it broke. It must
# not stay for ever, because it has what people have deleted since.
COPY_KEPT = 14 * 24 * 3600.0


def init_app(app: Flask) -> None:
    """Bind SQLAlchemy to the app, with a pool for PostgreSQL and `sqlite.drive` for SQLite."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": True})
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sqlite.drive(db.engine)


def is_current() -> bool:
    """Whether the tables are those that this version of the code expects."""
    return _present() == newest()


def is_newer() -> bool:
    """Whether the tables are those of a later version, which this one cannot use."""
    return (_present() or "") > newest()


def _present() -> str | None:
    """The number of the last migration that the database has had; None for one without tables."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        present: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return present


@cache
def newest() -> str:
    """The number of the last migration, and so of the tables of this version: they are numbered as they follow."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade() -> None:
    """Bring the tables up to date; an SQLite file that is there is first copied beside itself."""
    if is_current():
        return
    with _alone():
        # Another process may have upgraded the database meanwhile.
        if not is_current():
            _migrate()


@contextmanager
def _alone() -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL, so that of servers that start at once only one upgrades at a time."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.connect() as connection:
        # Closed at the end: the upgrade empties the pool to which it would go back, and it would stay open for nothing.
        connection.detach()
        connection.execute(text("SELECT pg_advisory_lock(:turn)"), {"turn": TURN})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:turn)"), {"turn": TURN})


def _migrate() -> None:
    from flask_migrate import Migrate, upgrade as migrate_up  # here because Alembic is large and seldom needed

    path = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and path and Path(path).exists() and Path(path).stat().st_size:
        _back_up(Path(path))
    db.engine.dispose()
    Migrate(current_app, db, directory=str(MIGRATIONS), render_as_batch=True)
    migrate_up(directory=str(MIGRATIONS))
    make_anew()


def make_anew() -> None:
    """Compute stored values again (`when_upgraded`)."""
    with transactions.writing():
        for compute in when_upgraded:
            compute()


def tell_restored(made_at: datetime) -> None:
    """Let features know that a backup which was made then has been brought back (`when_restored`)."""
    with transactions.writing():
        for tell in when_restored:
            tell(made_at)


def forget_deleted() -> None:
    """Empty SQLite's write-ahead log, which still holds what was deleted; in the file itself it is overwritten."""
    if db.engine.dialect.name == "sqlite":
        sqlite.empty_log(db.engine)


def forget_copies() -> None:
    """Delete the copies that were made before an upgrade or a restore once they are older than `COPY_KEPT`."""
    path = db.engine.url.database
    copies = list(current_app.config["DATA"].glob(BEFORE_RESTORE))
    if db.engine.dialect.name == "sqlite" and path:
        copies.append(_copy_of(Path(path)))
    for copy in copies:
        if copy.exists() and time.time() - copy.stat().st_mtime > COPY_KEPT:
            copy.unlink()


def _copy_of(path: Path) -> Path:
    return path.with_suffix(".before-upgrade.sqlite")


def _back_up(path: Path) -> None:
    import sqlite3  # here because only this needs the bare driver

    copy = _copy_of(path)
    create_private(copy)
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
