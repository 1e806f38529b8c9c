"""Hanging from the console: each refusal has its own reason, and moves nothing."""

import threading

import pytest

from openspace.board.models import topic_numbered
from openspace.extensions import db
from openspace.journal.models import steps_of

JSON = {"Accept": "application/json", "Accept-Language": "en"}


def hang(hall, who: str = "facilitator", number: int = 1, **fields):
    fields = {"moving": hall.cell(2, 0), **fields}
    return hall.ask(who).put(hall.url(f"facilitator/topics/{number}/placement"), data=fields, headers=JSON)


def cells(hall, number: int = 1) -> list[str]:
    with hall.app.app_context():
        return topic_numbered(hall.id, number).cells


def topic_in(hall, slot: int, space: int, title: str = "Земля", who: str = "participant") -> int:
    fields = {"title": title, "language": "uk", "cell": hall.cell(slot, space)}
    answer = hall.ask(who).post(hall.url("topics"), data=fields, headers=JSON)
    return answer.get_json()["number"]


def test_a_free_cell_takes_it_and_the_step_is_told(hall):
    answer = hang(hall, cell=hall.cell(3, 1))

    assert answer.status_code == 200
    assert "place 2" in answer.get_json()["says"]
    assert cells(hall) == [hall.cell(3, 1)]
    with hall.app.test_request_context():
        (step,) = steps_of(hall.id)
        assert (step.by.name, "15:30" in step.words) == ("Ірина", True)


@pytest.mark.parametrize("taken", ["", "swap", "market"])
def test_a_taken_cell_is_refused_unless_the_one_that_hangs_there_was_seen(hall, taken):
    topic_in(hall, 3, 1)

    answer = hang(hall, cell=hall.cell(3, 1), taken=taken, there=99)

    assert (answer.status_code, answer.get_json()["problem"]) == (409, "CellTaken")
    assert answer.get_json()["taken_by"] == "Земля"
    assert answer.get_json()["free"]
    assert cells(hall) == [hall.cell(2, 0)]


def test_a_busy_convener_is_a_reason_of_its_own_and_can_be_overruled(hall):
    fields = {"title": "Їхня друга тема", "language": "uk", "cell": hall.cell(3, 0)}
    hall.ask("convener").post(hall.url("topics"), data=fields)

    refused = hang(hall, cell=hall.cell(3, 1))

    assert (refused.status_code, refused.get_json()["problem"]) == (409, "ConvenerBusy")
    assert cells(hall) == [hall.cell(2, 0)]
    assert hang(hall, cell=hall.cell(3, 1), anyway="y").status_code == 200


def test_a_cell_that_does_not_exist_is_refused(hall):
    answer = hang(hall, cell="99999-1")

    assert (answer.status_code, answer.get_json()["problem"]) == (404, "NotFound")
    assert cells(hall) == [hall.cell(2, 0)]


def test_whoever_saw_it_elsewhere_is_told_and_moves_nothing(hall):
    assert hang(hall, cell=hall.cell(3, 1)).status_code == 200

    late = hang(hall, "organiser", cell=hall.cell(3, 2))
    as_if_loose = hang(hall, "organiser", moving="", cell=hall.cell(3, 2))

    assert [(each.status_code, each.get_json()["problem"]) for each in (late, as_if_loose)] == [(409, "Stale")] * 2
    assert cells(hall) == [hall.cell(3, 1)]


def test_of_two_at_once_one_moves_it_and_the_other_is_told(hall):
    hall.ask("facilitator"), hall.ask("organiser")
    answers = []

    def move(who: str, space: int) -> None:
        answers.append(hang(hall, who, cell=hall.cell(3, space)).status_code)

    threads = [threading.Thread(target=move, args=each) for each in (("facilitator", 1), ("organiser", 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 409]
    assert len(cells(hall)) == 1


def test_from_the_market_onto_a_taken_cell_the_other_goes_there(hall):
    number = topic_in(hall, 3, 1)

    answer = hang(hall, number=2, moving="", cell=hall.cell(3, 1), taken="swap", there=number, anyway="y")

    assert answer.status_code == 200
    assert (cells(hall, 2), cells(hall, number)) == ([hall.cell(3, 1)], [])


def test_costs_name_who_is_elsewhere_then_and_the_chairs(hall):
    other = topic_in(hall, 3, 0)
    for who in ("participant", "organiser", "facilitator"):
        hall.ask(who).put(hall.url("topics/1/interest"), data={"kind": "go"})
    hall.ask("organiser").put(hall.url(f"topics/{other}/interest"), data={"kind": "go"})

    found = hall.ask("facilitator").get(hall.url(f"facilitator/topics/1/costs?moving={hall.cell(2, 0)}"), headers=JSON)

    costs = found.get_json()
    assert costs[hall.cell(3, 1)]["words"] == ["1 of 3 is elsewhere then"]
    assert costs[hall.cell(3, 2)]["words"] == ["1 of 3 is elsewhere then", "2 chairs for 3"]
    assert costs[hall.cell(2, 1)] == {"words": [], "is_forbidden": False}
    assert hall.cell(3, 0) not in costs


def test_a_hand_is_seen_and_given_up(hall):
    facilitator = hall.ask("facilitator")
    facilitator.put(hall.url("facilitator/hand"), data={"number": 1, "cell": hall.cell(2, 0)})
    held = hall.ask("organiser").get(hall.url("facilitator")).get_data(as_text=True)
    facilitator.delete(hall.url("facilitator/hand"))
    empty = hall.ask("organiser").get(hall.url("facilitator")).get_data(as_text=True)

    assert f'data-at="cell-{hall.cell(2, 0)}"' in held
    assert "data-at=" not in empty
    with hall.app.app_context():
        db.session.remove()
