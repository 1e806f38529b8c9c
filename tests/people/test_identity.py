"""Lost phones and doubles, over HTTP."""

import re
from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions as access
from openspace.access.models import Member
from openspace.extensions import db
from openspace.store import sqlite
from openspace.writes import Answer
from tests.conftest import MOMENT
from tests.factories import Hall
from tests.people.book import ENGLISH, words

pytestmark = pytest.mark.usefixtures("empty_book")


def make_link(hall: Hall, who: str, by: str = "organiser", **fields: str):
    address = hall.url(f"exports/people/{hall.ids[who]}/link")
    return hall.ask(by).post(address, data=fields, headers=ENGLISH)


def link_in(page) -> str:
    return re.search(r"/link/[\w-]+", page.get_data(as_text=True))[0]


@pytest.mark.parametrize("who", ["participant", "facilitator"])
def test_a_sign_in_link_brings_the_person_back_on_a_new_phone(hall, who):
    page = make_link(hall, who)
    phone = hall.app.test_client()

    phone.post(link_in(page))

    assert f"{hall.ids[who]}" in phone.get(hall.url("me/day")).get_data(as_text=True)
    assert phone.get(hall.url("settings")).status_code == 403
    assert "data:image/svg+xml;base64," in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert hall.app.test_client().get(link_in(page)).status_code == 404


def test_a_sign_in_link_is_good_for_a_day(hall):
    page = make_link(hall, "participant")

    clock.held = MOMENT + timedelta(hours=23)
    early = hall.app.test_client().get(link_in(page)).status_code
    clock.held = MOMENT + timedelta(hours=25)
    late = hall.app.test_client().get(link_in(page)).status_code

    assert (early, late) == (200, 404)


@pytest.mark.parametrize(("fields", "status"), [({"signs_out": "1"}, 403), ({}, 200)])
def test_a_sign_in_link_signs_the_lost_phone_out_if_that_is_wanted(hall, fields, status):
    make_link(hall, "participant", **fields)

    assert hall.ask("participant").get(hall.url()).status_code == status


def test_no_sign_in_link_is_made_for_an_organiser(hall):
    for by, status in (("organiser", 403), ("facilitator", 403)):
        page = make_link(hall, "organiser", by=by)

        assert page.status_code == status
        assert "/link/" not in page.get_data(as_text=True)


def test_no_kept_answer_holds_a_sign_in_link(hall):
    page = hall.ask("organiser").get(hall.url(f"exports/people/{hall.ids['participant']}")).get_data(as_text=True)
    form = re.search(r"<form[^>]*/link\".*?</form>", page, re.S)[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))

    token = link_in(make_link(hall, "participant", **fields)).removeprefix("/link/")
    with hall.app.app_context():
        kept = [answer.body.decode() for answer in db.session.query(Answer)]

    assert [body for body in kept if token in body] == []


def test_a_sign_in_link_ends_with_the_person(hall):
    page = make_link(hall, "participant")
    with hall.app.test_request_context(), sqlite.writing():
        access.leave(db.session.get_one(Member, hall.ids["participant"]))
        db.session.commit()

    assert hall.app.test_client().post(link_in(page)).status_code == 404


def test_a_double_is_found_by_name_and_made_one(hall):
    newcomer = hall.app.test_client()
    community = {"community": "ВЕРБІВСЬКА громада"}
    newcomer.post(hall.url(f"join/{hall.code}"), data={"name": "олена  ткачук", **community, "is_new": "1"})
    newcomer.put(hall.url("topics/1/interest"), data={"kind": "go"})
    organiser, address = hall.ask("organiser"), hall.url(f"exports/people/{hall.ids['participant']}/double")

    search = organiser.get(address, headers=ENGLISH).get_data(as_text=True)
    other = re.search(r"other=(\d+)", search)[1]
    page = words(organiser.get(f"{address}?other={other}", headers=ENGLISH).get_data(as_text=True))
    answer = organiser.put(address, data={"other": other})

    assert "олена ткачук" in page
    assert "1 mark on a topic" in page
    assert answer.status_code == 303
    assert "Олена Ткачук" in organiser.get(hall.url("topics/1")).get_data(as_text=True)


def test_a_refused_merge_says_why(hall):
    address = hall.url(f"exports/people/{hall.ids['participant']}/double")

    answer = hall.ask("organiser").put(address, data={"other": hall.ids["participant"]}, headers=ENGLISH)

    assert (answer.status_code, "Choose another person" in answer.get_data(as_text=True)) == (422, True)


def test_whoever_a_sign_in_link_was_made_for_sees_it_on_their_page(hall):
    def page() -> str:
        return hall.ask("participant").get(hall.url("me"), headers=ENGLISH).get_data(as_text=True)

    before = page()
    make_link(hall, "participant")

    assert "Who made a sign-in link for you" not in before
    assert "Who made a sign-in link for you" in page()
    assert "<bdi>Команда</bdi>" in page()
    assert "Who downloaded" not in page()
