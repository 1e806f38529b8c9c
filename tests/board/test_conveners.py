"""Topics that a facilitator hangs up for somebody, with a phone or without one."""

import re

import pytest

from openspace.access.models import Member, Seat
from openspace.board.conveners import LONGEST, labels
from openspace.board.models import Topic
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import Hall, a_member, an_event


def propose(hall: Hall, name: str, who: str = "facilitator", **more: str):
    fields = {"title": "Нова тема", "language": "uk", "convener_name": name, **more}
    return hall.ask(who).post(hall.url("topics"), data=fields, headers={"Accept-Language": "en"})


def convener_of(hall: Hall, title: str = "Нова тема") -> Member:
    with hall.app.app_context():
        return db.session.query(Topic).filter_by(title=title).one().convener


def one_more(hall: Hall, name: str) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        a_member(db.session.get_one(Member, hall.ids["convener"]).event, name)
        db.session.commit()


@pytest.mark.parametrize("typed", ["Оксана Дячук", "оксана  ДЯЧУК", "Оксана Дячук, Вербівська громада"])
def test_a_convener_is_found_by_what_was_typed(hall, typed):
    assert propose(hall, typed).status_code == 303
    assert convener_of(hall).id == hall.ids["convener"]


def test_namesakes_are_told_apart_in_the_list(hall):
    one_more(hall, "Оксана Дячук")

    answer = propose(hall, "Оксана Дячук")
    page = answer.get_data(as_text=True)
    propose(hall, "Оксана Дячук, Вербівська громада (2)")

    assert (answer.status_code, "Choose one from the list" in page) == (422, True)
    assert 'value="Оксана Дячук, Вербівська громада (2)"' in page
    assert 'value="Оксана Дячук"' in page
    assert convener_of(hall).id > hall.ids["convener"]


def test_somebody_without_a_phone_is_added_when_that_is_said(hall):
    asked = propose(hall, "Дід Панас, Нова громада")
    page = asked.get_data(as_text=True)
    answer = propose(hall, "Дід Панас, Нова громада", adds_convener="y")

    found = convener_of(hall)
    assert (asked.status_code, answer.status_code) == (422, 303)
    assert re.search(r"Add Дід Панас, Нова громада, without a phone", page)
    assert 'value="Дід Панас, Нова громада"' in page
    assert (found.name, found.community, found.seen_at) == ("Дід Панас", "Нова громада", None)
    with hall.app.app_context():
        assert db.session.query(Seat).filter_by(member_id=found.id).count() == 0


def test_the_seat_of_somebody_without_a_phone_can_be_handed_over(hall):
    propose(hall, "Дід Панас", adds_convener="y")
    found, phone = convener_of(hall), hall.app.test_client()
    page = hall.ask("organiser").post(hall.url(f"exports/people/{found.id}/link")).get_data(as_text=True)

    phone.post(re.search(r"/link/[\w-]+", page)[0])

    assert "Нова тема" in phone.get(hall.url("me/day")).get_data(as_text=True)


def test_nobody_is_added_when_the_topic_is_refused_and_what_was_said_is_kept(hall):
    answer = propose(hall, "Дід Панас", adds_convener="y", cell=hall.cell(2, 0))

    assert answer.status_code == 409
    assert 'name="adds_convener"' in answer.get_data(as_text=True)
    with hall.app.app_context():
        assert db.session.query(Member).filter_by(name="Дід Панас").count() == 0


@pytest.mark.parametrize("more", [{}, {"adds_convener": "y"}])
def test_participants_hang_up_topics_for_nobody_else(hall, more):
    assert propose(hall, "Оксана Дячук", "participant", **more).status_code == 403
    assert propose(hall, "Дід Панас", "participant", **more).status_code == 403
    pages = [hall.ask(who).get(hall.url("topics/new")).get_data(as_text=True) for who in ("facilitator", "participant")]
    assert ['name="convener_name"' in page for page in pages] == [True, False]


def test_a_name_longer_than_a_name_can_be_is_cut_and_a_comma_alone_names_nobody(hall):
    assert propose(hall, "Я" * 150, adds_convener="y").status_code == 303
    assert len(convener_of(hall).name) == LONGEST
    assert propose(hall, ",", adds_convener="y").status_code == 422


def test_labels_are_each_for_one(inside):
    event = an_event()
    members = [a_member(event, name) for name in ("Анна", "Анна", "Борис")]

    assert list(labels(event).values()) == members
