"""What a restore brings back: all of it, into an empty installation or in the place of another one."""

import fcntl
import re

import pytest
from sqlalchemy import create_engine, inspect, select, text

from openspace.backups import actions, restoring, rows
from openspace.backups.archive import SQLITE, Unusable
from openspace.board.models import Topic
from openspace.commitments.follow_up_models import AddressCheck, Letter
from openspace.commitments.follow_up_rules import Letters
from openspace.contacts.finding import search
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import media, sqlite
from tests.backups.conftest import app_on, furnish, rows_of
from tests.factories import FILM, a_member, a_topic

# What a restore changes: see test_revisions.py, and of mail tests/commitments/test_mail.py.
CHANGED = {"channel", "change", "follow_up_plan", "letter", "address_check"}


@pytest.fixture
def backup(house, tmp_path):
    """The file of a backup of the house."""
    with house.app.app_context():
        actions.make(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def restore(app, backup, **options):
    with app.app_context():
        return restoring.restore(backup, **options)


def test_every_row_and_file_comes_back(house, form, backup, install):
    before = rows_of(house.app)
    assert [name for name, found in before.items() if not found] == [], "each table has something to lose"

    target = install("target", form)
    done = restore(target, backup)

    after = rows_of(target)
    assert {name for name in before if after[name] != before[name]} == CHANGED
    assert done.rows == {name: len(each) for name, each in after.items()}
    assert done.manifest.database == {"dump": "database.pgdump"}.get(form, SQLITE)
    with target.app_context():
        assert media.count() == (1, 0, 0)
        assert [media.store().read_piece(piece.key) for piece in media.store().pieces()] == [b"half a film"]


def test_letters_are_set_aside_whatever_fails_after_the_database_is_there(form, backup, install, monkeypatch):
    def fails(manifest):
        raise Unusable("as if rows were missing")

    monkeypatch.setattr(restoring, "_checked_rows", fails)
    target = install("target", form)
    with pytest.raises(Unusable):
        restore(target, backup)

    with target.app_context():
        states = set(db.session.scalars(select(Letter.state))) | set(db.session.scalars(select(AddressCheck.state)))
    assert states
    assert Letters.WAITING not in states


def test_no_table_is_forgotten(an_app):
    """A table that no model describes is copied by nobody: it is made anew from others, or has to get a model."""
    with an_app.app_context():
        there = set(inspect(db.engine).get_table_names())

    by_hand = {name for name in there - set(db.metadata.tables) if not name.startswith(rows.MADE_ANEW)}
    assert by_hand == {"alembic_version"}


@pytest.mark.parametrize(("form", "to"), [("sqlite", "rows"), ("rows", "sqlite")])
def test_an_installation_moves_from_one_database_to_the_other(house, backup, install, to):
    before = rows_of(house.app)

    target = install("target", to)
    restore(target, backup)

    after = rows_of(target)
    assert {name for name in before if after[name] != before[name]} == CHANGED
    with target.test_request_context(), sqlite.writing():
        event = db.session.scalars(db.select(Event).where(Event.slug == house.slug)).one()
        highest = max(row[0] for row in before["topic"])
        topic = a_topic(event, a_member(event, "Нова людина"), "Нова тема")
        db.session.commit()
        assert topic.id > highest
        assert search.find(event, "Оксана"), "the index is there"


def test_a_restored_installation_serves_members_with_the_cookies_they_have(house, form, backup, install):
    address = house.url(f"stories/1/files/{house.file_address()}")
    cookie = house.ask("participant").get(house.url("")).request.headers["Cookie"]
    with house.app.app_context():
        actions.make(backup)
    empty = install("target", form)
    assert empty.config["SECRET_KEY"] != house.app.config["SECRET_KEY"]
    restore(empty, backup)

    settings = {"SQLALCHEMY_DATABASE_URI": empty.config["SQLALCHEMY_DATABASE_URI"]}
    browser = app_on(empty.config["DATA"], **settings).test_client(use_cookies=False)

    assert browser.get(house.url("me/calendar"), headers={"Cookie": cookie}).status_code == 200
    assert browser.get(address, headers={"Cookie": cookie}).data == FILM
    assert browser.get(address).status_code == 403, "to others the cookie is missing"


def test_an_installation_with_events_is_replaced_only_when_told_and_is_kept_as_a_backup(form, backup, install):
    there = furnish(install("there", form))
    with there.app.app_context(), sqlite.writing():
        db.session.scalars(db.select(Topic)).first().title = "Лише тут"
        db.session.commit()
    before = rows_of(there.app)

    with pytest.raises(Unusable, match="--replace"):
        restore(there.app, backup)
    assert rows_of(there.app) == before
    done = restore(there.app, backup, replace=True)
    assert rows_of(there.app)["topic"] != before["topic"]
    restore(there.app, done.before, replace=True)

    after = rows_of(there.app)
    assert {name for name in before if after[name] != before[name]} == CHANGED
    assert re.fullmatch(r"before-restore-\d{8}T\d{6}Z\.zip", done.before.name)


@pytest.mark.parametrize("form", ["sqlite", "rows"])
def test_an_installation_of_a_newer_version_is_left_alone(backup, install, form):
    there = furnish(install("there", form)).app
    with there.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = rows_of(there)

    with pytest.raises(Unusable, match="newer version"):
        restore(there, backup, replace=True)

    assert rows_of(there) == before


def test_a_server_that_runs_is_not_pulled_the_rug_from_under(backup, install):
    target = install("target")

    with (target.config["DATA"] / "jobs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unusable, match="Stop it"):
            restore(target, backup)

    assert not inspect_tables(target)


@pytest.mark.parametrize("form", ["rows"])
def test_nobody_else_may_be_connected_to_the_database(backup, install):
    target = install("target", "rows")

    with create_engine(target.config["SQLALCHEMY_DATABASE_URI"]).connect() as other:
        other.execute(text("SELECT 1"))
        with pytest.raises(Unusable, match="Stop all servers"):
            restore(target, backup)

    assert not inspect_tables(target)


def inspect_tables(app):
    with app.app_context():
        return inspect(db.engine).get_table_names()


@pytest.mark.parametrize("form", ["dump"])
def test_a_dump_without_its_programs_is_refused_before_anything_is_touched(backup, install):
    with pytest.raises(Unusable, match="pg_restore"):
        restore(install("target", "rows"), backup)
    with pytest.raises(Unusable, match="--portable"):
        restore(install("other", "sqlite"), backup)


@pytest.mark.parametrize("form", ["sqlite"])
def test_a_key_in_the_environment_is_not_in_the_backup_and_its_absence_is_told(backup, install, house, tmp_path):
    house.app.config["SECRET_KEY"] = "of the environment"
    with house.app.app_context():
        made = actions.make(tmp_path / "without.zip")

    done = restore(install("target"), tmp_path / "without.zip")

    assert not made.has_key
    assert not done.has_key
    assert b"of the environment" not in (tmp_path / "without.zip").read_bytes()
