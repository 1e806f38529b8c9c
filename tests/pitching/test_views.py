"""The requests of the microphone: what is stored of them, what two at once do, and guessing at codes."""

import threading
from collections import Counter

import pytest
from lxml import html

from openspace.access import attempts
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.extensions import db, limiter
from openspace.live import log
from openspace.pitching import claim_views
from openspace.pitching.claims import code_of
from openspace.pitching.models import PITCH, Claim, Pitch, pitch_now, queue_of
from openspace.store import sqlite
from openspace.writes import Answer
from tests.factories import a_member

JSON = {"Accept": "application/json", "Accept-Language": "en"}
KEY = "a key of sixteen or more"


def enter(hall, who: str = "facilitator", headers: dict[str, str] = JSON, **fields):
    sent = {"title": "Вода", "convener": "Олена Ткачук", **fields}
    return hall.ask(who).post(hall.url("facilitator/pitch/entries"), data=sent, headers=headers)


def code(hall, claim_id: int) -> str:
    with hall.app.app_context():
        return code_of(db.session.get_one(Claim, claim_id))


def together(*deeds) -> list[object]:
    """Do these at the same moment, each in a thread of its own; returns what they return."""
    gate, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(index: int) -> None:
        gate.wait(10)
        found[index] = deeds[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_an_entry_shows_the_topic_and_hangs_it(hall):
    answer = enter(hall, cell=hall.cell(3, 0))

    assert (answer.status_code, answer.get_json()) == (201, {"number": 3, "claim": None, "says": ""})
    with hall.app.app_context():
        pitch = pitch_now(hall.id)
        assert (pitch.member.name, pitch.topic.title, pitch.topic.cells) == ("Олена Ткачук", "Вода", [hall.cell(3, 0)])


def test_an_entry_for_a_taken_cell_is_on_the_market_and_says_so(hall):
    answer = enter(hall, cell=hall.cell(2, 0))

    assert answer.status_code == 201
    assert answer.get_json()["says"] == "This place has just been taken. “Вода” is on the market."
    with hall.app.app_context():
        assert (pitch_now(hall.id).topic.title, pitch_now(hall.id).topic.cells) == ("Вода", [])


def test_an_entry_that_is_sent_again_is_one_entry_with_one_guest(hall):
    headers = {**JSON, "Idempotency-Key": KEY}

    answers = [enter(hall, headers=headers, convener="Степан", is_guest="y").get_json() for _ in range(3)]

    assert answers == [answers[0]] * 3
    with hall.app.app_context():
        assert db.session.query(Member).filter_by(name="Степан").count() == 1
        assert db.session.query(Topic).filter_by(title="Вода").count() == 1


def test_no_code_is_in_a_stored_answer(hall):
    answer = enter(hall, headers={**JSON, "Idempotency-Key": KEY}, convener="Степан", is_guest="y")

    digits = code(hall, answer.get_json()["claim"])
    part = hall.ask("facilitator").get(hall.url(f"facilitator/pitch/claims?part=1&claim={answer.get_json()['claim']}"))
    assert f"{digits[:2]} {digits[2:4]} {digits[4:]}" in part.get_data(as_text=True)
    with hall.app.app_context():
        (stored,) = db.session.query(Answer.body).all()
        assert digits.encode() not in stored[0]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [({"convener": "Ніхто"}, "NobodyCalled"), ({"title": "Ой"}, "Invalid"), ({"convener": ""}, "Invalid")],
)
def test_a_refused_entry_writes_nothing(hall, fields, kind):
    answer = enter(hall, **fields)

    assert (answer.status_code, answer.get_json()["problem"]) == (422, kind)
    with hall.app.app_context():
        assert (db.session.query(Pitch).count(), db.session.query(Topic).count()) == (0, 2)


def test_namesakes_are_told_apart_by_their_community(hall):
    with hall.app.test_request_context(), sqlite.writing():
        other = a_member(db.session.get_one(Member, hall.ids["participant"]).event)
        other.community = "Інша громада"
        db.session.commit()
        other_id = other.id

    refused = enter(hall)
    answer = enter(hall, convener="Олена Ткачук, Інша громада")

    assert (refused.get_json()["problem"], answer.status_code) == ("SeveralCalled", 201)
    with hall.app.app_context():
        assert pitch_now(hall.id).member_id == other_id


def test_the_page_without_scripts_leads_through_an_entry(hall):
    browser, address = hall.ask("facilitator"), hall.url("facilitator/pitch/entries")
    fields = {"title": "Вода", "convener": "Степан"}

    refused = browser.post(address, data=fields)
    slip = browser.post(address, data={**fields, "is_guest": "y"})

    assert (refused.status_code, 'value="Вода"' in refused.get_data(as_text=True)) == (422, True)
    assert slip.status_code == 303
    assert "Степан" in browser.get(slip.location).get_data(as_text=True)


def test_two_facilitators_let_one_person_wait_once(hall):
    def add(who: str):
        fields = {"convener": "Олена Ткачук", "title": ""}
        return lambda: hall.ask(who).post(hall.url("facilitator/pitch/queue"), data=fields, headers=JSON).status_code

    hall.ask("facilitator"), hall.ask("organiser")
    assert together(add("facilitator"), add("organiser")) == [201, 201]

    with hall.app.app_context():
        assert [pitch.member.name for pitch in queue_of(hall.id)] == ["Олена Ткачук"]


def test_two_facilitators_who_call_the_next_at_once_call_one(hall):
    for who in ("participant", "convener"):
        hall.ask(who).put(hall.url("microphone/place"))

    def call(who: str):
        return lambda: hall.ask(who).put(hall.url("facilitator/pitch/now"), headers=JSON).status_code

    hall.ask("facilitator"), hall.ask("organiser")
    assert sorted(together(call("facilitator"), call("organiser"))) == [204, 409]

    with hall.app.app_context():
        assert len(queue_of(hall.id)) == 1


def test_a_code_used_twice_at_once_counts_once(hall):
    digits = code(hall, enter(hall, convener="Степан", is_guest="y").get_json()["claim"])

    def take(who: str):
        client = hall.ask(who)
        return lambda: client.post(hall.url("claim"), data={"code": digits}).status_code

    statuses = together(take("participant"), take("stranger"))

    assert Counter(statuses) == {303: 1, 422: 1}
    with hall.app.app_context():
        assert db.session.query(Claim).filter(Claim.used_at.is_(None)).count() == 0


def test_a_mistyped_code_can_be_mended_where_it_was_typed(hall):
    refused = hall.ask("stranger").post(hall.url("claim"), data={"code": "12 34 56"}, headers={"Accept-Language": "en"})

    page = html.fromstring(refused.get_data(as_text=True))
    (field,) = page.xpath("//form//input[@name='code']")
    assert field.get("value") == "12 34 56"
    assert "Nothing belongs to this code." in page.xpath("string(//form)")


def test_a_stranger_becomes_the_person_who_was_written_down(hall):
    digits = code(hall, enter(hall, convener="Степан", is_guest="y").get_json()["claim"])
    assert hall.ask("stranger").get(hall.url("")).status_code == 403

    hall.ask("stranger").post(hall.url("claim"), data={"code": f"{digits[:3]} {digits[3:]}"})

    assert "Вода" in hall.ask("stranger").get(hall.url("me/day")).get_data(as_text=True)


def test_who_has_joined_has_the_topic_too(hall):
    digits = code(hall, enter(hall, convener="Степан", is_guest="y").get_json()["claim"])

    hall.ask("participant").post(hall.url("claim"), data={"code": digits})

    with hall.app.app_context():
        topic = db.session.query(Topic).filter_by(title="Вода").one()
        assert topic.convener_id == hall.ids["participant"]


@pytest.fixture
def counted(hall, monkeypatch):
    limiter.reset()
    limiter.enabled = True
    monkeypatch.setattr(attempts, "FIRST", 0.001)
    yield hall
    limiter.reset()


def test_guessing_at_codes_is_slowed_down(counted, monkeypatch):
    digits = code(counted, enter(counted, convener="Степан", is_guest="y").get_json()["claim"])
    monkeypatch.setattr(claim_views.GUESSES, "waiting", 0)

    def guess(typed: str) -> int:
        return counted.ask("stranger").post(counted.url("claim"), data={"code": typed}).status_code

    wrong = [guess(f"{number:06}") for number in range(11)]

    assert (wrong, guess(digits)) == ([422] * 10 + [429], 429)


def test_people_wait_with_their_topic_and_see_their_place(hall):
    browser = hall.ask("convener")
    browser.put(hall.url("microphone/place"), data={"topic": 2})

    own = browser.get(hall.url("live?channel=pitch&since=0")).get_json()["mine"]
    others = hall.ask("participant").get(hall.url("live?channel=pitch&since=0")).get_json()["mine"]
    with hall.app.app_context():
        (pitch,) = queue_of(hall.id)
        assert (own["pitch"], others["pitch"], pitch.topic.number) == (pitch.id, 0, 2)

    browser.delete(hall.url("microphone/place"))

    with hall.app.app_context():
        assert queue_of(hall.id) == []


def test_nobody_waits_with_the_topic_of_another(hall):
    answers = [hall.ask("participant").put(hall.url("microphone/place"), data={"topic": n}) for n in (1, 99)]

    assert [answer.status_code for answer in answers] == [403, 404]


def test_a_tap_on_a_topic_that_nobody_reads_says_nothing_to_the_microphone(hall):
    def stand() -> int:
        with hall.app.app_context():
            return log.revision(hall.id, PITCH)

    before = stand()

    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})

    assert stand() == before
    enter(hall)
    assert stand() > before
