"""A write that is sent twice has one effect and gets the same answer."""

import sqlite3
import threading
import time
from datetime import timedelta
from io import BytesIO

import psycopg
import pytest
from PIL import Image

from openspace import clock, once, sqlite
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.contacts.models import Photo
from openspace.extensions import db
from openspace.once import Answer

KEY = "0123456789abcdef"
JSON = {"Accept": "application/json", "Idempotency-Key": KEY}


def count(hall, model) -> int:
    with hall.app.app_context():
        return db.session.query(model).count()


def test_a_topic_sent_twice_is_one_topic_and_one_answer(hall):
    client, fields, before = hall.ask("participant"), {"title": "Одна", "language": "uk"}, count(hall, Topic)

    answers = [client.post(hall.url("topics"), data=fields, headers=JSON) for _ in range(2)]

    assert count(hall, Topic) == before + 1
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[0].mimetype == answers[1].mimetype


def test_a_form_carries_its_key_in_a_field(hall):
    client, before = hall.ask("participant"), count(hall, Topic)
    fields = {"title": "Одна", "language": "uk", "key": KEY}

    answers = [client.post(hall.url("topics"), data=fields) for _ in range(2)]

    assert count(hall, Topic) == before + 1
    assert answers[0].status_code == 303
    assert answers[0].location == answers[1].location


def test_every_rendered_form_has_a_key_of_its_own(hall):
    pages = [hall.ask("participant").get(hall.url("topics/new")).get_data(as_text=True) for _ in range(2)]

    keys = {page.partition('name="key" value="')[2].partition('"')[0] for page in pages}

    assert len(keys) == 2
    assert all(len(key) >= 16 for key in keys)


def test_other_words_under_the_same_key_are_another_write(hall):
    client, before = hall.ask("participant"), count(hall, Topic)

    for title in ("Одна", "Друга"):
        client.post(hall.url("topics"), data={"title": title, "language": "uk"}, headers=JSON)

    assert count(hall, Topic) == before + 2


def test_who_lost_the_answer_to_joining_gets_the_same_seat(hall):
    before, fields = count(hall, Member), {"name": "Тарас", "key": KEY}
    browsers = [hall.app.test_client() for _ in range(2)]

    for browser in browsers:
        assert browser.post(hall.url(f"join/{hall.code}"), data=fields).status_code == 303

    assert count(hall, Member) == before + 1
    seats = []
    for browser in browsers:
        with browser.session_transaction() as session:
            seats.append(session["seats"])
    assert seats[0] == seats[1] != {}


def test_another_person_with_the_same_key_is_not_given_the_answer(hall):
    fields, before = {"title": "Одна", "language": "uk"}, count(hall, Topic)

    numbers = [
        hall.ask(who).post(hall.url("topics"), data=fields, headers=JSON).get_json()["number"]
        for who in ("participant", "convener")
    ]

    assert numbers[0] != numbers[1]
    assert count(hall, Topic) == before + 2


def test_a_refusal_is_not_kept(hall):
    client = hall.ask("participant")
    refused = client.post(hall.url("topics"), data={"title": "", "language": "uk"}, headers=JSON)
    taken = client.put(hall.url("topics/2/placement"), data={"cell": hall.cell(3, 0)}, headers=JSON)

    assert (refused.status_code, taken.status_code) == (422, 403)
    assert count(hall, Answer) == 0


def test_a_tap_sent_again_does_not_undo_what_came_after(hall):
    client, address = hall.ask("participant"), hall.url("topics/1/interest")
    client.put(address, data={"kind": "go"}, headers=JSON)
    client.delete(address, headers={**JSON, "Idempotency-Key": KEY[::-1]})

    late = client.put(address, data={"kind": "go"}, headers=JSON)

    assert late.status_code == 200
    mine = client.get(hall.url("live?channel=board&since=0")).get_json()["mine"]
    assert mine["marks"] == {}


def test_a_key_that_others_could_have_too_counts_for_nothing(hall):
    client, before = hall.ask("participant"), count(hall, Topic)

    for _ in range(2):
        fields = {"title": "Одна", "language": "uk"}
        client.post(hall.url("topics"), data=fields, headers={**JSON, "Idempotency-Key": "1"})

    assert count(hall, Topic) == before + 2


@pytest.mark.parametrize("people", [8])
def test_sent_many_times_at_the_same_moment_it_is_done_once(hall, people):
    before, together, statuses = count(hall, Topic), threading.Barrier(people), []
    clients = [hall.ask("participant") for _ in range(people)]
    cookie = clients[0].get_cookie("openspace").value

    def send() -> None:
        client = hall.app.test_client()
        client.set_cookie("openspace", cookie)
        together.wait()
        statuses.append(
            client.post(hall.url("topics"), data={"title": "Одна", "language": "uk"}, headers=JSON).status_code
        )

    threads = [threading.Thread(target=send) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count(hall, Topic) == before + 1
    assert statuses == [201] * people


def test_answers_are_forgotten_after_two_days(inside):
    old, young = (Answer(ident=ident, at=clock.held - timedelta(days=days)) for ident, days in (("old", 3), ("new", 1)))
    db.session.add_all([old, young])
    db.session.flush()

    # Every 256th write, by its hash, looks for old ones.
    once._claim("00" + "f" * 62)

    assert sorted(db.session.scalars(db.select(Answer.ident))) == ["00" + "f" * 62, "new"]


def test_a_database_that_another_process_holds_for_too_long_is_busy(hall, monkeypatch):
    if "sqlite" not in hall.app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("only SQLite has one lock for all")
    monkeypatch.setattr(sqlite, "PATIENCE", 0.1)
    other = sqlite3.connect(hall.app.config["DATA"] / "openspace.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    during = hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"}, headers=JSON)
    other.execute("ROLLBACK")
    after = hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"}, headers=JSON)

    assert (during.status_code, during.get_json()["problem"], after.status_code) == (503, "Busy", 200)


def test_a_database_that_hangs_up_on_a_tap_is_busy(hall):
    address = hall.app.config["SQLALCHEMY_DATABASE_URI"]
    if "sqlite" in address:
        pytest.skip("SQLite cannot hang up")
    client, answers = hall.ask("participant"), []
    tapping = threading.Thread(
        target=lambda: answers.append(client.put(hall.url("topics/1/interest"), data={"kind": "go"}))
    )

    with psycopg.connect(address.replace("+psycopg", "")) as other:
        other.execute("UPDATE channel SET revision = revision WHERE name = 'board'")
        tapping.start()
        hung_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not other.execute(hung_up).fetchall():
            time.sleep(0.05)
        tapping.join()

    assert (answers[0].status_code, answers[0].mimetype) == (503, "text/html")


def test_what_gives_its_transaction_up_is_done_again(hall):
    client = hall.ask("participant")

    def send(colour):
        stream = BytesIO()
        Image.new("RGB", (300, 300), colour).save(stream, "PNG")
        photo = {"photo": (BytesIO(stream.getvalue()), "me.png")}
        assert client.put(hall.url("contacts/mine/photo"), data=photo, headers=JSON).status_code == 200
        with hall.app.app_context():
            return {picture.small for picture in db.session.query(Photo)}

    assert send("red") != send("blue")
    assert count(hall, Answer) == 0
