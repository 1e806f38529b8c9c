"""A write that is sent twice has one effect and gets the same answer."""

import re
import sqlite3
import threading
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from flask import request, session
from PIL import Image

from openspace import clock, writes
from openspace.access import actions as access, passwords
from openspace.access.models import Member, Role, Seat
from openspace.access.passwords import hash_password
from openspace.access.security_log import SecurityEntry
from openspace.board.models import Topic
from openspace.contacts.models import Card, Photo
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import periodic
from openspace.store import sqlite, transactions
from openspace.writes import Answer
from tests.statements import listened

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


def came_by(hall, path: str):
    """A browser that has opened a page, and so can be told from others; and its cookie as it was then."""
    browser = hall.app.test_client()
    browser.get(path)
    return browser, browser.get_cookie("openspace").value


def sees_the_board(hall, browser) -> bool:
    return browser.get(hall.url()).status_code == 200


def test_who_lost_the_answer_to_joining_gets_the_same_seat(hall):
    before, fields, address = count(hall, Member), {"name": "Тарас", "key": KEY}, hall.url(f"join/{hall.code}")
    browser, cookie = came_by(hall, address)

    for _ in range(3):
        # As it was sent: the answer, and with it the new cookie, is lost each time but the last.
        browser.set_cookie("openspace", cookie)
        assert browser.post(address, data=fields).status_code == 303

    assert count(hall, Member) == before + 1
    assert sees_the_board(hall, browser)


def test_a_form_sent_again_after_signing_out_seats_nobody(hall):
    before, fields, address = count(hall, Member), {"name": "Тарас", "key": KEY}, hall.url(f"join/{hall.code}")
    browser, cookie = came_by(hall, address)
    browser.post(address, data=fields)
    browser.delete(hall.url("me/seat"))

    again = browser.post(address, data=fields)
    browser.set_cookie("openspace", cookie)
    with_the_old_cookie = browser.post(address, data=fields)

    assert (again.status_code, with_the_old_cookie.status_code) == (409, 409)
    assert not sees_the_board(hall, browser)
    assert count(hall, Member) == before + 1


def a_link(hall, **what) -> str:
    with hall.app.test_request_context(), sqlite.writing():
        token = access.issue_link(event=db.session.get_one(Event, hall.id), **what)
        db.session.commit()
    return f"/link/{token}"


def test_a_used_link_with_its_forms_key_seats_nobody_elsewhere(hall):
    address, fields = a_link(hall, role=Role.FACILITATOR), {"name": "Нова", "key": KEY}
    here, _ = came_by(hall, address)
    elsewhere, _ = came_by(hall, address)
    unknown = hall.app.test_client()

    assert here.post(address, data=fields).status_code == 303
    refused = [browser.post(address, data=fields).status_code for browser in (elsewhere, unknown)]

    assert refused == [404, 404]
    assert [sees_the_board(hall, browser) for browser in (here, elsewhere, unknown)] == [True, False, False]


def test_a_new_personal_link_whose_answer_was_lost_signs_nobody_out_who_asked_for_it(hall):
    browser = hall.app.test_client()
    browser.post(hall.url(f"me/{hall.keys['participant']}"))
    browser.get(hall.url("me"))
    cookie = browser.get_cookie("openspace").value
    address = hall.url("me/key?method=PUT")

    browser.post(address, data={"key": KEY})
    browser.set_cookie("openspace", cookie)
    again = browser.post(address, data={"key": KEY})

    assert again.status_code == 303
    assert sees_the_board(hall, browser)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_plain_form_with_a_method_gets_its_answer_again(hall, method):
    client, number = hall.ask("convener"), 2 if method == "PUT" else 1
    address, fields = hall.url(f"topics/{number}/placement?method={method}"), {"cell": hall.cell(3, 1), "key": KEY}

    answers = [client.post(address, data=fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def ident_of(hall, *photos: bytes, read: int = 0, **fields) -> str:
    """What tells a write with these files and fields from all others, after the beginning of a file has been read."""
    files = [(BytesIO(content), "me.png") for content in photos]
    data = {"photo": files, "key": KEY, **fields}
    with hall.app.test_request_context(hall.url("contacts/mine/photo"), method="PUT", data=data):
        session["csrf_token"] = "of this browser"
        sent = request.files.getlist("photo")
        sent[0].read(read)
        found = writes._ident()
        assert [file.read() for file in sent] == list(photos)
        return found


def test_another_file_under_the_same_key_is_another_write(hall):
    assert ident_of(hall, b"one") == ident_of(hall, b"one") != ident_of(hall, b"two")


def test_a_file_that_was_partly_read_counts_whole(hall):
    assert ident_of(hall, b"one", read=2) == ident_of(hall, b"one")
    assert ident_of(hall, b"one", read=3) != ident_of(hall, b"two", read=3)


def test_files_or_rows_in_another_order_are_another_write(hall):
    assert ident_of(hall, b"one", b"two") != ident_of(hall, b"two", b"one")
    assert ident_of(hall, b"one", row=["a", "b"]) != ident_of(hall, b"one", row=["b", "a"])


def test_an_answer_too_old_is_not_given_again(hall):
    before, address = count(hall, Member), hall.url(f"join/{hall.code}")
    fields = {"name": "Тарас", "is_new": "y", "key": KEY}
    browser, cookie = came_by(hall, address)

    browser.post(address, data=fields)
    clock.held += writes.KEPT + timedelta(seconds=1)
    answers = []
    for _ in range(2):
        browser.set_cookie("openspace", cookie)
        answers.append(browser.post(address, data=fields))

    assert count(hall, Member) == before + 2
    assert [answer.status_code for answer in answers] == [303, 303]


def test_a_topic_sent_again_after_its_answer_was_forgotten_is_the_same_topic(hall):
    client, fields, before = hall.ask("participant"), {"title": "Одна", "language": "uk"}, count(hall, Topic)

    first = client.post(hall.url("topics"), data=fields, headers=JSON)
    clock.held += writes.KEPT + timedelta(days=30)
    late = client.post(hall.url("topics"), data=fields, headers=JSON)
    other_words = client.post(hall.url("topics"), data={**fields, "title": "Інша"}, headers=JSON)

    assert late.get_json()["number"] == first.get_json()["number"] != other_words.get_json()["number"]
    assert count(hall, Topic) == before + 2


def test_a_topic_that_a_page_of_the_version_before_sends_keeps_the_key_of_its_draft(hall):
    client, before = hall.ask("participant"), count(hall, Topic)
    fields = {"title": "Одна", "language": "uk", "draft_key": "of this draft"}

    for key in (KEY, KEY[::-1]):
        client.post(hall.url("topics"), data=fields, headers={**JSON, "Idempotency-Key": key})

    assert count(hall, Topic) == before + 1


def test_what_is_kept_holds_no_secret(hall):
    with hall.app.app_context():
        card_code = db.session.get_one(Card, hall.ids["convener"]).code
    newcomer, _ = came_by(hall, hall.url(f"contacts/code/{card_code}"))
    keys = iter(f"{KEY}{number}" for number in range(9))
    newcomer.post(hall.url(f"join/{hall.code}"), data={"name": "Нова", "key": next(keys)})
    newcomer.post(hall.url("me/key?method=PUT"), data={"key": next(keys)})
    organiser = hall.ask("organiser")
    page = organiser.post(hall.url("settings/invitations"), data={"role": "organiser", "key": next(keys)})
    invitation = page.get_data(as_text=True).partition("/link/")[2].partition("<")[0]
    with newcomer.session_transaction() as kept:
        token = kept["seats"][str(hall.id)]
    with hall.app.app_context():
        person = db.session.query(Member).filter_by(name="Нова").one()
        answers = " ".join(str(row) for row in db.session.execute(db.text("SELECT * FROM answer")))

    assert count(hall, Answer) == 2
    assert len(invitation) > 20
    for secret in (token, person.key, invitation, card_code):
        assert secret not in answers


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


@pytest.mark.parametrize("key", ["a key with a \0 in it", "ключ із шістнадцяти", "a key of two\nlines or more"])
def test_a_key_in_letters_that_not_every_database_takes_counts_for_nothing(hall, key):
    client, before = hall.ask("participant"), count(hall, Topic)

    statuses = [
        client.post(hall.url("topics"), data={"title": "Одна", "language": "uk", "key": key}).status_code
        for _ in range(2)
    ]

    assert (statuses, count(hall, Topic)) == ([303, 303], before + 2)


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


def test_answers_are_forgotten_after_two_days_though_nobody_writes(inside):
    old, young = (Answer(ident=ident, at=clock.held - timedelta(days=days)) for ident, days in (("old", 3), ("new", 1)))
    db.session.add_all([old, young])
    db.session.commit()

    periodic.run(inside, writes.forget_old)

    assert list(db.session.scalars(db.select(Answer.ident))) == ["new"]


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


def a_photo(colour: str) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (300, 300), colour).save(stream, "PNG")
    return stream.getvalue()


def test_a_photo_sent_twice_is_put_on_the_card_once_and_another_one_replaces_it(hall):
    client, found = hall.ask("participant"), []

    for photo in (a_photo("red"), a_photo("red"), a_photo("blue")):
        files = {"photo": (BytesIO(photo), "me.png")}
        with listened(hall.app) as said:
            assert client.put(hall.url("contacts/mine/photo"), data=files, headers=JSON).status_code == 200
        with hall.app.app_context():
            (picture,) = db.session.query(Photo.small).filter_by(member_id=hall.ids["participant"]).one()
        found.append((picture, any(statement.startswith(f"INSERT INTO {Photo.__tablename__} ") for statement in said)))

    red, again, blue = found
    assert (red[1], again, blue[1]) == (True, (red[0], False), True)
    assert red[0] != blue[0]
    assert count(hall, Answer) == 2


def with_a_password(hall) -> dict[str, str]:
    """What the organiser signs in with, and a key."""
    hashed = hash_password("long enough 1")
    with hall.app.test_request_context(), transactions.writing():
        member = db.session.get_one(Member, hall.ids["organiser"])
        access.set_password(member, email="iryna@example.org", password_hash=hashed)
    return {"email": "iryna@example.org", "password": "long enough 1", "key": KEY}


def test_a_sign_in_sent_twice_gives_one_seat_and_is_noted_once(hall):
    fields, address = with_a_password(hall), hall.url("sign-in")
    browser, cookie = came_by(hall, address)
    before, noted = count(hall, Seat), count(hall, SecurityEntry)

    for _ in range(3):
        # The answer, and with it the new cookie, is lost each time but the last.
        browser.set_cookie("openspace", cookie)
        assert browser.post(address, data=fields).status_code == 303

    assert sees_the_board(hall, browser)
    assert (count(hall, Seat), count(hall, SecurityEntry)) == (before + 3, noted + 1)


SLOW = {
    "POST sign-in": {"email": "iryna@example.org", "password": "long enough 1"},
    "PUT me/password": {"email": "a@example.org", "password": "long enough 2", "current": "long enough 1"},
    "PUT me/confirmation": {"password": "long enough 1"},
}


@pytest.mark.parametrize("write", SLOW)
def test_while_a_password_is_checked_nothing_is_held_and_what_changes_meanwhile_counts(hall, monkeypatch, write):
    """In the middle of the check, the password is taken away by another request: the write is refused."""
    with_a_password(hall)
    held, check = [], passwords.check_password_hash

    def check_slowly(stored: str, password: str) -> bool:
        held.append(db.engine.pool.checkedout())
        with hall.app.test_request_context(), transactions.writing():
            access.remove_password(db.session.get_one(Member, hall.ids["organiser"]))
        return check(stored, password)

    monkeypatch.setattr(passwords, "check_password_hash", check_slowly)
    method, path = write.split()
    who = "stranger" if method == "POST" else "organiser"

    answer = hall.ask(who).open(hall.url(path), method=method, data=SLOW[write], headers=JSON)

    assert held == [0]
    assert answer.status_code in {409, 422}
    assert count(hall, Answer) == 0
    with hall.app.app_context():
        assert db.session.get_one(Member, hall.ids["organiser"]).password_hash is None


@pytest.mark.parametrize("loses", ["seat", "role"])
def test_who_loses_seat_or_role_while_a_password_is_hashed_is_refused(hall, monkeypatch, loses):
    """The guards have let them in before the step."""
    hash_it = passwords.generate_password_hash

    def hash_slowly(password: str, *more: str) -> str:
        with hall.app.test_request_context(), transactions.writing():
            member = db.session.get_one(Member, hall.ids["facilitator"])
            access.renew_key(member) if loses == "seat" else access.give_role(member, Role.PARTICIPANT)
        return hash_it(password, *more)

    monkeypatch.setattr(passwords, "generate_password_hash", hash_slowly)
    words = {"email": "olena@example.org", "password": "a long enough one 1"}

    answer = hall.ask("facilitator").put(hall.url("me/password"), data=words, headers=JSON)

    assert answer.status_code == 403
    with hall.app.app_context():
        assert db.session.get_one(Member, hall.ids["facilitator"]).password_hash is None


def test_something_slow_within_a_write_is_a_mistake(inside):
    with transactions.writing(), pytest.raises(RuntimeError):
        hash_password("long enough 1")


def test_nothing_but_what_ends_transactions_commits_or_rolls_back():
    """Views leave that to `writes.py`, everything else to `transactions.writing`."""
    allowed = {
        "access/security_log.py": "what the request did is rolled back, and a refusal written down apart from it",
        "backups/restoring.py": "a command: ends what was read of a database that is replaced",
        "exports/readers.py": "ends what only read, for a transaction with one view of the data",
        "live/sockets.py": "a socket's transaction only reads",
        "store/sqlite.py": "listens to them",
        "store/transactions.py": "ends them",
        "web/cookies.py": "draws a page after a refusal",
        "web/errors.py": "draws a page after a refusal",
        "writes.py": "ends them",
    }
    top = Path(writes.__file__).parent
    found = {
        str(path.relative_to(top))
        for path in top.rglob("*.py")
        if re.search(r"\.session\.(commit|rollback)\(", path.read_text())
    }

    assert found <= set(allowed)


def test_a_tap_is_kept_after_a_form_that_came_without_a_seat_and_without_a_referrer(hall):
    client = hall.app.test_client()
    client.post(hall.url("topics"), data={"title": "Одна", "language": "uk"})
    with client.session_transaction() as seated:
        assert seated["wanted"] == ""
        seated["seats"] = {str(hall.id): hall.token("participant")}

    answers = [client.put(hall.url("topics/1/interest"), data={"kind": "go"}, headers=JSON) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
