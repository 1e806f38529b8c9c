"""The pages of commitments: the wall, one of them, one's own day, and the hall's screen."""

from datetime import timedelta

import pytest
from lxml import html

from openspace import clock
from openspace.board.models import topic_numbered
from openspace.clock import now
from openspace.commitments import actions
from openspace.commitments.models import Commitment
from openspace.commitments.rules import PATIENCE
from openspace.extensions import db
from openspace.notes import step_actions as steps
from openspace.store import sqlite

HOSTILE = "<b>Вода</b> & «лист»\r\nBcc: all@example.org"


def page(hall, path: str, who: str = "participant"):
    answer = hall.ask(who).get(hall.url(path), headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def words(element) -> str:
    return " ".join(element.text_content().split())


def promise(hall, who: str = "participant", **typed):
    data = {"what": "Аудит входу", "first_step": "Надіслати список", "due_on": "2026-09-01", **typed}
    return hall.ask(who).post(hall.url("commitments"), data=data, headers={"Accept": "application/json"})


def test_what_was_promised_stands_on_the_wall_and_on_ones_own_day(hall):
    ident = promise(hall).get_json()["id"]

    sheet = page(hall, "commitments").xpath(f"//article[@id='commitment-{ident}']")[0]
    assert sheet.get("data-state") == "accepted"
    assert "by September 1 Аудит входу First step: Надіслати список" in words(sheet)
    assert "Аудит входу" in words(page(hall, "me/day").xpath("//section[@aria-labelledby='commitments-head']")[0])
    assert "Аудит входу" not in words(page(hall, "me/day", "convener"))


@pytest.mark.parametrize("path", ["commitments", "commitments/{id}", "projector/{key}/commitments", "me/day"])
def test_hostile_words_are_plain_words_in_one_line(hall, path):
    ident = promise(hall, what=HOSTILE, first_step=HOSTILE).get_json()["id"]

    shown = page(hall, path.format(id=ident, key=hall.projector))

    with hall.app.app_context():
        assert db.session.get_one(Commitment, ident).what == "<b>Вода</b> & «лист» Bcc: all@example.org"
    assert "<b>Вода</b> & «лист» Bcc: all@example.org" in words(shown)
    assert shown.xpath("//b[text()='Вода']") == []


def test_what_one_is_asked_comes_first_and_is_answered_there(hall):
    ident = hall.commitment().id
    asked = page(hall, "commitments").xpath("//section[@class='asked']")[0]
    accept = asked.xpath(".//form")[0]

    answer = hall.ask("participant").post(accept.get("action"))

    assert "Оксана Дячук asks you to help" in words(asked)
    assert answer.status_code == 303
    shown = page(hall, "commitments")
    assert shown.xpath("//section[@class='asked']") == []
    assert shown.xpath(f"//article[@id='commitment-{ident}']/@data-state") == ["accepted"]
    assert page(hall, "commitments", "organiser").xpath("//section[@class='asked']") == []


def test_a_question_left_without_an_answer_can_still_be_answered(hall):
    ident = hall.commitment().id
    with hall.app.test_request_context(), sqlite.writing(), clock.frozen_at(now() + PATIENCE):
        actions.lapse_due()
        db.session.commit()

    assert "Did not answer: Олена Ткачук" in words(page(hall, f"commitments/{ident}"))
    hall.ask("participant").put(hall.url(f"commitments/{ident}/pledge?word=yes"))
    assert "Олена Ткачук Вербівська громада helps" in words(page(hall, f"commitments/{ident}"))


def test_letting_go_without_a_sentence_keeps_the_page(hall):
    ident = promise(hall).get_json()["id"]
    path = hall.url(f"commitments/{ident}/state?to=let-go")

    refused = hall.ask("participant").put(path, data={"why": " "})
    assert refused.status_code == 422
    assert "data-refusal" in refused.get_data(as_text=True)

    assert hall.ask("participant").put(path, data={"why": "Немає грошей"}).status_code == 303
    assert "Немає грошей" in words(page(hall, "commitments"))


def test_what_was_typed_stays_when_it_is_refused(hall):
    answer = hall.ask("participant").post(hall.url("commitments"), data={"what": "", "first_step": "Надіслати"})

    form = html.fromstring(answer.get_data(as_text=True))
    assert (answer.status_code, form.xpath("//input[@name='first_step']/@value")) == (422, ["Надіслати"])


@pytest.mark.parametrize("owner", ["organiser", "other", "nobody"])
def test_one_cannot_ask_whose_name_one_cannot_read(hall, owner):
    assert promise(hall, owner=str(hall.ids.get(owner, 0))).status_code == 422


def test_of_a_next_step_becomes_a_commitment_by_one_tap(hall):
    with hall.app.test_request_context(), sqlite.writing():
        topic = topic_numbered(hall.id, 1)
        steps.add(topic, key="s", what="Аудит входу", who=None, due_on=now().date() + timedelta(9), by=topic.convener)
        db.session.commit()
    button = page(hall, "topics/1/notes").xpath("//button[contains(., 'Make it a commitment')]")[0]
    assert button.get("form") == "act"

    first, again = (hall.ask("participant").post(button.get("formaction")).location for _ in range(2))

    assert first == again
    assert "Аудит входу" in words(page(hall, "commitments"))
    with hall.app.app_context():
        assert db.session.query(Commitment).filter_by(event_id=hall.id).count() == 1
