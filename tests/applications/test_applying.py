"""Applying: begun, written by two cities at once, handed in, taken back, late by seconds; and who reads it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from lxml import html

from openspace import clock
from openspace.applications import actions
from openspace.applications.models import Application, Reading
from openspace.extensions import db
from openspace.store import sqlite
from tests.applications.conftest import CITIES, NAMED, Applicant
from tests.programmes.conftest import local


def words(page: str) -> str:
    return " ".join(html.fromstring(page).xpath("//main")[0].text_content().split())


def test_an_application_is_begun_without_an_account_and_handed_in(calling):
    one = calling.begin()
    one.fill()

    answer = one.hand_in()

    assert answer.status_code == 303
    (application,) = calling.stands()
    assert (application.state, application.number, application.cities) == ("handed-in", 1, ["Вербівка", "Lindental"])
    assert "001" in words(one.page())


@pytest.mark.parametrize("wrong", [{"name": ""}, {"agrees": ""}])
def test_nothing_is_begun_without_a_name_and_an_agreement(calling, wrong):
    sent = {name: value for name, value in {**NAMED, **wrong}.items() if value}

    answer = calling.lab.app.test_client().post(calling.lab.url("apply"), data=sent)

    assert (answer.status_code, calling.stands()) == (422, [])


def test_nobody_applies_on_a_call_that_is_not_published_or_over(lab):
    lab.write()
    assert lab.ask("stranger").get(lab.url("apply")).status_code == 404
    assert lab.ask("stranger").post(lab.url("apply"), data=NAMED).status_code == 404
    lab.publish()
    clock.held = lab.call().closes_at

    assert lab.ask("stranger").get(lab.url("apply")).location == lab.url("call")
    answer = lab.ask("stranger").post(lab.url("apply"), data=NAMED)
    assert (answer.status_code, "Олена Ткачук" in answer.get_data(as_text=True)) == (409, True)


def test_what_is_missing_is_told_and_nothing_is_handed_in(calling):
    one = calling.begin()
    one.save("cities", **{**CITIES, "twin_city": ""})

    answer = one.hand_in()

    assert answer.status_code == 422
    assert calling.stands()[0].state == "draft"
    assert words(answer.get_data(as_text=True)).count("Чогось бракує") == 6


def test_one_city_that_looks_for_a_twin_needs_none(calling):
    one = calling.begin()
    one.fill()
    one.save("cities", seen=1, kind="looking", twin_city="", twin_country="")

    assert one.hand_in().status_code == 303
    assert calling.stands()[0].cities == ["Вербівка"]


def test_both_cities_write_on_one_application_and_both_names_survive(calling):
    one = calling.begin()
    other = one.twin()
    one.fill()
    assert other.save("q2", seen=1, q2="Unsere Antwort.").get_json() == {"revisions": {"q2": 2}}

    assert other.hand_in().status_code == 303

    assert "Олена Ткачук, Anna Berger" in words(one.page())
    assert "Unsere Antwort." in one.page("q2")


def test_a_save_from_an_older_text_gets_both_and_overwrites_nothing(calling):
    one = calling.begin()
    other = one.twin()
    one.save("q1", q1="Наші слова.")

    answer = other.save("q1", q1="Unsere Worte.")

    assert answer.status_code == 409
    told = answer.get_json()
    assert (told["theirs"], told["revisions"]) == ({"q1": "Наші слова."}, {"q1": 1})
    page = other.save("q1", is_json=False, q1="Unsere Worte.").get_data(as_text=True)
    assert "Unsere Worte." in page
    assert "Наші слова." in page
    assert calling.stands()[0].texts["q1"] == "Наші слова."
    assert other.save("q1", seen=1, q1="Наші слова. Unsere Worte.").status_code == 200


def test_a_save_that_is_sent_twice_is_one(calling):
    one = calling.begin()

    first, second = (one.save("q1", q1="Слова.").get_json() for _ in range(2))

    assert first == second == {"revisions": {"q1": 1}}


def test_of_fields_that_are_saved_together_none_is_when_one_clashes(calling):
    one = calling.begin()
    one.save("contact", contact="Олена")

    assert one.save("contact", contact="Марта", phone="112").status_code == 409

    assert calling.stands()[0].texts == {"contact": "Олена"}


@pytest.mark.parametrize(("late", "status"), [(0, 200), (240, 200), (300, 200), (301, 409), (360, 409)])
def test_after_the_deadline_a_short_grace_that_nobody_is_told(calling, late, status):
    calling.lab.closes(local(2026, 12, 31, 12))
    one = calling.begin()
    one.fill()
    clock.held = local(2026, 12, 31, 12) + timedelta(seconds=late)

    answer = one.save("q1", seen=1, q1="Пізні слова.")

    assert answer.status_code == status
    assert one.hand_in().status_code == (303 if status == 200 else 409)
    page = one.save("q1", seen=9, is_json=False, q1="Найпізніші слова.").get_data(as_text=True)
    assert status == 200 or "Найпізніші слова." in page


def test_organisers_give_one_more_time(calling):
    lab = calling.lab
    lab.closes(local(2026, 12, 31, 12))
    one, other = calling.begin(), calling.begin()
    first = calling.stands()[0].id
    clock.held = local(2027, 1, 1, 12)
    assert one.save("q1", q1="Слова.").status_code == 409

    answer = lab.send("lead", f"applications/{first}/time", until="2027-01-02T12:00")

    assert answer.status_code == 303
    assert [each.save("q1", q1="Слова.").status_code for each in (one, other)] == [200, 409]
    assert "2 січня, 12:00" in words(one.page())
    assert lab.send("lead", f"applications/{first}/time", until="завтра").status_code == 422
    assert lab.send("lead", f"applications/{first}/time", until="").status_code == 303
    assert one.save("q1", seen=1, q1="Інші слова.").status_code == 409


def test_a_deadline_that_is_moved_while_people_write_takes_nothing_from_them(calling):
    lab = calling.lab
    lab.closes(local(2026, 12, 31, 12))
    one = calling.begin()
    clock.held = local(2026, 12, 30, 12)
    lab.closes(local(2026, 12, 30, 11))
    assert one.save("q1", q1="Слова.").status_code == 409

    lab.closes(local(2027, 1, 15, 12))

    assert one.save("q1", q1="Слова.").status_code == 200


def test_what_is_changed_after_handing_in_counts_and_keeps_the_number(calling):
    one, other = calling.begin(), calling.begin()
    other.fill()
    other.hand_in()
    one.fill()
    one.hand_in()

    one.save("q1", seen=1, q1="Краще.")
    one.hand_in()

    assert [(each.number, each.texts["q1"]) for each in calling.stands()] == [(1, "Відповідь 1."), (2, "Краще.")]


def test_an_application_is_taken_back_and_handed_in_again(calling):
    one = calling.begin()
    one.fill()
    one.hand_in()
    assert one.send("handed-in", "DELETE").status_code == 303
    assert calling.stands()[0].state == "withdrawn"

    one.hand_in()

    assert (calling.stands()[0].state, calling.stands()[0].number) == ("handed-in", 1)


def test_a_link_that_was_replaced_leads_nowhere_and_only_the_first_city_replaces_it(calling):
    one = calling.begin()
    other = one.twin()
    assert other.send("twin").status_code == 403

    other.save("q2", q2="Unsere Worte.")

    assert one.send("twin").status_code == 303

    assert "Anna Berger" not in one.page()
    assert calling.stands()[0].texts == {"q2": "Unsere Worte."}
    assert other.browser.get(other.url()).status_code == 404
    assert other.save("q1", q1="Слова.").status_code == 404


def test_links_are_of_one_programme_and_told_to_nobody_else(calling):
    one = calling.begin()
    elsewhere = one.url().replace(calling.lab.slug, calling.lab.elsewhere)
    assert one.browser.get(elsewhere).status_code == 404
    other = one.twin()

    assert one.key not in other.page()
    for path in ("", "cities", "q1"):
        answer = one.browser.get(one.url(path))
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_who_comes_by_the_link_of_the_twin_says_who_they_are_first(calling):
    one = calling.begin()
    assert one.browser.post(one.url("twin")).status_code == 303
    with calling.lab.app.test_request_context():
        key = next(link.key for link in db.session.query(Application).one().links if link.side == "second")
    other = Applicant(calling.lab, key)

    assert other.browser.get(other.url("q1")).status_code == 303
    assert other.save("q1", q1="Без імені.").status_code == 403
    assert other.hand_in().status_code == 403
    assert other.send("name", name="Anna Berger").status_code == 422
    assert other.send("name", name="Anna Berger", agrees="y").status_code == 303
    assert other.browser.get(other.url("q1")).status_code == 200


@pytest.mark.parametrize(
    ("step", "texts"),
    [("q1", {"q1": "ю" * 2001}), ("cities", {"city": "ю" * 201})],
)
def test_what_is_too_long_is_refused_and_kept(calling, step, texts):
    one = calling.begin()

    answer = one.browser.post(one.url(step), query_string={"method": "PUT"}, data=texts)

    assert answer.status_code == 422
    assert next(iter(texts.values())) in answer.get_data(as_text=True)
    assert calling.stands()[0].texts == {}


@pytest.mark.parametrize("odd", ["-1", "перша", "9" * 30])
def test_an_odd_revision_overwrites_nothing(calling, odd):
    one = calling.begin()
    one.save("q1", q1="Слова.")

    sent = {"q1": "Інші слова.", "seen_q1": odd}
    answer = one.browser.post(one.url("q1"), query_string={"method": "PUT"}, data=sent)

    assert answer.status_code == 409
    assert "Інші слова." in answer.get_data(as_text=True)


def test_a_field_of_another_step_is_not_taken(calling):
    one = calling.begin()

    assert one.save("cities", q1="Слова.", number="7", city="Вербівка").status_code == 200

    assert calling.stands()[0].texts == {"city": "Вербівка"}
    assert one.browser.get(one.url("q9")).status_code == 404


def test_who_read_an_application_is_written_down(calling):
    lab, one = calling.lab, calling.begin()
    one.save("cities", **CITIES)
    (application,) = calling.stands()

    page = words(lab.page("lead", f"applications/{application.id}", lang="uk"))

    assert "Міська рада Вербівки" in page
    assert "Марта:" in page
    with lab.app.test_request_context():
        assert [each.member.name for each in db.session.query(Reading)] == ["Марта"]
    assert "Вербівка" in lab.page("lead", "applications")


def test_what_is_written_runs_nowhere(calling):
    one, evil = calling.begin(), "<script>alert(1)</script><img src=x onerror=alert(2)>"
    one.fill()
    one.save("q1", seen=1, q1=evil)
    one.save("cities", seen=1, city=evil, organisation=evil)
    (application,) = calling.stands()

    for page in (one.page(), one.page("q1"), calling.lab.page("lead", f"applications/{application.id}")):
        tree = html.fromstring(page)
        assert tree.xpath("//main//script | //main//img | //@onerror") == []
        assert "alert(1)" in tree.xpath("//main")[0].text_content()


def test_after_the_day_that_the_call_names_everything_is_deleted(calling):
    lab = calling.lab
    calling.begin().save("q1", q1="Слова.")
    kept = lab.call().kept_until
    for days, left in ((0, 1), (1, 0)):
        clock.held = local(kept.year, kept.month, kept.day, 12) + timedelta(days=days)
        with lab.app.test_request_context(), sqlite.writing():
            actions.forget_old()
            db.session.commit()
        assert len(calling.stands()) == left


def test_of_what_was_begun_and_never_written_nothing_is_kept_for_long(calling):
    calling.begin()
    calling.begin().save("q1", q1="Слова.")
    clock.held = clock.now() + timedelta(days=1, seconds=1)

    with calling.lab.app.test_request_context(), sqlite.writing():
        actions.forget_old()
        db.session.commit()

    assert [each.texts for each in calling.stands()] == [{"q1": "Слова."}]


@pytest.mark.parametrize("path", ["cities", "handed-in", "name", "twin"])
def test_over_https_forms_are_taken_from_browsers_as_their_pages_tell_them_to_send(calling, path):
    one = calling.begin()
    one.fill()
    app = calling.lab.app
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        base = "https://lab.example"
        page = one.browser.get(one.url("cities"), base_url=base)
        token = html.fromstring(page.get_data(as_text=True)).xpath("string(//input[@name='csrf_token']/@value)")
        # What a browser sends under the page's policy: the whole address to the same site.
        assert "referrer" not in page.get_data(as_text=True)
        referer = {"Referer": base + one.url("cities")} if page.headers["Referrer-Policy"] == "same-origin" else {}
        sent = {**NAMED, "csrf_token": token}
        answer = one.browser.post(
            one.url(path), base_url=base, query_string={"method": "PUT"}, data=sent, headers=referer
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 303


def test_numbers_are_given_once_however_many_hand_in_at_the_same_moment(calling):
    everyone = [calling.begin() for _ in range(12)]
    for each in everyone:
        each.fill()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda each: each.hand_in().status_code, everyone))

    assert statuses == [303] * 12
    assert [each.number for each in calling.stands()] == list(range(1, 13))


PEOPLE = ("stranger", "organiser", "lead of another", "lead")


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "applications", (403, 403, 403, 200)),
        ("GET", "applications/{id}", (403, 403, 403, 200)),
        ("PUT", "applications/{id}/time", (403, 403, 403, 303)),
        # By its link, whoever has it.
        ("GET", "apply/{key}/", (200, 200, 200, 200)),
        ("GET", "apply/{key}/cities", (200, 200, 200, 200)),
        ("PUT", "apply/{key}/cities", (303, 303, 303, 303)),
        ("PUT", "apply/{key}/name", (303, 303, 303, 303)),
        ("POST", "apply/{key}/twin", (303, 303, 303, 303)),
        ("PUT", "apply/{key}/twin", (303, 303, 303, 303)),
        ("PUT", "apply/{key}/handed-in", (422, 422, 422, 422)),
        ("DELETE", "apply/{key}/handed-in", (303, 303, 303, 303)),
        ("GET", "apply", (200, 200, 200, 200)),
        ("POST", "apply", (303, 303, 303, 303)),
    ],
)
def test_matrix(calling, method, path, statuses):
    one = calling.begin()
    path = path.format(id=calling.stands()[0].id, key=one.key)

    sent = NAMED if method != "GET" else None

    answers = [calling.lab.ask(who).open(calling.lab.url(path), method=method, data=sent) for who in PEOPLE]

    assert tuple(answer.status_code for answer in answers) == statuses
