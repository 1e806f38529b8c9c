"""Passwords, personal links, and proving once more who one is: what a stranger with an unlocked phone cannot do."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions as access, passwords
from openspace.access.confirmation import LASTS
from openspace.access.models import Member
from openspace.access.passwords import hash_password, is_easily_guessed, matches
from openspace.extensions import db
from openspace.store import sqlite
from tests.conftest import COSTLY

EMAIL, OLD, NEW = "iryna@example.org", "seven grey herons", "four wet umbrellas"
ENGLISH = {"Accept-Language": "en"}


def give_password(hall, who: str) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        member = db.session.get_one(Member, hall.ids[who])
        access.set_password(member, email=EMAIL, password_hash=hash_password(OLD))
        db.session.commit()


def password_is(hall, who: str, password: str) -> bool:
    with hall.app.app_context():
        return matches(db.session.get_one(Member, hall.ids[who]).password_hash, password)


def later() -> None:
    clock.held += LASTS + timedelta(seconds=1)


def put(hall, client, **fields):
    return client.put(hall.url("me/password"), data={"email": EMAIL, "password": NEW, **fields}, headers=ENGLISH)


def sign_in(hall, password: str = OLD):
    client = hall.app.test_client()
    client.post(hall.url("sign-in"), data={"email": EMAIL, "password": password})
    return client


def is_in(hall, client) -> bool:
    return client.get(hall.url()).status_code == 200


def test_a_password_costs_whoever_guesses_it_the_same_with_and_without_an_account(monkeypatch):
    passwords._nobodys_hash.cache_clear()
    monkeypatch.setattr(passwords, "METHOD", COSTLY)

    made = [hash_password(OLD), passwords._nobodys_hash()]

    assert [hashed.rpartition("$")[0].partition("$")[0] for hashed in made] == ["scrypt:32768:8:1"] * 2
    assert (matches(made[0], OLD), matches(made[0], NEW), matches(None, "nobody")) == (True, False, False)
    passwords._nobodys_hash.cache_clear()


def test_a_new_password_asks_for_the_present_one(hall):
    give_password(hall, "facilitator")
    client = sign_in(hall)

    refused = [put(hall, client), put(hall, client, current="a wrong one")]

    assert [answer.status_code for answer in refused] == [422, 422]
    assert "The present password is not right." in refused[1].get_data(as_text=True)
    assert f'value="{EMAIL}"' in refused[1].get_data(as_text=True)
    assert password_is(hall, "facilitator", OLD)
    assert put(hall, client, current=OLD).status_code == 303
    assert password_is(hall, "facilitator", NEW)


def test_a_new_password_signs_the_other_browsers_out(hall):
    give_password(hall, "facilitator")
    here, there = sign_in(hall), sign_in(hall)

    put(hall, here, current=OLD)

    assert (is_in(hall, here), is_in(hall, there), is_in(hall, hall.ask("facilitator"))) == (True, False, False)


@pytest.mark.parametrize("fields", [{"remove": "1"}, {"email": "", "password": ""}])
def test_a_password_can_be_removed_with_the_present_one(hall, fields):
    give_password(hall, "facilitator")
    client = sign_in(hall)

    without = put(hall, client, **fields)
    with_it = put(hall, client, **fields, current=OLD)

    assert (without.status_code, with_it.status_code) == (422, 303)
    assert not password_is(hall, "facilitator", OLD)
    assert not is_in(hall, sign_in(hall))


def test_a_sign_in_link_stands_in_for_a_forgotten_password_once_and_not_for_long(hall):
    give_password(hall, "facilitator")

    def by_link():
        address = hall.url(f"exports/people/{hall.ids['facilitator']}/link")
        page = hall.ask("organiser").post(address).get_data(as_text=True)
        client = hall.app.test_client()
        client.post("/link/" + page.partition("/link/")[2].partition('"')[0])
        return client

    client = by_link()
    statuses = [put(hall, client).status_code, put(hall, client, password="another one of mine").status_code]
    late = by_link()
    later()

    assert statuses == [303, 422]
    assert put(hall, late, password="another one of mine").status_code == 422
    assert password_is(hall, "facilitator", NEW)


def test_a_personal_link_does_not_stand_in_for_a_password(hall):
    give_password(hall, "facilitator")
    client = hall.app.test_client()
    client.post(hall.url(f"me/{hall.keys['facilitator']}"))

    assert put(hall, client).status_code == 422
    assert client.put(hall.url("me/key")).location == hall.url("me/confirmation")


def test_who_came_by_a_link_sets_the_first_password_and_after_a_while_opens_their_link_again(hall):
    client = hall.app.test_client()
    client.post(hall.url(f"me/{hall.keys['facilitator']}"))
    later()

    asked = put(hall, client)
    page = client.get(asked.location, headers=ENGLISH).get_data(as_text=True)
    client.post(hall.url(f"me/{hall.keys['facilitator']}"))

    assert asked.location == hall.url("me/confirmation")
    assert hall.url(f"me/{hall.keys['facilitator']}") in page
    assert put(hall, client).status_code == 303
    assert password_is(hall, "facilitator", NEW)


def test_the_personal_link_of_who_has_a_password_is_not_on_an_unlocked_phone(hall):
    give_password(hall, "facilitator")
    client = sign_in(hall)
    fresh = client.get(hall.url("me")).get_data(as_text=True)

    later()
    page, picture = client.get(hall.url("me")).get_data(as_text=True), client.get(hall.url("me/qr.svg"))

    assert (hall.keys["facilitator"] in fresh, hall.keys["facilitator"] in page) == (True, False)
    assert picture.status_code == 403


def test_a_new_personal_link_ends_the_password_too(hall):
    give_password(hall, "facilitator")
    client = sign_in(hall)

    client.put(hall.url("me/key"), headers=ENGLISH)
    page = client.get(hall.url("me"), headers=ENGLISH).get_data(as_text=True)

    assert "the old password is no longer valid" in page
    assert not is_in(hall, sign_in(hall))
    assert put(hall, client).status_code == 303
    assert is_in(hall, sign_in(hall, NEW))


def sensitive(hall, client):
    person = hall.url(f"exports/people/{hall.ids['participant']}")
    member = hall.url(f"settings/members/{hall.ids['facilitator']}")
    return {
        "file": client.get(f"{person}.json"),
        "invitation": client.post(hall.url("settings/invitations"), data={"role": "organiser"}),
        "role": client.put(member, data={"role": "organiser"}),
        "merge": client.get(f"{person}/double?other={hall.ids['convener']}"),
        "merged": client.put(f"{person}/double", data={"other": hall.ids["convener"]}),
        "deletion": client.delete(person),
    }


@pytest.mark.parametrize("has_password", [True, False])
def test_what_concerns_people_asks_who_one_is_first(hall, has_password):
    if has_password:
        give_password(hall, "organiser")
    client = hall.ask("organiser")
    later()

    asked = sensitive(hall, client)

    assert {answer.location for answer in asked.values()} == {hall.url("me/confirmation")}
    if has_password:
        confirmed = client.put(hall.url("me/confirmation"), data={"password": OLD})
        assert confirmed.status_code == 303
    else:
        client.post(hall.url(f"me/{hall.keys['organiser']}"))
    statuses = {name: answer.status_code for name, answer in sensitive(hall, client).items()}
    assert statuses == {
        "file": 200,
        "invitation": 200,
        "role": 303,
        "merge": 200,
        "merged": 303,
        "deletion": 303,
    }


def test_a_wrong_password_confirms_nothing(hall):
    give_password(hall, "organiser")
    client = hall.ask("organiser")
    later()

    answer = client.put(hall.url("me/confirmation"), data={"password": "wrong"})

    assert answer.status_code == 422
    assert sensitive(hall, client)["file"].location == hall.url("me/confirmation")


@pytest.mark.parametrize("has_password", [True, False])
def test_after_the_confirmation_one_is_told_that_what_was_pressed_is_not_done(hall, has_password):
    if has_password:
        give_password(hall, "organiser")
    client, settings = hall.ask("organiser"), hall.url("settings")
    later()
    confirm = {
        True: lambda: client.put(hall.url("me/confirmation"), data={"password": OLD}, headers=ENGLISH),
        False: lambda: client.post(hall.url(f"me/{hall.keys['organiser']}"), headers=ENGLISH),
    }[has_password]

    client.post(
        f"{settings}/invitations", data={"role": "organiser"}, headers={"Referer": f"http://localhost{settings}"}
    )
    page = client.get(confirm().location)

    assert page.request.path == settings
    assert "Nothing has been done yet" in page.get_data(as_text=True)
    assert "Nothing has been done yet" not in client.get(settings).get_data(as_text=True)


def test_after_the_confirmation_one_is_where_one_was(hall):
    give_password(hall, "organiser")
    client, address = hall.ask("organiser"), hall.url(f"exports/people/{hall.ids['participant']}.json")
    later()
    client.get(address)

    assert client.put(hall.url("me/confirmation"), data={"password": OLD}).location == address


def test_in_json_who_is_not_confirmed_is_told_so(hall):
    later()

    answer = hall.ask("organiser").delete(
        hall.url(f"exports/people/{hall.ids['participant']}"), headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.get_json()["problem"]) == (403, "NotConfirmed")


@pytest.mark.parametrize(
    "password",
    ["password", "Password1", "12345678", "qwerty123", "йцукенгш", "пароль123", "aaaaaaaa", "abababab", "2026-06-03"],
)
def test_common_passwords_are_easily_guessed(password):
    assert is_easily_guessed(password)


@pytest.mark.parametrize(
    "password", ["Innovatsii-2026", "innovatsii hromad", "Інновації!", "ірина2026", "iryna@example.org"]
)
def test_words_of_the_event_and_the_person_are_easily_guessed(password):
    assert is_easily_guessed(password, ["Інновації громад", "innovatsii-hromad", "Ірина", EMAIL])


@pytest.mark.parametrize("password", [OLD, NEW, "correct horse battery", "xK9#mQ2v", "дві сині чаплі"])
def test_others_are_not(password):
    assert not is_easily_guessed(password, ["Інновації громад", "Ірина"])


def test_a_common_password_is_refused_with_words_wherever_one_is_chosen(hall):
    answers = [put(hall, hall.ask("facilitator"), password=word) for word in ("password123", "Innovatsii2026")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Too easy to guess" in answer.get_data(as_text=True) for answer in answers)


def test_an_invitation_opened_on_an_unlocked_phone_sets_no_other_password(hall):
    give_password(hall, "organiser")
    client = hall.ask("organiser")
    later()
    page = client.post(hall.url("settings/invitations"), data={"role": "facilitator"}).get_data(as_text=True)
    link = "/link/" + page.partition("/link/")[2].partition('"')[0]

    client.post(link, data={"email": "thief@example.org", "password": NEW})

    assert password_is(hall, "organiser", OLD)
    assert not is_in(hall, sign_in(hall, NEW))
