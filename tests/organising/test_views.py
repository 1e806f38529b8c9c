"""The organiser's pages over HTTP, and what they say when something is wrong."""

import re
from random import Random

import pytest
from lxml import html

from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import a_topic, open_slots

ENGLISH = {"Accept-Language": "en"}

SETUP = {
    "name": "Міста-побратими", "starts_on": "2027-06-03", "ends_on": "2027-06-04", "zone": "Europe/Kyiv",
    "languages": ["uk"], "count": "4", "length": "60", "start": "10:00", "gap": "30",
    "organiser": "Ірина", "email": "i@example.org",
    "password": "long enough", "space_id": ["", ""], "space_name": ["Зала", "Тераса"], "space_chairs": ["40", "12"],
    "fixed_title": ["Обід", "Тренінг"], "fixed_start": ["12:30", "14:00"], "fixed_end": ["14:00", "15:00"],
    "fixed_where": ["break", "2"], "fixed_day": ["", "2027-06-04"],
}  # fmt: skip


def test_setup_makes_the_whole_board(app, setup_link):
    client = app.test_client()
    assert f'action="{setup_link}/demo"' in client.get(setup_link).get_data(as_text=True)

    answer = client.post(setup_link, data=SETUP)

    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    with app.app_context():
        event = db.session.query(Event).one()
        assert [len([s for s in event.slots if s.day == day]) for day in event.days] == [5, 5]
        assert [space.name for space in event.spaces] == ["Зала", "Тераса"]
        slug = event.slug
    assert "Тренінг" in client.get(f"/{slug}/?day=2027-06-04").get_data(as_text=True)
    assert client.get(setup_link).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "short"}, "8 characters"),
        ({"email": "nobody"}, "e-mail"),
        ({"space_chairs": ["0", "12"]}, "chairs"),
        ({"ends_on": "2027-06-01"}, "before the first"),
        ({"fixed_end": ["", "15:00"]}, "both times"),
        ({"fixed_where": ["break", "9"]}, "no place 9"),
        ({"name": ""}, "fill this in"),
        ({"count": "many"}, "whole number"),
        ({"space_name": ["", ""]}, "at least one place"),
    ],
)
def test_setup_says_what_is_wrong_and_keeps_what_was_typed(app, setup_link, wrong, says):
    answer = app.test_client().post(f"{setup_link}?lang=en", data={**SETUP, **wrong}, headers={"Accept-Language": "en"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert says in page
    assert "i@example.org" in page or "email" in wrong
    assert "Тренінг" in page
    with app.app_context():
        assert db.session.query(Event).count() == 0


def test_the_wall_is_previewed_as_one_types(app, setup_link):
    page = (
        app.test_client()
        .post(f"{setup_link}/wall", data=SETUP, headers={"Accept-Language": "en"})
        .get_data(as_text=True)
    )

    assert "8 places for topics" in page
    assert "Обід" in page


def test_the_front_door_leads_to_the_only_open_event(hall):
    client = hall.app.test_client()
    assert client.get("/").status_code == 200
    with hall.app.app_context(), sqlite.writing():
        db.session.get_one(Event, hall.ids["other event"]).is_join_open = False
        db.session.commit()

    assert client.get("/").location == hall.url()


def test_a_closed_entrance_is_told(hall):
    hall.ask("organiser").delete(hall.url("settings/entrance"))
    newcomer = hall.app.test_client()

    statuses = [
        newcomer.get(hall.url(f"join/{hall.code}")).status_code,
        newcomer.post(hall.url(f"join/{hall.code}"), data={"name": "Я"}).status_code,
    ]

    assert statuses == [403, 403]
    hall.ask("organiser").put(hall.url("settings/entrance"))
    assert newcomer.post(hall.url(f"join/{hall.code}"), data={"name": "Я"}).status_code == 303


def test_a_new_code_ends_the_old_one_and_keeps_who_is_in(hall):
    hall.ask("organiser").put(hall.url("settings/join-code"))

    assert hall.app.test_client().get(hall.url(f"join/{hall.code}")).status_code == 404
    assert hall.ask("participant").get(hall.url()).status_code == 200


def test_an_invitation_works_once(hall):
    page = (
        hall.ask("organiser")
        .post(hall.url("settings/invitations"), data={"role": "facilitator"})
        .get_data(as_text=True)
    )
    address = page.partition('value="http://localhost')[2].partition('"')[0]
    newcomer, late = hall.app.test_client(), hall.app.test_client()

    assert newcomer.get(address).status_code == 200
    assert newcomer.post(address, data={"name": ""}).status_code == 422
    assert newcomer.post(address, data={"name": "Софія"}).status_code == 303
    assert late.get(address).status_code == 404
    assert newcomer.get(hall.url("projector")).status_code == 302


def test_the_last_organiser_stays_one(hall):
    organiser = hall.ask("organiser")
    mine = hall.ids["organiser"]

    answer = organiser.put(hall.url(f"settings/members/{mine}"), data={"role": "participant"})

    assert answer.status_code == 422
    assert organiser.get(hall.url("settings")).status_code == 200


def test_an_invitation_raises_somebody_who_is_already_in(hall):
    page = (
        hall.ask("organiser")
        .post(hall.url("settings/invitations"), data={"role": "facilitator"})
        .get_data(as_text=True)
    )
    address = page.partition('value="http://localhost')[2].partition('"')[0]

    assert hall.ask("participant").post(address, data={}).status_code == 303
    assert hall.ask("participant").get(hall.url("projector")).status_code == 302


def test_two_organisers_edit_the_places_and_neither_drops_the_others(hall):
    organiser = hall.ask("organiser")
    first, rest = hall.spaces[0], hall.spaces[1:]
    old_page = {
        "space_id": [*hall.spaces, ""],
        "space_name": ["Зала", "Друга", "Третя", ""],
        "space_chairs": ["9", "9", "9", ""],
    }
    new_page = {**old_page, "space_name": ["Зала", "Друга", "Третя", "Намет"], "space_chairs": ["9", "9", "9", "9"]}

    organiser.put(hall.url("settings/spaces"), data=new_page)
    organiser.put(hall.url("settings/spaces"), data={**old_page, "space_name": ["Зала", "", "Третя", ""]})

    with hall.app.app_context():
        names = [space.name for space in db.session.get_one(Event, hall.id).spaces]
        kept = {space.id for space in db.session.get_one(Event, hall.id).spaces}
    assert names == ["Зала", "Третя", "Намет"]
    assert first in kept
    assert rest[0] not in kept


@pytest.mark.parametrize(("start", "end"), [("10:00", "10:00"), ("10:00", "09:00")])
def test_a_slot_longer_than_half_a_day_is_asked_about(hall, start, end):
    fields = {"slot_id": "", "slot_start": start, "slot_end": end, "slot_kind": "topics", "slot_title": ""}

    answer = hall.ask("organiser").put(
        hall.url("settings/days/2026-06-03"), data=fields, headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 422
    assert "half a day" in answer.get_data(as_text=True)


def test_the_wizard_changes_its_language_and_keeps_what_was_typed(app, setup_link):
    page = app.test_client().post(f"{setup_link}?lang=de", data={**SETUP, "email": "", "only_language": "1"})
    text = page.get_data(as_text=True)

    assert page.status_code == 200
    assert "Міста-побратими" in text
    assert "Name des Events" in text or "Name der Veranstaltung" in text
    assert "field__err" not in text


@pytest.fixture
def creating(app):
    """An installation whose organisers may create further events."""
    app.config["EVENTS"] = "organisers"
    yield
    app.config["EVENTS"] = "nobody"


def test_an_organiser_creates_another_event_where_that_is_allowed(hall, creating):
    organiser = hall.ask("organiser")
    overview = organiser.get(hall.url("settings"), headers={"Accept-Language": "en"}).get_data(as_text=True)
    page = organiser.get("/setup").get_data(as_text=True)

    preview = organiser.post("/setup/wall", data=SETUP)
    answer = organiser.post("/setup", data=SETUP)

    assert 'href="/setup"' in overview
    assert 'value="Команда"' in page
    assert "/demo" not in page
    assert (preview.status_code, answer.status_code) == (200, 303)
    assert organiser.get(answer.location).status_code == 200
    assert organiser.get(hall.url("settings")).status_code == 200


@pytest.mark.parametrize("who", ["stranger", "other", "participant", "convener", "facilitator"])
@pytest.mark.parametrize("path", ["", "/wall"])
def test_nobody_but_organisers_creates_an_event_without_a_link(hall, creating, who, path):
    with hall.app.app_context():
        before = db.session.query(Event).count()
    client = hall.ask(who)

    statuses = {client.get("/setup").status_code, client.post(f"/setup{path}", data=SETUP).status_code}

    with hall.app.app_context():
        assert (statuses, db.session.query(Event).count()) == ({403}, before)


def test_an_installation_that_does_not_say_so_lets_no_organiser_create_events(hall):
    organiser = hall.ask("organiser")

    statuses = {organiser.get("/setup").status_code, organiser.post("/setup", data=SETUP).status_code}

    assert statuses == {404}
    assert 'href="/setup"' not in organiser.get(hall.url("settings")).get_data(as_text=True)


def test_the_front_page_takes_a_seated_person_in(hall):
    participant = hall.ask("participant")

    assert participant.get("/").location == hall.url()
    assert hall.ask("stranger").get("/").status_code == 200
    assert participant.get("/?left=1").status_code == 200
    participant.delete(hall.url("me/seat"))
    assert participant.get("/").status_code == 200


def test_the_front_page_lists_the_events_of_whoever_sits_in_several(hall):
    participant = hall.ask("participant")
    with participant.session_transaction() as session:
        session["seats"] |= {str(hall.ids["other event"]): hall.token("other")}

    answer = participant.get("/")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'href="{hall.url()}"' in page
    assert 'href="/seminar/"' in page
    assert 'name="code"' in page


@pytest.mark.parametrize(
    ("languages", "says"), [(["uk", "en", "de"], ["Сідайте", "Take a seat"]), (["de"], ["Nehmen"])]
)
def test_the_poster_and_the_projector_speak_the_events_first_two_languages(hall, languages, says):
    with hall.app.app_context(), sqlite.writing():
        db.session.get_one(Event, hall.id).language_codes = " ".join(languages)
        db.session.commit()
    headers = {"Accept-Language": "ru"}
    poster = hall.ask("participant").get(hall.url("poster"), headers=headers).get_data(as_text=True)
    projector = (
        hall.ask("stranger").get(hall.url(f"projector/{hall.projector}"), headers=headers).get_data(as_text=True)
    )
    room = (
        hall.ask("stranger").get(hall.url(f"projector/{hall.projector}/room"), headers=headers).get_data(as_text=True)
    )

    assert re.findall(r'<span lang="(\w+)">(.*?)</span>', poster)[0][0] == languages[0]
    assert all(words in poster for words in says)
    for page in (projector, room):
        assert re.findall(r'<p lang="(\w+)">', page) == languages[:2]
    assert "Печать" in poster or "Напечатать" in poster


def test_the_facilitator_can_open_the_projector_and_its_key_stands_on_no_page_of_theirs(hall):
    page = hall.ask("facilitator").get(hall.url("me")).get_data(as_text=True)

    assert f'href="{hall.url("projector")}"' in page
    assert hall.projector not in page
    assert hall.url("projector") not in hall.ask("participant").get(hall.url("me")).get_data(as_text=True)
    assert hall.ask("facilitator").get(hall.url("projector")).location == hall.url(f"projector/{hall.projector}")


def test_leaving_for_good_stands_apart_from_signing_out(hall):
    page = hall.ask("participant").get(hall.url("me")).get_data(as_text=True)

    between = page[page.index("me/leave") : page.index("me/seat")]
    assert 'id="personal"' in between


def test_a_place_taken_away_is_asked_about_in_a_page_that_keeps_what_was_typed(hall):
    organiser = hall.ask("organiser")
    fields = {
        "space_id": [str(ident) for ident in hall.spaces],
        "space_name": ["", "Бібліотека", "Тераса й сад"],
        "space_chairs": ["40", "16", "2"],
    }

    asked = organiser.put(hall.url("settings/spaces"), data=fields, headers=ENGLISH)
    page = html.fromstring(asked.get_data(as_text=True))
    (agree,) = page.xpath("//button[@name='agreed']")
    before = names_of_spaces(hall)
    done = organiser.put(hall.url("settings/spaces"), data={**fields, "agreed": agree.get("value")}, headers=ENGLISH)

    assert asked.status_code == 409
    assert "1 topic is affected" in asked.get_data(as_text=True)
    assert "Ґендерно-чутливі питання" in page.xpath("//*[@data-refusal]")[0].text_content()
    assert [each.get("value") for each in page.xpath("//input[@name='space_name']")][1:3] == [
        "Бібліотека",
        "Тераса й сад",
    ]
    assert before == ["Велика зала", "Бібліотека", "Тераса"]
    assert (done.status_code, names_of_spaces(hall)) == (303, ["Бібліотека", "Тераса й сад"])


def test_the_next_page_undoes_it_and_the_settings_do_later(hall):
    organiser = hall.ask("organiser")
    fields = {"space_id": [str(i) for i in hall.spaces], "space_name": ["", "Б", ""], "space_chairs": ["1"] * 3}
    asked = organiser.put(hall.url("settings/spaces"), data=fields, headers=ENGLISH).get_data(as_text=True)
    agree = html.fromstring(asked).xpath("//button[@name='agreed']")[0].get("value")
    answer = organiser.put(hall.url("settings/spaces"), data={**fields, "agreed": agree}, headers=ENGLISH)

    page = html.fromstring(organiser.get(answer.location, headers=ENGLISH).get_data(as_text=True))
    (form,) = page.xpath("//*[contains(@class, 'toast')]//form[.//button[text()='Undo']]")
    later = page.xpath("//button[contains(., 'Undo the last change')]")
    undone = organiser.post(form.get("action"), data={}, headers=ENGLISH)

    assert [button.get("formaction") for button in later] == [form.get("action")]
    assert (undone.status_code, names_of_spaces(hall)) == (303, ["Велика зала", "Бібліотека", "Тераса"])
    with hall.app.app_context():
        assert topic_numbered(hall.id, 1).cells == [hall.cell(2, 0)]


def test_what_was_held_in_a_closed_place_is_still_in_the_list_of_sessions(hall):
    organiser = hall.ask("organiser")
    hall.ask("facilitator").put(
        hall.url("topics/1/placement"), data={"cell": hall.cell(0, 1), "moving": hall.cell(2, 0)}
    )
    fields = {"space_id": [str(ident) for ident in hall.spaces], "space_name": ["Зала", "", "Тераса"]}

    answer = organiser.put(hall.url("settings/spaces"), data={**fields, "space_chairs": ["9", "9", "9"]})

    assert answer.status_code == 303
    assert names_of_spaces(hall) == ["Зала", "Тераса"]
    for path in ("exports/sessions.csv", "exports/calendar.ics", "topics/1", ""):
        assert "Бібліотека" in organiser.get(hall.url(path)).get_data(as_text=True), path


def names_of_spaces(hall) -> list[str]:
    with hall.app.app_context():
        return [space.name for space in db.session.get_one(Event, hall.id).spaces]


def test_rows_of_places_have_the_numbers_of_the_board_also_after_one_was_closed(hall):
    organiser = hall.ask("organiser")
    fields = {"space_id": hall.spaces, "space_name": ["", "Бібліотека", "Тераса"], "space_chairs": ["9", "9", "9"]}
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        slot = open_slots(event)[1]
        board.place(topic_numbered(hall.id, 2), slot=slot, space=event.spaces[0], by=facilitator_of(event))
        db.session.commit()
    organiser.put(hall.url("settings/spaces"), data={**fields, "agreed": agreed(organiser, hall, fields)})

    page = html.fromstring(organiser.get(hall.url("settings/spaces")).data)
    long = {"space_id": hall.spaces[1:], "space_name": ["", "Т" * 61], "space_chairs": ["9", "9"]}
    refused = organiser.put(hall.url("settings/spaces"), data=long, headers=ENGLISH).get_data(as_text=True)

    labels = [row.findtext(".//b") for row in page.xpath("//ul[@class='rooms']/li")]
    assert labels == ["2", "3", "4"]
    assert [tape.get("data-space") for tape in page.xpath("//ul[@class='rooms']//*[@class='tape']")] == labels
    assert "The name of place 3 is too long" in refused


def facilitator_of(event) -> Member:
    return db.session.query(Member).filter_by(event_id=event.id, role=Role.FACILITATOR).one()


def agreed(client, hall, fields) -> str:
    """What the organiser's question asks to agree to."""
    asked = html.fromstring(client.put(hall.url("settings/spaces"), data=fields).data)
    return asked.xpath("//*[@name='agreed']")[0].get("value")


def test_setup_offers_the_language_in_which_the_organiser_reads(app, setup_link):
    page = html.fromstring(app.test_client().get(setup_link, headers={"Accept-Language": "de"}).data)

    assert [box.get("value") for box in page.xpath("//*[@name='languages'][@checked]")] == ["en", "de"]


def test_what_is_wrong_with_a_field_stands_beneath_it_before_its_hint(app, setup_link):
    answer = app.test_client().post(setup_link, data={**SETUP, "password": "password"}, headers=ENGLISH)

    field = html.fromstring(answer.data).get_element_by_id("password").getparent()
    assert [part.get("class") for part in field.findall("p")] == ["field__err", "hint"]


def test_many_long_titles_leave_room_for_the_undo_in_the_browsers_cookie(hall):
    organiser, letters, pick = hall.ask("organiser"), "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", Random(1)
    more = [""] * 8
    names = [f"Зала {n}" for n in range(len(hall.spaces + more))]
    spaces = {"space_id": hall.spaces + more, "space_name": names, "space_chairs": ["30"] * len(names)}
    organiser.put(hall.url("settings/spaces"), data=spaces)
    with hall.app.test_request_context(), sqlite.writing():
        by = db.session.get_one(Member, hall.ids["facilitator"])
        for slot in [slot for slot in by.event.slots if slot.is_open and slot.starts_at > now()]:
            for space in by.event.spaces[1:]:
                topic = a_topic(by.event, by, "".join(pick.choices(letters, k=120)))
                board.place(topic, slot=slot, space=space, by=by, anyway=True)
        ids = [space.id for space in by.event.spaces]
        db.session.commit()
    fields = {**spaces, "space_id": ids, "space_name": ["Зала"] + [""] * (len(ids) - 1)}
    fields["agreed"] = agreed(organiser, hall, fields)

    answer = organiser.put(hall.url("settings/spaces"), data=fields, headers=ENGLISH)

    assert answer.status_code == 303
    # Longer ones browsers drop (RFC 6265, section 6.1).
    assert len(answer.headers["Set-Cookie"].partition(";")[0]) < 4096
    page = html.fromstring(organiser.get(answer.location, headers=ENGLISH).data)
    (toast,) = page.xpath("//*[@class='toast']")
    assert re.match(r"\s*\d\d topics have returned to the market:", toast.text_content())
    assert toast.xpath(".//form//button[text()='Undo']")
    assert toast.xpath("string(.//li[last()])") == "…"


def test_nobody_who_has_left_is_given_a_role(hall):
    hall.ask("convener").delete(hall.url("me"))
    address = hall.url(f"settings/members/{hall.ids['convener']}")

    answer = hall.ask("organiser").put(address, data={"role": "organiser"})

    assert answer.status_code == 404
    with hall.app.app_context():
        assert db.session.get_one(Member, hall.ids["convener"]).role == Role.PARTICIPANT
