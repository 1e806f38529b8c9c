"""Who is at a butterfly place: one tap at its code, counted for an hour, named only who agrees."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.events.models import Space
from openspace.extensions import db
from openspace.notes.butterfly_models import butterflies_at
from openspace.notes.models import people_in
from openspace.store import sqlite
from tests.conftest import MOMENT
from tests.factories import cell
from tests.statements import listened


@pytest.fixture
def terrace(hall):
    """The third place, with two chairs, is a butterfly place; topic 1 runs in the first one."""
    with hall.app.test_request_context(), sqlite.writing():
        db.session.get_one(Space, hall.spaces[2]).is_butterfly = True
        topic = topic_numbered(hall.id, 1)
        for placement in list(topic.placements):
            board.unplace(placement, by=topic.convener)
        board.place(topic, **cell(topic.event, slot=1, space=0), by=topic.convener, anyway=True)
        db.session.commit()
    return hall.spaces[2]


def come(hall, place: int, who: str = "participant", **fields):
    return hall.ask(who).put(hall.url(f"spaces/{place}/attendance"), data=fields)


def go_on(hall, place: int, who: str = "participant"):
    return hall.ask(who).delete(hall.url(f"spaces/{place}/attendance"))


def there(hall, place: int) -> dict[str, bool]:
    with hall.app.test_request_context():
        found = butterflies_at(db.session.get_one(Space, place))
        return {member.name: said.is_named for member, said in found.items()}


def page(hall, place: int, who: str = "participant") -> str:
    return hall.ask(who).get(hall.url(f"spaces/{place}")).text


def test_one_tap_counts_and_names_nobody(hall, terrace):
    assert "Я тут" in page(hall, terrace)

    answer = come(hall, terrace)

    assert answer.headers["Location"].endswith(f"spaces/{terrace}")
    assert there(hall, terrace) == {"Олена Ткачук": False}
    assert "Ви тут" in page(hall, terrace)
    other = page(hall, terrace, "convener")
    assert "Тут 1 людина" in other
    assert "Олена Ткачук" not in other


def test_whoever_agrees_is_named_there_until_they_do_not(hall, terrace):
    come(hall, terrace, is_named="y")
    come(hall, terrace)
    assert "Олена Ткачук" in page(hall, terrace, "convener")

    come(hall, terrace, is_named="n")
    assert "Олена Ткачук" not in page(hall, terrace, "convener")


@pytest.mark.parametrize(("minutes", "people"), [(59, 1), (61, 0)])
def test_one_is_counted_for_an_hour(hall, terrace, monkeypatch, minutes, people):
    come(hall, terrace)
    monkeypatch.setattr(clock, "held", MOMENT + timedelta(minutes=minutes))

    assert len(there(hall, terrace)) == people


def test_whoever_goes_on_is_there_no_more(hall, terrace):
    come(hall, terrace)
    go_on(hall, terrace)

    assert there(hall, terrace) == {}


def test_one_is_at_a_butterfly_place_or_in_a_session(hall, terrace):
    def in_session() -> int:
        with hall.app.test_request_context():
            return people_in(topic_numbered(hall.id, 1).placements[0])

    hall.ask("participant").put(hall.url("topics/1/attendance"))
    come(hall, terrace)
    assert (in_session(), len(there(hall, terrace))) == (0, 1)

    hall.ask("participant").put(hall.url("topics/1/attendance"))
    assert (in_session(), len(there(hall, terrace))) == (1, 0)


def test_a_place_for_topics_takes_no_butterflies(hall, terrace):
    assert come(hall, hall.spaces[0]).status_code == 404


def test_at_the_door_of_a_session_butterfly_places_are_told(hall, terrace):
    come(hall, terrace)

    door = page(hall, hall.spaces[0], "convener")

    assert f'/spaces/{terrace}"' in door
    assert "Тераса" in door
    assert "Тут 1 людина" in door


def test_the_state_of_rooms_has_butterfly_places(hall, terrace):
    come(hall, terrace, is_named="y")
    come(hall, terrace, "convener")

    *_, last = hall.ask("participant").get(hall.url("exports/rooms.json")).json

    assert last == {"roomname": "Тераса", "state": "1", "level": "full", "people": 2, "chairs": 2}


def test_the_state_of_rooms_is_read_in_as_many_statements_with_sessions_and_butterflies(hall, terrace):
    hall.ask("participant").get(hall.url("exports/rooms.json"))
    with listened(hall.app) as empty:
        hall.ask("participant").get(hall.url("exports/rooms.json"))
    hall.ask("participant").put(hall.url("topics/1/attendance"))
    come(hall, terrace, "convener")

    with listened(hall.app) as full:
        answer = hall.ask("participant").get(hall.url("exports/rooms.json"))

    assert [each["people"] for each in answer.json] == [1, 0, 1]
    assert len(full) == len(empty)


def test_whoever_has_the_state_of_rooms_is_told_that_nothing_changed(hall, terrace):
    client = hall.ask("participant")
    etag = client.get(hall.url("exports/rooms.json")).headers["ETag"]

    assert client.get(hall.url("exports/rooms.json"), headers={"If-None-Match": etag}).status_code == 304
    come(hall, terrace)
    assert client.get(hall.url("exports/rooms.json"), headers={"If-None-Match": etag}).status_code == 200
