"""Who guesses is slowed down, whatever they change about themselves; who knows is let in, whatever others do."""

import time

import pytest

from openspace.access import attempts
from openspace.access.actions import set_password
from openspace.access.models import Member
from openspace.access.passwords import hash_password
from openspace.access.rules import long_code
from openspace.extensions import db, limiter
from openspace.store import sqlite

EMAIL, PASSWORD = "iryna@example.org", "seven grey herons"
ATTACKER, HALL = "198.51.100.7", "203.0.113.5"


@pytest.fixture
def counted(hall, monkeypatch):
    """The limits are on, and waits are short."""
    limiter.reset()
    limiter.enabled = True
    monkeypatch.setattr(attempts, "FIRST", 0.001)
    monkeypatch.setattr(attempts, "LONGEST", 0.01)
    yield hall
    limiter.reset()


@pytest.fixture
def organiser(counted):
    with counted.app.test_request_context(), sqlite.writing():
        member = db.session.get_one(Member, counted.ids["organiser"])
        set_password(member, email=EMAIL, password_hash=hash_password(PASSWORD))
        db.session.commit()
    return counted


def post(hall, path: str, fields: dict, *, address: str = HALL, client=None, **headers):
    client = client or hall.app.test_client()
    return client.post(path, data=fields, headers=headers, environ_base={"REMOTE_ADDR": address})


def sign_in(hall, password: str, *, email: str = EMAIL, **more) -> int:
    return post(hall, hall.url("sign-in"), {"email": email, "password": password}, **more).status_code


def nobody_may_wait(monkeypatch) -> None:
    """Whoever would have to wait is refused: so a test sees who that is."""
    for kind in (attempts.CODES, attempts.PASSWORDS):
        monkeypatch.setattr(kind, "waiting", 0)


def test_six_hundred_and_ten_empty_joins_keep_nobody_out(counted):
    address = counted.url(f"join/{counted.code}")
    # As JSON, for to draw the form 610 times proves no more.
    refused = {post(counted, address, {"name": ""}, Accept="application/json").status_code for _ in range(610)}

    newcomer = post(counted, address, {"name": "Нова"})

    assert (refused, newcomer.status_code) == ({422}, 303)


def test_twelve_wrong_passwords_do_not_lock_the_organiser_out(organiser):
    wrong = {sign_in(organiser, str(number)) for number in range(12)}

    assert wrong == {422}
    assert sign_in(organiser, PASSWORD) == 303


def test_wrong_passwords_make_the_next_attempt_wait_longer_and_longer(organiser, monkeypatch):
    monkeypatch.setattr(attempts, "LONGEST", 0.3)
    monkeypatch.setattr(attempts, "FIRST", 0.15)
    for number in range(6):
        sign_in(organiser, str(number))

    began = time.monotonic()
    sign_in(organiser, "again")

    assert time.monotonic() - began >= 0.3


def test_in_a_browser_that_knew_the_password_others_failures_cost_no_wait(organiser, monkeypatch):
    mine = organiser.app.test_client()
    mine.get(organiser.url("sign-in"))
    assert sign_in(organiser, PASSWORD, client=mine) == 303
    mine.delete(organiser.url("me/seat"))
    for number in range(12):
        sign_in(organiser, str(number))
    nobody_may_wait(monkeypatch)

    assert (sign_in(organiser, PASSWORD), sign_in(organiser, PASSWORD, client=mine)) == (429, 303)


@pytest.mark.parametrize("number", range(3))
def test_another_browser_case_or_blank_is_the_same_account(organiser, monkeypatch, number):
    for turn in range(6):
        email = [EMAIL, EMAIL.upper(), f" {EMAIL} "][(turn + number) % 3]
        sign_in(organiser, str(turn), email=email, address=f"198.51.100.{turn}", User_Agent=f"browser {turn}")
    nobody_may_wait(monkeypatch)

    assert sign_in(organiser, PASSWORD, address="192.0.2.1", User_Agent="another") == 429


def test_another_account_does_not_wait(organiser, monkeypatch):
    for turn in range(12):
        sign_in(organiser, str(turn), address=ATTACKER)
    nobody_may_wait(monkeypatch)

    assert sign_in(organiser, "x", email="other@example.org") == 422


def guess(hall, way: str, code: str, address: str, **headers) -> int:
    client = hall.app.test_client()
    base = {"REMOTE_ADDR": address}
    if way == "typed":
        return client.post("/", data={"code": code}, headers=headers, environ_base=base).status_code
    path = f"/{code}/" if way == "short address" else hall.url(f"join/{code}")
    return client.get(path, headers=headers, environ_base=base).status_code


WAYS = ("typed", "short address", "join page")


@pytest.mark.parametrize("way", WAYS)
def test_guessing_codes_makes_the_guesser_wait_by_whatever_way(counted, monkeypatch, way):
    wrong = {guess(counted, WAYS[n % 3], "vavavava", ATTACKER, User_Agent=f"browser {n}") for n in range(100)}
    nobody_may_wait(monkeypatch)

    statuses = [guess(counted, way, counted.code, address) for address in (ATTACKER, HALL)]

    assert wrong == {404}
    assert statuses[0] == 429
    assert statuses[1] in {200, 302, 303}


def test_guessing_from_ever_new_addresses_makes_all_wait_and_the_qr_code_still_lets_in(counted, monkeypatch):
    monkeypatch.setattr(attempts.CODES, "free_of_all", 30)
    for n in range(30):
        guess(counted, "typed", "vavavava", f"198.51.100.{n}")
    nobody_may_wait(monkeypatch)

    typed = guess(counted, "typed", counted.code, HALL)
    scanned = long_code(counted.code, counted.app.config["SECRET_KEY"])
    joined = post(counted, counted.url(f"join/{scanned}"), {"name": "Нова"})

    assert (typed, joined.status_code) == (429, 303)


def test_right_codes_are_never_counted(counted, monkeypatch):
    nobody_may_wait(monkeypatch)

    assert {guess(counted, "typed", counted.code, HALL) for _ in range(60)} == {303}


def test_a_hall_behind_one_address_may_mistype_its_code(counted, monkeypatch):
    nobody_may_wait(monkeypatch)

    statuses = [guess(counted, "typed", "vavavava" if n % 4 == 0 else counted.code, HALL) for n in range(240)]

    assert statuses.count(303) == 180


def test_a_hall_behind_one_address_comes_back_by_personal_links(counted):
    links = [counted.url(f"me/{counted.keys['participant']}") for _ in range(200)]

    assert {post(counted, link, {}).status_code for link in links} == {303}


def test_the_qr_code_and_the_form_behind_it_hold_the_long_code(counted):
    scanned = long_code(counted.code, counted.app.config["SECRET_KEY"])

    page = counted.app.test_client().get(counted.url(f"join/{counted.code}")).get_data(as_text=True)

    assert f'action="{counted.url(f"join/{scanned}")}"' in page
    assert counted.app.test_client().get(counted.url(f"join/{scanned}.")).status_code == 200
    assert post(counted, "/", {"code": f"https://example.org/e/join/{scanned}"}).status_code == 303
    assert counted.app.test_client().get(counted.url(f"join/{scanned[:-1]}0x")).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::2", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_client_is_its_network(app, one, other, are_same):
    def client(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return attempts.client()

    assert (client(one) == client(other)) == are_same


def test_renaming_oneself_again_and_again_is_slowed_down_for_that_person_alone(counted):
    def rename(who: str) -> int:
        return counted.ask(who).put(counted.url("me"), data={"name": "Інша"}).status_code

    statuses = [rename("participant") for _ in range(25)]

    assert (statuses[0], statuses[-1], rename("convener")) == (303, 429, 303)
