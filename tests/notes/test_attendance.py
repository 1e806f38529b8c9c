"""Who is in a session: one tap at its door, counted in one room at a time, named only who agrees."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes.collected import collected
from openspace.notes.models import (
    AttendanceByName,
    attendance_of,
    attendances_by_name,
    attendances_of,
    people_in,
)
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


def named_anywhere(hall) -> list[str]:
    """Who is named in what the book reads, on the page of the notes, and to the member themselves."""
    with hall.app.test_request_context():
        topic = topic_numbered(hall.id, 1)
        joint = topic.joint or topic
        read = collected(joint.event)[joint.id].people
        shown = [each.member for each in attendances_of(joint) if each.is_named]
        own = attendance_of(joint, hall.ids["participant"])
        assert [each.name for each in read] == [each.name for each in shown]
        assert own.is_named == bool(read)
        return [each.name for each in read]


def test_in_merged_topics_a_name_stands_only_with_the_consent_to_both_and_goes_from_both(running):
    come(running, 1, is_named="y")
    come(running, 2)
    running.merge_topics()
    assert named_anywhere(running) == []

    come(running, 2, is_named="y")
    assert named_anywhere(running) == ["Олена Ткачук"]

    come(running, 2, is_named="n")
    assert named_anywhere(running) == []
    assert "Олена Ткачук" not in running.ask("convener").get(running.url("topics/2/notes")).text


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


# People without a phone.


def write_down(hall, name: str, who: str = "participant"):
    return hall.ask(who).post(hall.url("topics/1/attendance/names"), data={"name": name})


def test_somebody_without_a_phone_is_counted_and_named(running):
    come(running, is_named="y")

    assert write_down(running, "  Баба   Ганна ", "convener").status_code == 303

    page = running.ask("participant").get(running.url("topics/1/notes")).text
    assert "Баба Ганна" in page
    assert "Було 2 людини." in page
    with running.app.test_request_context():
        (notes,) = collected(db.session.get_one(Event, running.id)).values()
        assert (notes.count, [member.name for member in notes.people], notes.others) == (
            2,
            ["Олена Ткачук"],
            ["Баба Ганна"],
        )


def test_whoever_was_written_down_by_mistake_is_taken_off(running):
    write_down(running, "Баба Ганна")
    with running.app.test_request_context():
        (written,) = attendances_by_name(topic_numbered(running.id, 1))
        ident = written.id

    address = running.url(f"topics/2/attendance/names/{ident}")
    assert running.ask("convener").delete(address).status_code == 404
    assert running.ask("convener").delete(address.replace("topics/2", "topics/1")).status_code == 303

    assert "Баба Ганна" not in running.ask("participant").get(running.url("topics/1/notes")).text


@pytest.mark.parametrize("name", ["", "Ганна " * 20])
def test_a_name_that_is_none_is_asked_for_again_with_what_was_typed(running, name):
    answer = write_down(running, name)

    assert answer.status_code == 422
    assert name.strip() in answer.text


def test_a_hundred_names_are_enough(running):
    with running.app.test_request_context(), sqlite.writing():
        topic = topic_numbered(running.id, 1)
        db.session.add_all(AttendanceByName(topic_id=topic.id, name=f"Людина {n}") for n in range(100))
        db.session.commit()

    answer = write_down(running, "Ще хтось")

    assert answer.status_code == 409
    assert 'value="Ще хтось"' in answer.text
