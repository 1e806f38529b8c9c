"""A database of a version before is brought up to date without a loss."""

from datetime import UTC, date, datetime

import pytest
from flask_migrate import Migrate, upgrade
from sqlalchemy import URL, make_url, text

from openspace import create_app
from openspace.board.models import Placement, Topic
from openspace.events.models import Event, Slot
from openspace.extensions import db, limiter
from openspace.store import database, sqlite

# As the version with the contact book wrote it: a topic hangs at 00:10 on the fifth of June in Kyiv.
BEFORE = "0003"
ROWS = (
    "INSERT INTO event (id, slug, name, city, starts_on, ends_on, zone, language_codes, is_public, join_code,"
    " is_join_open, projector_key, topics_proposed, months_kept, created_at) VALUES (7, 'hromady', 'Громади', '',"
    " '2026-06-03', '2026-06-05', 'Europe/Kyiv', 'uk', false, 'abc-de', true, 'projector', 1, 12, :at)",
    "INSERT INTO member (id, event_id, name, community, role, key, joined_at, has_news) VALUES"
    " (3, 7, 'Олена', '', 'participant', 'secret', :at, false)",
    "INSERT INTO space (id, event_id, number, name, chairs) VALUES (2, 7, 1, 'Зала', 40)",
    "INSERT INTO slot (id, event_id, starts_at, ends_at, title, is_break) VALUES (5, 7, :starts, :ends, '', false)",
    "INSERT INTO topic (id, event_id, number, title, text, language, convener_id, is_programme, created_at,"
    " former_cells, draft_key) VALUES (4, 7, 1, 'Вода', '', 'uk', 3, false, :at, '', 'of this draft')",
    "INSERT INTO interest (topic_id, member_id, kind, marked_at) VALUES (4, 3, 'go', :at)",
    "INSERT INTO placement (id, topic_id, slot_id, space_id, placed_at) VALUES (9, 4, 5, 2, :placed)",
)
TIMES = {
    "at": datetime(2026, 6, 1, 8, tzinfo=UTC),
    "placed": datetime(2026, 6, 2, 8, tzinfo=UTC),
    "starts": datetime(2026, 6, 4, 21, 10, tzinfo=UTC),
    "ends": datetime(2026, 6, 4, 22, tzinfo=UTC),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def old_app(request, tmp_path):
    """An app on a database of its own that holds the rows of the version before."""
    config = {"DATA": tmp_path, "TESTING": True, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'old.sqlite'}"}
    if request.param == "postgresql":
        config["SQLALCHEMY_DATABASE_URI"] = another_database(make_url(request.getfixturevalue("postgres")))
    limiter.enabled = True
    app = create_app(config)
    limiter.enabled = False
    with app.app_context(), sqlite.writing():
        Migrate(app, db, directory=str(database.MIGRATIONS), render_as_batch=True)
        upgrade(directory=str(database.MIGRATIONS), revision=BEFORE)
        for statement in ROWS:
            needed = {name: value for name, value in TIMES.items() if f":{name}" in statement}
            db.session.execute(text(statement), needed)
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def another_database(url: URL) -> str:
    """The address of a new, empty database on the same server."""
    from sqlalchemy import create_engine

    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS before WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE before"))
    return url.set(database="before").render_as_string(hide_password=False)


def test_upgrade_keeps_what_calendars_knew_and_puts_slots_on_their_day(old_app):
    database.upgrade()

    event, slot, topic = (db.session.scalars(db.select(table)).one() for table in (Event, Slot, Topic))
    assert event.uid_base == "hromady"
    assert db.session.scalars(db.select(Placement.uid)).one() == "hromady-9@open-space"
    assert topic.key == "of this draft"
    assert (slot.day, slot.starts_at) == (date(2026, 6, 5), TIMES["starts"])
    assert (topic.edits, topic.changed_at) == (0, TIMES["placed"])


def test_upgrade_loses_no_row(old_app):
    database.upgrade()

    tables = ("event", "member", "space", "slot", "topic", "interest", "placement")
    assert [db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables] == [1] * len(tables)
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_upgraded_tables_are_those_of_the_models(old_app):
    """A table or a column without a migration is found here."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database.upgrade()

    with db.engine.connect() as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": is_ours})
        differences = compare_metadata(compared, db.metadata)
    assert [difference for difference in differences if difference[0] in ADDITIONS] == []


def is_ours(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """Whether a name in the database is one of a model's: search indexes are made by hand."""
    return kind != "table" or name in db.metadata.tables


# What a migration has forgotten. Alembic does not see all that a table has besides, such as an index on an expression.
ADDITIONS = {"add_table", "add_column", "remove_column", "add_constraint", "add_index", "add_fk"}
