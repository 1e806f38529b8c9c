"""A cookie is worth as much as the seat behind it: signed out, it signs nobody in, wherever it was copied to."""

import sqlite3

import pytest
from flask import session
from flask_migrate import Migrate, upgrade

from openspace import create_app
from openspace.access import actions as access, seats
from openspace.access.doors import DOOR, door_of
from openspace.access.models import Member, Seat
from openspace.access.rules import hashed
from openspace.extensions import db
from openspace.live import log
from openspace.store import database, sqlite
from tests.people.test_person import everywhere


def copy_of(hall, client):
    """Another browser with the same cookie."""
    copy = hall.app.test_client()
    copy.set_cookie("openspace", client.get_cookie("openspace").value)
    return copy


def signed_in(hall, who: str):
    """One more browser of this person, which came by their personal link."""
    client = hall.app.test_client()
    client.post(hall.url(f"me/{hall.keys[who]}"))
    return client


def sees_the_board(hall, *clients) -> list[bool]:
    return [client.get(hall.url()).status_code == 200 for client in clients]


def test_the_cookie_holds_no_personal_key_and_the_database_no_token(hall):
    client = signed_in(hall, "participant")
    with client.session_transaction() as kept:
        token = kept["seats"][str(hall.id)]

    assert token not in {hall.keys["participant"], hall.token("participant")}
    tables = everywhere(hall.app)
    assert not any(token in whole for whole in tables.values())
    assert hashed(token) in tables["seat"]


def test_after_signing_out_a_copied_cookie_is_worth_nothing(hall):
    client = signed_in(hall, "participant")
    copy = copy_of(hall, client)
    assert sees_the_board(hall, client, copy) == [True, True]

    client.delete(hall.url("me/seat"))

    assert sees_the_board(hall, client, copy) == [False, False]
    assert copy.put(hall.url("topics/1/interest"), data={"kind": "go"}).status_code == 403
    assert copy.get(hall.url("live?channel=board&since=0")).status_code == 403


def test_signing_out_here_leaves_other_phones_signed_in(hall):
    here, there = signed_in(hall, "participant"), signed_in(hall, "participant")

    here.delete(hall.url("me/seat"))

    assert sees_the_board(hall, here, there) == [False, True]


def test_who_leaves_is_told_that_it_is_done(hall):
    client = signed_in(hall, "participant")

    page = client.delete(hall.url("me"), follow_redirects=True)

    assert "Ви вийшли з події, ваше імʼя забуто." in page.get_data(as_text=True)


def test_signing_out_is_told_at_the_door_and_sockets_are_refused(hall):
    client = signed_in(hall, "participant")
    with client.session_transaction() as kept:
        seat = hashed(kept["seats"][str(hall.id)])
    with hall.app.test_request_context():
        before, door = log.revision(hall.id, DOOR), door_of(hall.slug)
        assert door.listener(projector_key="", seat=seat).audience == "members"

    client.delete(hall.url("me/seat"))

    with hall.app.test_request_context():
        assert log.revision(hall.id, DOOR) == before + 1
        assert door_of(hall.slug).listener(projector_key="", seat=seat) is None


def test_who_leaves_is_signed_out_everywhere_and_no_seat_remains(hall):
    phones = [signed_in(hall, "participant") for _ in range(2)]

    with hall.app.test_request_context(), sqlite.writing():
        access.leave(db.session.get_one(Member, hall.ids["participant"]))
        db.session.commit()

    assert sees_the_board(hall, *phones) == [False, False]
    with hall.app.app_context():
        assert db.session.query(Seat).filter_by(member_id=hall.ids["participant"]).count() == 0


def test_a_browser_that_becomes_somebody_else_gives_its_old_seat_up(hall):
    client = signed_in(hall, "participant")
    copy = copy_of(hall, client)

    client.post(hall.url(f"me/{hall.keys['convener']}"))

    assert sees_the_board(hall, client, copy) == [True, False]


def test_a_token_of_another_event_opens_nothing_here(hall):
    with hall.app.test_request_context():
        session["seats"] = {str(hall.id): hall.token("other")}
        assert db.session.scalar(seats.holder(hall.id, hall.token("other"))) is None
        assert db.session.scalar(seats.holder(hall.ids["other event"], hall.token("other"))) is not None


@pytest.fixture
def before(tmp_path):
    """An app whose database is of the version that kept people signed in by the key of their personal link."""
    app = create_app({"DATA": tmp_path, "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        Migrate(app, db, directory=str(database.MIGRATIONS), render_as_batch=True)
        upgrade(directory=str(database.MIGRATIONS), revision="0003")
    with sqlite3.connect(tmp_path / "openspace.sqlite") as connection:
        connection.execute(
            "INSERT INTO event (id, slug, name, city, starts_on, ends_on, zone, language_codes, join_code,"
            " is_join_open, is_public, projector_key, months_kept, topics_proposed, created_at)"
            " VALUES (1, 'e', 'E', '', '2026-06-03', '2026-06-05', 'Europe/Kyiv', 'uk', 'ganoka',"
            " 1, 0, 'p', 12, 0, '2026-06-01')"
        )
        for key, left_at in (("key", None), ("gone", "2026-06-03")):
            connection.execute(
                "INSERT INTO member (event_id, name, community, role, key, joined_at, left_at, has_news)"
                " VALUES (1, 'A', '', 'participant', ?, '2026-06-03', ?, 0)",
                (key, left_at),
            )
    return app


def test_the_upgrade_keeps_people_signed_in(before):
    with before.app_context():
        database.upgrade()
    clients = {key: before.test_client() for key in ("key", "gone", "other")}
    for key, client in clients.items():
        with client.session_transaction() as kept:
            kept["seats"] = {"1": key}

    statuses = {key: client.get("/e/").status_code for key, client in clients.items()}
    clients["key"].delete("/e/me/seat")

    assert statuses == {"key": 200, "gone": 403, "other": 403}
    assert clients["key"].get("/e/").status_code == 403
