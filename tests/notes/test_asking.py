"""Asking for notes: near the end, of whom was named, at most twice, and never once they are written."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import notices
from openspace.access.models import Member
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.extensions import db
from openspace.notes import actions, asking
from openspace.store import sqlite
from tests.conftest import MOMENT
from tests.factories import cell

# The session of topic 1 runs from 11:30 to 12:30, and it is 11:54.
NEAR, OVER, EVENING = (MOMENT + timedelta(minutes=minutes) for minutes in (27, 40, 36 + 181))
ENOUGH = "Найдовше говорили про двері: якщо їх важко відчинити з дитиною на руках, решта вже не важить."


@pytest.fixture
def running(hall, monkeypatch):
    monkeypatch.setattr(clock, "held", MOMENT)
    with hall.app.test_request_context(), sqlite.writing():
        topic = topic_numbered(hall.id, 1)
        for placement in list(topic.placements):
            board.unplace(placement, by=topic.convener)
        board.place(topic, **cell(topic.event, slot=1), by=topic.convener, anyway=True)
        board.mark(hall.id, 1, kind="go", by=db.session.get_one(Member, hall.ids["participant"]))
        db.session.commit()
    return hall


def pass_time(hall, moment) -> None:
    """It is `moment`, and the periodic task has run twice."""
    clock.held = moment
    for _ in range(2):
        with hall.app.app_context(), sqlite.writing():
            asking.ask_due()
            db.session.commit()


def asked(hall, who: str) -> list[str]:
    """What waits for this member."""
    with hall.app.test_request_context():
        member = db.session.get_one(Member, hall.ids[who])
        return [notice.words for notice in notices.waiting(member.id, member.event)]


def shown(hall, who: str) -> str:
    return hall.ask(who).get(hall.url("me/notices")).text


def say(hall, who: str, what: str):
    return hall.ask(who).put(hall.url(f"topics/1/notes/asking?answer={what}"))


def name(hall, who: str):
    return hall.ask("convener").put(hall.url("topics/1/notes/writer"), data={"who": hall.ids[who]})


def write(hall, text: str) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        by = db.session.get_one(Member, hall.ids["participant"])
        actions.save(topic_numbered(hall.id, 1), key="p1", text=text, version="v1", by=by)
        db.session.commit()


def test_the_convener_is_asked_ten_minutes_before_the_end_and_not_sooner(running):
    pass_time(running, MOMENT)
    assert asked(running, "convener") == []

    pass_time(running, NEAR)

    (words,) = asked(running, "convener")
    assert "Ґендерно-чутливі питання" in words
    assert asked(running, "participant") == []
    assert "Запишу" in shown(running, "convener")
    assert "Пізніше" in shown(running, "convener")


def test_whoever_says_that_they_write_is_led_to_the_notes_and_asked_no_more(running):
    pass_time(running, NEAR)

    answer = say(running, "convener", "mine")

    assert answer.headers["Location"].endswith("/topics/1/notes")
    pass_time(running, OVER)
    pass_time(running, EVENING)
    assert asked(running, "convener") == []


def test_who_puts_it_off_is_asked_once_more_after_the_end_and_then_never(running):
    pass_time(running, NEAR)
    say(running, "convener", "later")
    assert asked(running, "convener") == []

    pass_time(running, OVER)
    assert len(asked(running, "convener")) == 1
    assert "Пізніше" not in shown(running, "convener")

    say(running, "convener", "no")
    pass_time(running, EVENING)
    assert asked(running, "convener") == []


def test_who_is_named_takes_over_the_question(running):
    pass_time(running, NEAR)
    assert "Олена Ткачук" in running.ask("convener").get(running.url("topics/1/notes/writer")).text

    name(running, "participant")

    assert asked(running, "convener") == []
    (words,) = asked(running, "participant")
    assert "Оксана Дячук" in words


def test_who_will_not_gives_the_question_back(running):
    pass_time(running, NEAR)
    name(running, "participant")

    say(running, "participant", "no")

    assert asked(running, "participant") == []
    assert len(asked(running, "convener")) == 1


def test_nobody_is_named_who_has_nothing_to_do_with_it(running):
    assert name(running, "organiser").status_code == 404
    assert asked(running, "organiser") == []


@pytest.mark.parametrize(("text", "count"), [(ENOUGH, 0), ("Двері.", 1)])
def test_notes_that_are_written_take_the_question_back(running, text, count):
    pass_time(running, NEAR)

    write(running, text)

    assert len(asked(running, "convener")) == count


def test_who_wrote_before_the_end_is_not_asked(running):
    write(running, ENOUGH)

    pass_time(running, OVER)

    assert asked(running, "convener") == []


def test_what_ended_hours_ago_is_not_asked_for(running):
    pass_time(running, EVENING)

    assert asked(running, "convener") == []


@pytest.mark.parametrize(("what", "status"), [("mine", 404), ("no", 404), ("perhaps", 422)])
def test_an_answer_to_what_was_not_asked_is_refused(running, what, status):
    assert say(running, "convener", what).status_code == status
