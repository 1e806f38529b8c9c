"""A database of an earlier version is brought up to date without a loss."""

from pathlib import Path

import pytest
from sqlalchemy import text

from openspace import create_app, database
from openspace.contacts import search
from openspace.contacts.models import Card
from openspace.events.models import Event
from openspace.extensions import db, limiter

# Before names had a key of their order, and when texts could come in decomposed.
BEFORE = "0011"
EVENT = {"id": 1, "slug": "x", "name": "Киі\u0308в", "city": "", "zone": "Europe/Kyiv", "language_codes": "uk"}
EVENT |= {"starts_on": "2026-06-03", "ends_on": "2026-06-04", "created_at": "2026-06-01", "topics_proposed": 0}
EVENT |= {"is_public": False, "join_code": "ganoka", "is_join_open": True, "projector_key": "key"}
NAMES = ("Юлія Яна", "Сергіи\u0306", "Євген", "Ель")
MEMBER = {"event_id": 1, "community": "Киі\u0308в", "role": "participant", "joined_at": "2026-06-01"}
EMPTY = "region country about phone email telegram signal whatsapp linkedin facebook web photo"
CARD = {"event_id": 1, "occupation": "и\u0306од", "visibilities": "{}", "alphabet": 0, "in_book_until": "2999-01-01"}
CARD |= dict.fromkeys(EMPTY.split(), "")
LINE = {"member_id": 1, "kind": "offers", "place": 0, "text": "музеи\u0306"}


def put_people_in() -> None:
    put("event", EVENT)
    for number, name in enumerate(NAMES, 1):
        put("member", {**MEMBER, "id": number, "name": name, "key": f"key{number}"})
        put("card", {**CARD, "member_id": number, "code": f"code{number}"})
    put("card_line", LINE)


def put(table: str, row: dict) -> None:
    values = ", ".join(f":{column}" for column in row)
    db.session.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"), row)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_upgrade_composes_texts_sorts_names_and_indexes_cards_anew(engine, tmp_path: Path, request):
    app = app_before(engine, tmp_path, request)
    with app.app_context():
        database.upgrade()

        event = db.session.get_one(Event, 1)
        names = [card.member.name for card in db.session.scalars(db.select(Card).order_by(Card.sort_key))]
        assert event.name == "Київ"
        assert names == ["Ель", "Євген", "Сергій", "Юлія Яна"]
        assert db.session.get_one(Card, 1).listed("offers") == ["музей"]
        assert [search.find(event, typed) for typed in ("Yana", "Serhiy", "музей")] == [[1], [2], [1]]
        db.session.remove()
        db.engine.dispose()


def app_before(engine, tmp_path, request):
    """An app on a database as it was, with people in it."""
    from flask_migrate import Migrate, upgrade

    config = {"DATA": tmp_path, "TESTING": True}
    if engine == "postgresql":
        server = request.getfixturevalue("postgres")
        config["SQLALCHEMY_DATABASE_URI"] = another_database(server)
    limiter.enabled = True
    app = create_app(config)
    with app.app_context():
        Migrate(app, db, directory=str(database.MIGRATIONS), render_as_batch=True)
        upgrade(directory=str(database.MIGRATIONS), revision=BEFORE)
        put_people_in()
        db.session.commit()
        db.session.remove()
    return app


def another_database(server: str) -> str:
    from sqlalchemy import create_engine, make_url

    address = make_url(server)
    with create_engine(address, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS before_upgrade WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE before_upgrade"))
    return address.set(database="before_upgrade").render_as_string(hide_password=False)
