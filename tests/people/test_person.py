"""One person's data: found, given, deleted."""

import html
import json
import re
from base64 import b64decode
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import inspect, text

from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.access.security_log import SecurityEntry
from openspace.contacts import actions as contacts, exchange_actions as exchanges
from openspace.contacts.models import Card, Consent
from openspace.contacts.rules import DETAILS, Visibility
from openspace.extensions import db
from openspace.people.person import personal_data
from openspace.store import sqlite
from openspace.writes import Answer
from tests.factories import Hall, a_member
from tests.people.book import ENGLISH, FULL, WORDS, a_card, exchange, rows, taken, words

pytestmark = pytest.mark.usefixtures("empty_book")

KEY = {"key": "a-key-of-a-form-00000001"}


@pytest.mark.parametrize("typed", ["ДЯЧУК", "дяч", "oksana", "Вербівська", "", "%", "  "])
def test_index_finds_people(hall, typed):
    page = hall.ask("organiser").get(hall.url("exports/people"), query_string={"q": typed}, headers=ENGLISH)

    assert "Оксана Дячук" in page.get_data(as_text=True)


def test_index_forgives_apostrophes_and_says_who_is_who(hall):
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Member, hall.ids["convener"]).event
        a_member(event, "Дем’ян Білий", Role.FACILITATOR)
        db.session.commit()
    a_card(hall, "convener")
    a_card(hall, "participant", in_book=False)

    def found(typed: str) -> str:
        url = hall.url("exports/people")
        return words(hall.ask("organiser").get(url, query_string={"q": typed}, headers=ENGLISH).get_data(as_text=True))

    assert "facilitator · no card" in found("дем'ян")
    assert "participant · card in the book" in found("дячук")
    assert "participant · card not in the book" in found("ткачук")
    assert "Nobody here is called that." in found("Сковорода")
    assert "0 people" in found("Anna Berger")


def test_index_comes_in_pages(hall):
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Member, hall.ids["convener"]).event
        for number in range(60):
            a_member(event, f"Людина {number:02}")
        db.session.commit()

    def people(**query) -> list[str]:
        page = hall.ask("organiser").get(hall.url("exports/people"), query_string=query, headers=ENGLISH)
        return re.findall(r"<b>([^<]+)</b>", page.get_data(as_text=True))

    assert [len(people()), len(people(page=2)), len(people(page=99)), len(people(page=0))] == [50, 14, 14, 50]
    assert set(people()) & set(people(page=2)) == set()
    assert len(people(q="людина", page=2)) == 10
    assert 'href="/' + hall.slug + "/exports/people?q=%D0%BB" in taken(hall, "exports/people?q=л")


def test_show_tells_what_is_held(hall):
    a_card(hall, "convener", card=True, photo=True, **FULL)
    a_card(hall, "participant")
    exchange(hall, "convener", "participant", note="Запитати про воду")
    hall.ask("convener").put(hall.url("microphone/place"))
    hall.ask("convener").put(hall.url(f"petitions/{hall.petition()}/backing"))

    page = words(taken(hall, f"exports/people/{hall.ids['convener']}"))

    for sentence in (
        "A card with 17 fields filled in. There is a photo.",
        "Has exchanged contacts with 1 person. Has written 1 private note.",
        "2 topics proposed.",
        "0 marks on topics.",
        "0 requests to the facilitators. Backs 1 request of somebody else.",
        "1 turn at the microphone.",
        "Given: Jun 4, 2026, 11:54",
        WORDS,
        "The organisers may list the card, without the contact details.",
    ):
        assert sentence in " ".join(page.split())
    assert "Запитати про воду" not in page


def test_show_of_somebody_without_a_card(hall):
    page = words(taken(hall, f"exports/people/{hall.ids['participant']}"))

    assert "No card in the contact book." in page
    assert "None was given." in page


def test_facts_hold_everything_but_secrets(hall):
    a_card(hall, "convener", photo=True, shown_to=Visibility.NOBODY, details=True, **FULL)
    a_card(hall, "participant")
    exchange(hall, "convener", "participant", note="Запитати про воду")
    exchange(hall, "facilitator", "convener", note="Чужа нотатка")
    hall.ask("convener").put(hall.url("topics/2/interest"), data={"kind": "go"})
    with hall.app.test_request_context(), sqlite.writing():
        convener = db.session.get_one(Member, hall.ids["convener"])
        exchanges.wish(db.session.get_one(Card, hall.ids["participant"]), "meet", by=convener)
        access.set_password(convener, email="oksana@sign.example", password_hash="scrypt:secret")
        token = access.issue_link(member=convener)
        key, code = convener.key, db.session.get_one(Card, convener.id).code
        db.session.commit()

    answer = hall.ask("convener").get(hall.url("me/everything.json"))

    held = json.loads(answer.data)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{hall.slug}-me.json"'
    assert (held["member"]["name"], held["member"]["email"]) == ("Оксана Дячук", "oksana@sign.example")
    assert held["member"]["joined_at"] == "2026-06-04T08:54:00+00:00"
    assert {name: field["value"] for name, field in held["card"]["fields"].items() if name != "photo"} == FULL
    assert {field["shown_to"] for field in held["card"]["fields"].values()} == {"nobody"}
    assert [consent["words"] for consent in held["consents"]] == [WORDS]
    assert [(each["with"], each["note"]) for each in held["contacts"]] == [
        ("Ірина", ""),
        ("Олена Ткачук", "Запитати про воду"),
    ]
    assert [(each["about"], each["kind"]) for each in held["wishes"]] == [("Олена Ткачук", "meet")]
    assert [topic["title"] for topic in held["topics"]] == ["Ґендерно-чутливі питання", "Вода в селі"]
    assert held["topics"][0]["placements"][0]["space"] == "Велика зала"
    assert [(mark["topic"], mark["kind"]) for mark in held["marks"]] == [("Вода в селі", "go")]
    assert len(held["links"]) == 1
    with Image.open(BytesIO(b64decode(held["photo_webp_base64"]))) as image:
        assert image.format == "WEBP"
    for secret in (key, "scrypt:secret", code, token, "Чужа нотатка"):
        assert secret not in answer.get_data(as_text=True)


def test_an_organiser_is_not_given_what_is_for_the_person_alone(hall):
    hidden = {"phone": "+380 44 111 11 11", "about": "Лише для мене"}
    a_card(hall, "convener", photo=True, **{**FULL, **hidden})
    a_card(hall, "participant")
    exchange(hall, "convener", "participant", note="Запитати про воду")
    with hall.app.test_request_context(), sqlite.writing():
        convener = db.session.get_one(Member, hall.ids["convener"])
        nobody = dict.fromkeys((*hidden, "photo"), Visibility.NOBODY)
        contacts.set_visibilities(db.session.get_one(Card, convener.id), nobody, by=convener)
        exchanges.wish(db.session.get_one(Card, hall.ids["participant"]), "meet", by=convener)
        db.session.commit()
    mine = hall.ask("convener").get(hall.url("me/everything.json")).get_data(as_text=True)
    assert all(text in mine for text in (*hidden.values(), "Запитати про воду", '"kind": "meet"'))

    answer = hall.ask("organiser").get(hall.url(f"exports/people/{hall.ids['convener']}.json"))

    given, held = answer.get_data(as_text=True), json.loads(answer.data)
    assert not [text for text in (*hidden.values(), "Запитати про воду", '"meet"', "Олена Ткачук") if text in given]
    assert {name for name, field in held["card"]["fields"].items() if "value" not in field} == {*hidden, "photo"}
    assert held["card"]["fields"]["region"]["value"] == FULL["region"]
    assert [held[name] for name in ("photo_webp_base64", "contacts", "private_notes", "wishes")] == [None, 1, 1, 1]


def test_a_person_sees_that_their_file_was_downloaded(hall):
    assert "Who downloaded" not in taken(hall, "me", "convener")

    hall.ask("organiser").get(hall.url(f"exports/people/{hall.ids['convener']}.json"))

    page = words(taken(hall, "me", "convener"))
    assert "Who downloaded what is held on you" in page
    assert "June 4, 11:54: Команда" in " ".join(page.split())
    assert "Who downloaded" not in taken(hall, "me", "participant")


def test_facts_of_one_moment_keep_their_order_however_they_lie_in_the_database(hall):
    with hall.app.test_request_context(), sqlite.writing():
        person = db.session.get_one(Member, hall.ids["convener"])
        moment = person.joined_at
        for kind in ("downloaded", "refused", "left"):
            db.session.add(SecurityEntry(event_id=person.event_id, kind=kind, by_id=person.id, at=moment))
            db.session.flush()
        # PostgreSQL puts a row that was changed behind the others.
        db.session.execute(text("UPDATE security_entry SET times = 2 WHERE kind = 'downloaded'"))
        db.session.commit()

        told = [entry["kind"] for entry in personal_data(person)["security_log"] if entry["at"] == moment.isoformat()]

    assert told == ["downloaded", "refused", "left"]


def test_facts_know_every_table_that_names_a_member(app):
    known = {"card", "card_line", "card_photo", "consent", "contact", "wish"}
    known |= {"topic", "interest", "topic_notice", "link", "seat", "security_entry", "job"}
    known |= {"story", "story_mark", "story_comment", "upload", "pitch", "claim", "turn_notice"}
    known |= {"story", "story_mark", "story_comment", "story_report", "story_notice", "silence"}
    known |= {"announcement", "step", "hand", "merge_request", "my_calendar"}
    known |= {"note_paragraph", "note_version", "note_step", "note_asking", "note_photo", "attendance"}
    known |= {"attendance_by_name", "butterfly", "sealed_dots", "paper_dots"}
    known |= {"petition", "petition_backing", "petition_notice"}
    known |= {"application_reading", "commitment", "pledge", "follow_up", "letter", "mail_address", "address_check"}

    naming = {
        table.name
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in {"member", "card"}
    }

    assert naming == known, "tell of the new table in openspace/people/person.py, and forget it when somebody leaves"


def delete(ask: FlaskClient, hall: Hall, who: str, **more):
    return ask.delete(hall.url(f"exports/people/{hall.ids[who]}"), headers=ENGLISH, **more)


def everywhere(app) -> dict[str, str]:
    """All that stands in the database, by table, those included that a search index makes for itself."""
    with app.app_context():
        names = inspect(db.engine).get_table_names()
        if db.engine.dialect.name == "sqlite":
            names = list(db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
        return {name: " ".join(map(_spelled, db.session.execute(text(f'SELECT * FROM "{name}"')))) for name in names}


def _spelled(row) -> str:
    return " ".join(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row)


def traces(app, *wanted: str) -> dict[str, set[str]]:
    """In which tables each of these stands, in large letters or small."""
    tables = everywhere(app)
    return {each: {name for name, whole in tables.items() if each.lower() in whole.lower()} for each in wanted}


def a_whole_life(hall: Hall) -> tuple[str, ...]:
    """Somebody leaves traces wherever one can; returns what to look for."""
    hall.ask("convener").put(
        hall.url("me"), data={"name": "Щукоїд Ящуржинський", "community": "Ґонтівська"}, headers={"X-Draft": "1"}
    )
    a_card(hall, "convener", photo=True, shown_to=Visibility.EVERYONE, card=True, details=True, **FULL)
    a_card(hall, "participant")
    exchange(hall, "participant", "convener", note="Щукоїд обіцяв допомогти")
    hall.ask("participant").post(hall.url("topics"), data={"title": "Своя тема", "language": "uk", **KEY})
    hall.ask("convener").put(hall.url("topics/3/interest"), data={"kind": "go"})
    with hall.app.test_request_context(), sqlite.writing():
        convener = db.session.get_one(Member, hall.ids["convener"])
        access.set_password(convener, email="oksana@sign.example", password_hash="scrypt:secret")
        exchanges.wish(db.session.get_one(Card, hall.ids["participant"]), "meet", by=convener)
        db.session.commit()
    lists = (FULL["interests"][0], FULL["offers"][0], FULL["needs"][0])
    single = (FULL[name] for name in ("occupation", "region", "about", *DETAILS))
    return ("Щукоїд", "Ящуржинський", "shchukoid", "Ґонтівська", "oksana@sign.example", *lists, *single)


def test_delete_leaves_no_trace(hall):
    wanted = a_whole_life(hall)
    before = traces(hall.app, *wanted)

    answer = delete(hall.ask("organiser"), hall, "convener")

    assert answer.status_code == 303
    assert [each for each, tables in before.items() if not tables] == [], "there is something to forget"
    assert {each: tables for each, tables in traces(hall.app, *wanted).items() if tables} == {}


def test_delete_leaves_no_name_in_answers_that_are_kept(hall):
    """A phone that sends a write twice is given its answer again, so these are kept for two days."""
    a_card(hall, "convener")
    a_card(hall, "participant")
    with hall.app.app_context():
        code = db.session.get_one(Card, hall.ids["convener"]).code
    key = {"Idempotency-Key": KEY["key"]}
    hall.ask("participant").put(hall.url(f"contacts/code/{code}"), headers=key)
    hall.ask("participant").put(hall.url(f"contacts/{hall.ids['convener']}/wish"), data={"kind": "meet"}, headers=key)
    before = traces(hall.app, "Дячук")["Дячук"]
    with hall.app.app_context():
        assert db.session.query(Answer).count() == 2

    delete(hall.ask("organiser"), hall, "convener")

    assert "member" in before, "there is something to forget"
    assert traces(hall.app, "Дячук")["Дячук"] == set()


def test_delete_takes_topics_down_and_gives_chairs_back(hall):
    hall.ask("convener").put(hall.url("topics/2/interest"), data={"kind": "go"})
    # Long words of a title may be broken at soft hyphens.
    before = taken(hall, "", "participant").replace("\u00ad", "")

    delete(hall.ask("organiser"), hall, "convener")

    assert "Ґендерно-чутливі питання" in before
    assert "Ґендерно-чутливі питання" not in taken(hall, "", "participant").replace("\u00ad", "")
    assert hall.ask("convener").get(hall.url("me")).status_code == 403
    with hall.app.app_context():
        left = db.session.get_one(Member, hall.ids["convener"])
        assert (left.name, left.left_at is not None) == ("—", True)


def test_delete_keeps_the_consent_as_a_proof_without_the_name(hall):
    a_card(hall, "convener", card=True)

    delete(hall.ask("organiser"), hall, "convener")

    only = rows(taken(hall, "exports/consents.csv"))[0]
    assert (only["Name"], only["What was agreed to"], only["Ended at"] > "2026") == ("—", WORDS, True)
    assert rows(taken(hall, "exports/contacts.csv")) == []


def test_delete_says_so_without_the_name(hall):
    answer = delete(hall.ask("organiser"), hall, "convener")

    page = hall.ask("organiser").get(answer.headers["Location"], headers=ENGLISH).get_data(as_text=True)
    assert "Everything about this person has been deleted." in page
    assert "Оксана Дячук" not in page


def test_delete_works_as_a_form(hall):
    page = taken(hall, f"exports/people/{hall.ids['convener']}/deletion")
    action = html.unescape(re.search(r'action="([^"]+)"', page)[1])

    assert hall.ask("organiser").post(action, data=KEY).status_code == 303
    assert hall.ask("organiser").get(hall.url(f"exports/people/{hall.ids['convener']}")).status_code == 404


def test_deletion_tells_what_goes_along(hall):
    a_card(hall, "convener")
    a_card(hall, "participant")
    exchange(hall, "participant", "convener")
    hall.ask("convener").put(hall.url("topics/2/interest"), data={"kind": "go"})

    page = " ".join(words(taken(hall, f"exports/people/{hall.ids['convener']}/deletion")).split())

    for sentence in (
        "The name is forgotten, and all this person's phones are signed out.",
        "The card is gone, with everything on it.",
        "1 exchange of contacts is gone, for the other person too, with all notes.",
        "1 chair is free again.",
        "Ґендерно-чутливі питання",
        "Вода в селі",
        "This cannot be undone.",
    ):
        assert sentence in page
    assert hall.ask("organiser").get(hall.url(f"exports/people/{hall.ids['convener']}")).status_code == 200


def test_delete_refuses_the_last_organiser_in_words(hall):
    answer = delete(hall.ask("organiser"), hall, "organiser")

    assert answer.status_code == 422
    assert "An event needs at least one organiser. Invite another one first." in answer.get_data(as_text=True)
    assert "Delete for good" in answer.get_data(as_text=True)
    assert hall.ask("organiser").get(hall.url("exports/people")).status_code == 200


def test_delete_of_oneself_signs_out(hall):
    with hall.app.test_request_context(), sqlite.writing():
        access.give_role(db.session.get_one(Member, hall.ids["facilitator"]), Role.ORGANISER)
        db.session.commit()

    answer = delete(hall.ask("organiser"), hall, "organiser")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/?left=1")
    assert hall.ask("organiser").get(hall.url("me")).status_code == 403


def test_person_who_left_or_is_of_another_event_is_not_found(hall):
    delete(hall.ask("organiser"), hall, "convener")
    ask = hall.ask("organiser")

    for ident in (hall.ids["convener"], hall.ids["other"], 10**6):
        url = hall.url(f"exports/people/{ident}")
        assert [ask.get(url + rest).status_code for rest in ("", ".json", "/deletion")] == [404] * 3
        assert ask.delete(url).status_code == 404


def test_everything_here_is_for_organisers(hall):
    a_card(hall, "convener", card=True, details=True, **FULL)
    person = f"exports/people/{hall.ids['convener']}"
    lists = ("exports/contacts.csv", "exports/contacts.xlsx", "exports/consents.csv", "exports/people")
    rests = (*lists, person, f"{person}.json", f"{person}/deletion")

    statuses = {
        who: {hall.ask(who).get(hall.url(rest)).status_code for rest in rests}
        for who in ("stranger", "other", "participant", "convener", "facilitator", "organiser")
    }

    assert statuses.pop("organiser") == {200}
    assert list(statuses.values()) == [{403}] * 5
    assert delete(hall.ask("convener"), hall, "convener").status_code == 403
    with hall.app.app_context():
        assert db.session.query(Consent).filter_by(member_id=hall.ids["convener"], ended_at=None).count() == 1
