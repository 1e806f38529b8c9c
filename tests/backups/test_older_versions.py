"""A backup of an older version is brought up to date while it is restored."""

from dataclasses import replace

import pytest
from flask_migrate import Migrate, upgrade
from sqlalchemy import text

from openspace.backups import actions, postgresql, restoring, snapshots
from openspace.backups.archive import DUMP, SQLITE, Manifest, Writer
from openspace.board.models import Placement, Topic
from openspace.events.models import Slot
from openspace.extensions import db
from openspace.store import database, sqlite
from tests.test_upgrade import BEFORE, ROWS, TIMES

TABLES = ("event", "member", "space", "slot", "topic", "interest", "placement")


@pytest.fixture
def old(form, install, tmp_path):
    """A backup as the version with the contact book would have made it."""
    app = install("old", "dump" if form == "dump" else "sqlite")
    path = tmp_path / "old.zip"
    with app.app_context(), sqlite.writing():
        Migrate(app, db, directory=str(database.MIGRATIONS), render_as_batch=True)
        upgrade(directory=str(database.MIGRATIONS), revision=BEFORE)
        for statement in ROWS:
            db.session.execute(text(statement), {name: at for name, at in TIMES.items() if f":{name}" in statement})
        db.session.commit()
        with path.open("wb") as file:
            write(Writer(file), form, tmp_path)
    return path


def write(writer, form, folder):
    manifest = Manifest(
        version="0.1.0",
        schema=BEFORE,
        made_at="2026-06-01T08:00:00+00:00",
        database=SQLITE,
        key="-",
        rows=dict.fromkeys(TABLES, 1),
    )
    if form == "dump":
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            with writer.entry(DUMP) as entry:
                for block in postgresql.dump(snapshot):
                    entry.write(block)
        manifest = replace(manifest, database=DUMP, pg_dump=postgresql.version("pg_dump"))
    else:
        snapshots.copy_file(folder / "old" / "openspace.sqlite", folder / "copy.sqlite")
        with writer.entry(SQLITE, deflates=True) as entry:
            entry.write((folder / "copy.sqlite").read_bytes())
    writer.finish(manifest)


def test_a_backup_of_an_older_version_is_restored_into_this_one(old, form, install):
    target = install("target", form)

    with target.app_context():
        done = restoring.restore(old)

        assert {name: done.rows[name] for name in TABLES} == dict.fromkeys(TABLES, 1)
        assert database.is_current()
        assert db.session.scalars(db.select(Topic.title)).all() == ["Вода"]
        assert db.session.scalars(db.select(Placement.uid)).one() == "hromady-9@open-space"
        assert db.session.scalars(db.select(Slot.starts_at)).one() == TIMES["starts"]


def test_it_takes_the_place_of_an_installation_of_this_version(old, form, install):
    from tests.backups.conftest import furnish

    there = furnish(install("there", form)).app

    with there.app_context():
        restoring.restore(old, replace=True)

        assert database.is_current()
        assert db.session.scalars(db.select(Topic.title)).all() == ["Вода"]


def test_an_installation_that_waits_for_its_upgrade_is_not_backed_up(install, tmp_path):
    with install("old").app_context(), pytest.raises(actions.Unusable, match="db upgrade"):
        actions.make(tmp_path / "backup.zip")
