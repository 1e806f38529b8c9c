"""Uploads to an app, and to real servers on both databases."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from openspace import create_app
from openspace.extensions import db, limiter
from openspace.store import transactions
from openspace.uploads import actions
from openspace.uploads.content import open_content
from openspace.uploads.models import Upload
from tests.conftest import ENGINES
from tests.factories import Hall
from tests.jobs.conftest import crew
from tests.live.conftest import Serving, serving, start
from tests.store.conftest import s3_server
from tests.uploads.tus import Tus, Wire, id_of

__all__ = ["crew", "s3_server", "start"]


@pytest.fixture
def tus(hall: Hall) -> Tus:
    """The participant's uploads."""
    return Tus(hall)


@pytest.fixture
def content(app: Flask) -> Callable[[str], bytes]:
    """Returns the bytes that have arrived of the upload with this address."""
    return lambda address: content_of(app, address)


def content_of(app: Flask, address: str) -> bytes:
    with app.app_context():
        return open_content(db.session.get_one(Upload, id_of(address))).read()


class Real:
    """A real server, which can be started again on its data."""

    def __init__(self, **settings) -> None:
        self.settings = settings
        self.data = Path(tempfile.mkdtemp(prefix="openspace-uploads-"))
        self.server: Serving = serving(self.data, **settings)
        limiter.enabled = True
        self.app = create_app({"DATA": self.data, "SECRET_KEY": "tests", **settings})

    def wire(self) -> Wire:
        return Wire(self.server)

    def restart(self) -> None:
        """Kill the server as a power cut would, and start another one in its place."""
        self.server.process.kill()
        self.server.process.wait()
        self.server = serving(self.data, self.server.port, **self.settings)

    def content(self, address: str) -> bytes:
        return content_of(self.app, address)

    def forget(self) -> None:
        """Delete all uploads."""
        with self.app.app_context(), transactions.writing():
            actions.discard(*db.session.scalars(select(Upload)))

    def offsets(self, length: int) -> list[int]:
        """How much has arrived of each upload of so many bytes."""
        with self.app.app_context():
            return list(db.session.scalars(select(Upload.offset).where(Upload.length == length)))


@pytest.fixture
def real(running: Real) -> Real:
    """A real server on each database, without uploads: nobody may have many of them."""
    running.forget()
    return running


@pytest.fixture(scope="module", params=ENGINES)
def running(request: pytest.FixtureRequest) -> Iterator[Real]:
    settings = {}
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS uploads WITH (FORCE)")
            connection.execute("CREATE DATABASE uploads")
        settings["SQLALCHEMY_DATABASE_URI"] = request.getfixturevalue("postgres").replace("/postgres?", "/uploads?")
    started = Real(**settings)
    yield started
    print(started.server.stop()[-3000:])
    with started.app.app_context():
        db.engine.dispose()
