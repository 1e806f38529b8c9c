"""Coming in and going out over HTTP."""

import pytest

from openspace.access.actions import set_password
from openspace.access.models import Member
from openspace.access.passwords import hash_password
from openspace.access.rules import new_join_code, read_code
from openspace.extensions import db, limiter
from openspace.store import sqlite


def test_join_codes_can_be_said_and_typed():
    codes = {new_join_code() for _ in range(200)}

    assert len(codes) > 190
    assert all(code.isascii() and code.isalpha() and len(code) == 8 for code in codes)


# How a code comes from a camera, a message and a Cyrillic keyboard; {} is the code.
AS_TYPED = [
    "{}",
    "{}/",
    "{}?lang=uk",
    "{}/?fbclid=IwAR0-x_y",
    "{}&utm_source=qr",
    "{}#top",
    "{}.",
    "{},",
    "{})",
    "{}]",
    '{}"',
    "{}»",
    "{}”.",
    "{}\u200b",
    "\ufeff{}",
    "{}…",
]
SPELT = [
    "ganoka",
    " GANOKA ",
    "Ganoka",
    "gan oka",
    "gan-oka",
    "gan\u2011oka",
    "ga\u00adnoka",
    "ｇａｎｏｋａ",
    "gаnоkа",
    "ганока",
    "ГАНОКА",
]


@pytest.mark.parametrize(
    "around", ["", "https://example.org/", "example.org/seminar/join/", "Сюди: http://192.168.0.2:8000/"]
)
@pytest.mark.parametrize("typed", AS_TYPED)
def test_read_code_finds_it_in_what_is_around(around, typed):
    assert read_code(around + typed.format("ganoka")) == "ganoka"


@pytest.mark.parametrize("typed", SPELT)
def test_read_code_forgives_how_it_is_spelt(typed):
    assert read_code(typed) == "ganoka"


@pytest.mark.parametrize("typed", ["tіpemo", "тіремо", "ТІРЕМО", "тірeмо"])
def test_read_code_takes_letters_that_look_alike(typed):
    assert read_code(typed) == "tipemo"


@pytest.mark.parametrize(
    ("typed", "code"), [("вудіза", "vudiza"), ("ВАДІЗА", "badiza"), ("", ""), ("/", ""), ("?", "")]
)
def test_read_code_takes_others_by_their_sound(typed, code):
    assert read_code(typed) == code


@pytest.mark.parametrize(
    "typed", [each for each in AS_TYPED if each[2:3] not in {"?", "#"}] + ["{}/?lang=uk", "{}?lang=uk"]
)
@pytest.mark.parametrize("address", ["/", "/{event}/join/"])
def test_addresses_with_a_code_lead_in_with_what_stuck_to_them(hall, address, typed):
    client = hall.ask("stranger")

    answer = client.get(address.format(event=hall.slug) + typed.format(hall.code), follow_redirects=True)

    assert answer.status_code == 200
    assert f'action="{hall.url(f"join/{hall.code}-")}' in answer.text


@pytest.mark.parametrize("typed", [*AS_TYPED, "https://example.org/x/join/{}?lang=de.", "{}\n"])
def test_the_front_page_leads_in_with_what_stuck_to_a_code(hall, typed):
    answer = hall.ask("stranger").post("/", data={"code": typed.format(hall.code)})

    assert (answer.status_code, answer.location) == (303, hall.url(f"join/{hall.code}"))


def test_the_short_address_keeps_the_language(hall):
    answer = hall.ask("stranger").get(f"/{hall.code.upper()}/?lang=de")

    assert answer.location == hall.url(f"join/{hall.code}?lang=de")


def test_the_short_address_leads_to_the_entrance(hall):
    answer = hall.ask("stranger").get(f"/{hall.code}/")

    assert answer.location == hall.url(f"join/{hall.code}")


def test_the_seat_is_a_guarded_cookie(hall):
    answer = hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": "Нова"})
    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert hall.ask("stranger").get(hall.url()).status_code == 200


def test_a_new_personal_link_signs_other_phones_out(hall):
    here, there = hall.ask("participant"), hall.app.test_client()
    there.post(hall.url(f"me/{hall.keys['participant']}"))
    assert there.get(hall.url()).status_code == 200

    here.put(hall.url("me/key"))

    assert (here.get(hall.url()).status_code, there.get(hall.url()).status_code) == (200, 403)


def test_signing_out_keeps_the_seats_of_other_events(hall):
    client = hall.ask("participant")
    with client.session_transaction() as session:
        session["seats"] |= {str(hall.ids["other event"]): hall.token("other")}

    client.delete(hall.url("me/seat"))

    assert (client.get(hall.url()).status_code, client.get("/seminar/").status_code) == (403, 200)


@pytest.fixture
def password(hall):
    with hall.app.app_context(), sqlite.writing():
        organiser = db.session.get_one(Member, hall.ids["organiser"])
        set_password(organiser, email="Iryna@example.org", password_hash=hash_password("long enough"))
        db.session.commit()
    return {"email": "iryna@EXAMPLE.org", "password": "long enough"}


def test_sign_in_with_email_and_password(hall, password):
    client = hall.app.test_client()

    wrong = client.post(hall.url("sign-in"), data={**password, "password": "wrong"})
    right = client.post(hall.url("sign-in"), data=password)

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert client.get(hall.url("settings")).status_code == 200


def test_a_password_is_checked_each_time_it_is_sent(hall, password):
    fields = {**password, "key": "0123456789abcdef"}
    first = hall.app.test_client().post(hall.url("sign-in"), data=fields)
    with hall.app.app_context(), sqlite.writing():
        organiser = db.session.get_one(Member, hall.ids["organiser"])
        set_password(organiser, email="iryna@example.org", password_hash=hash_password("another one"))
        db.session.commit()

    again = hall.app.test_client().post(hall.url("sign-in"), data=fields)

    assert (first.status_code, again.status_code) == (303, 422)


def test_two_hundred_join_from_one_address_at_once(hall):
    limiter.reset()
    limiter.enabled = True

    statuses = {
        hall.app.test_client().post(hall.url(f"join/{hall.code}"), data={"name": f"Людина {n}"}).status_code
        for n in range(200)
    }

    assert statuses == {303}


def test_a_topics_code_leads_a_newcomer_to_the_topic(hall):
    newcomer = hall.ask("stranger")
    assert newcomer.get(hall.url("topics/1")).status_code == 403

    assert newcomer.post(hall.url(f"join/{hall.code}"), data={"name": "Нова"}).location == hall.url("topics/1")


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_nobody_joins_without_a_name(hall, name):
    assert hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": name}).status_code == 422


def test_after_a_refused_form_the_page_leads_on_and_back_to_where_one_was(hall):
    hall.open_to_the_public()
    client, was_on = hall.ask("stranger"), hall.url("topics/1")

    page = client.put(
        hall.url("topics/1/interest"), data={"kind": "go"}, headers={"Referer": f"http://localhost{was_on}"}
    )

    assert page.status_code == 403
    assert f'href="{hall.url("")}?lang=de"' in page.get_data(as_text=True)
    with client.session_transaction() as session:
        assert session["wanted"] == was_on


KNOWN = {"name": " олена ТКАЧУК", "community": "Вербівська  громада"}


def test_whoever_joins_with_a_name_that_is_there_is_asked_and_may_go_on(hall):
    newcomer, address = hall.app.test_client(), hall.url(f"join/{hall.code}")

    asked = newcomer.post(address, data=KNOWN)
    went_on = newcomer.post(address, data={**KNOWN, "is_new": "1"})

    page = asked.get_data(as_text=True)
    assert (asked.status_code, went_on.status_code) == (409, 303)
    assert 'name="is_new"' in page
    assert "олена ТКАЧУК" in page
    assert "Олена Ткачук" not in page


@pytest.mark.parametrize("other", [{"community": ""}, {"community": "Інша"}, {"name": "Олена Ткач"}])
def test_whoever_is_called_differently_is_not_asked(hall, other):
    answer = hall.app.test_client().post(hall.url(f"join/{hall.code}"), data={**KNOWN, **other})

    assert answer.status_code == 303


def test_strangers_learn_of_no_name_without_the_code_or_at_a_closed_entrance(hall):
    somebody = {**KNOWN, "name": "Ніхто"}
    hall.ask("organiser").delete(hall.url("settings/entrance"))
    stranger = hall.app.test_client()

    closed = [stranger.post(hall.url(f"join/{hall.code}"), data=typed).status_code for typed in (KNOWN, somebody)]
    without = [stranger.post(hall.url("join/nothing"), data=typed).status_code for typed in (KNOWN, somebody)]

    assert (closed, without) == ([403, 403], [404, 404])


def test_whoever_has_left_is_nobody_to_be_taken_for(hall):
    hall.ask("participant").delete(hall.url("me"))

    assert hall.app.test_client().post(hall.url(f"join/{hall.code}"), data=KNOWN).status_code == 303
