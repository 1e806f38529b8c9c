"""Who is in a session: one tap at its door, counted in one room at a time, named only who agrees."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.extensions import db
from openspace.notes.models import attendances_of, people_in
from openspace.notes.rules import room_state
from openspace.store import sqlite
from tests.conftest import MOMENT
from tests.factories import cell


@pytest.fixture
def running(hall):
    """Topic 1 runs in the first room, topic 2 in the second."""
    with hall.app.test_request_context(), sqlite.writing():
        for number, space in ((1, 0), (2, 1)):
            topic = topic_numbered(hall.id, number)
            for placement in list(topic.placements):
                board.unplace(placement, by=topic.convener)
            board.place(topic, **cell(topic.event, slot=1, space=space), by=topic.convener, anyway=True)
        db.session.commit()
    return hall


def counts(hall) -> tuple[int, int]:
    with hall.app.test_request_context():
        return tuple(people_in(topic_numbered(hall.id, number).placements[0]) for number in (1, 2))


def come(hall, number: int = 1, who: str = "participant", **fields):
    return hall.ask(who).put(hall.url(f"topics/{number}/attendance"), data=fields)


def named(hall) -> list[str]:
    with hall.app.test_request_context():
        return [each.member.name for each in attendances_of(topic_numbered(hall.id, 1)) if each.is_named]


def test_one_tap_at_the_door_counts_and_names_nobody(running):
    door = f"spaces/{running.spaces[0]}"
    assert "Я тут" in running.ask("participant").get(running.url(door)).text

    answer = come(running, space=running.spaces[0])

    assert answer.headers["Location"].endswith(door)
    assert counts(running) == (1, 0)
    assert named(running) == []
    assert "Ви тут" in running.ask("participant").get(running.url(door)).text


def test_who_comes_to_another_room_is_in_that_one_and_was_in_both(running):
    come(running)
    come(running, 2)

    assert counts(running) == (0, 1)
    with running.app.test_request_context():
        assert len(attendances_of(topic_numbered(running.id, 1))) == 1


def test_who_goes_on_is_in_no_room_and_may_come_back(running):
    come(running)
    running.ask("participant").put(running.url("topics/1/attendance/end"))
    assert counts(running) == (0, 0)

    come(running)
    assert counts(running) == (1, 0)


def test_a_name_stands_in_the_notes_of_whoever_agrees_and_goes_again(running):
    come(running, is_named="y")
    assert named(running) == ["Олена Ткачук"]
    assert "Олена Ткачук" in running.ask("convener").get(running.url("topics/1/notes")).text

    come(running, is_named="n")
    assert named(running) == []


def test_to_name_oneself_later_moves_nobody(running, monkeypatch):
    come(running)
    come(running, 2)
    come(running, is_named="y")

    assert counts(running) == (0, 1)


@pytest.mark.parametrize(("minutes", "status"), [(-25, 409), (0, 303), (94, 303), (97, 409)])
def test_one_says_so_while_it_runs_and_an_hour_longer(running, monkeypatch, minutes, status):
    monkeypatch.setattr(clock, "held", MOMENT + timedelta(minutes=minutes))

    assert come(running).status_code == status


def test_what_was_said_by_mistake_is_taken_back(running):
    come(running, is_named="y")
    running.ask("participant").delete(running.url("topics/1/attendance"))

    with running.app.test_request_context():
        assert attendances_of(topic_numbered(running.id, 1)) == []


@pytest.mark.parametrize(
    ("people", "chairs", "state"), [(0, 3, "free"), (1, 3, "free"), (2, 3, "filling"), (3, 3, "full"), (5, 3, "full")]
)
def test_a_room_fills(people, chairs, state):
    assert room_state(people, chairs) == state


def test_the_state_of_rooms_is_served_and_names_nobody(running):
    with running.app.test_request_context(), sqlite.writing():
        topic_numbered(running.id, 1).placements[0].space.chairs = 1
        db.session.commit()
    come(running, is_named="y")

    answer = running.ask("participant").get(running.url("exports/rooms.json"))

    first, *others = answer.json
    assert first == {"roomname": "Велика зала", "state": "1", "level": "full", "people": 1, "chairs": 1}
    assert [each["state"] for each in others] == ["0", "0"]
    assert "Олена" not in answer.text
