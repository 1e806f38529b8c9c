"""Killed at any moment, the server loses no acknowledged write; tests/load/kills.py does it for long."""

import psycopg

from tests.live.test_processes import postgres_of_our_own  # noqa: F401  # a fixture
from tests.load.kills import FEWEST, rounds


def test_no_acknowledged_write_is_lost_on_sqlite():
    counts = rounds(4)

    assert counts["kills"] == 4
    assert counts["acknowledged"] >= 4 * FEWEST


def test_no_acknowledged_write_is_lost_on_postgresql(postgres_of_our_own):  # noqa: F811  # the fixture
    uri = postgres_of_our_own.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE DATABASE kills")
    database = uri.replace("/postgres?", "/kills?").replace("postgresql://", "postgresql+psycopg://")

    counts = rounds(3, SQLALCHEMY_DATABASE_URI=database)

    assert counts["kills"] == 3
    assert counts["acknowledged"] >= 3 * FEWEST
