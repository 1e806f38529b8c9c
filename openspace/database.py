"""The database: bound to the app, driven well, and brought up to date."""

from functools import cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade as migrate_up

from openspace import sqlite
from openspace.extensions import db, migrate

MIGRATIONS = Path(__file__).parent / "migrations"


def init_app(app: Flask) -> None:
    """Bind SQLAlchemy and Alembic; teach an SQLite engine its manners."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": True})
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sqlite.drive(db.engine)


def is_current() -> bool:
    """Whether the tables are those that this version of the code expects."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()


@cache
def _head() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def upgrade() -> None:
    """Bring the tables up to date; an SQLite file that is there is first copied beside itself."""
    if is_current():
        return
    path = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and path and Path(path).exists() and Path(path).stat().st_size:
        _back_up(Path(path))
    db.engine.dispose()
    migrate_up(directory=str(MIGRATIONS))


def _back_up(path: Path) -> None:
    import sqlite3  # here because only this needs the bare driver

    copy = path.with_suffix(".before-upgrade.sqlite")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
