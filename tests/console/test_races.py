"""Two people do at the same moment what excludes each other: one of it counts, and the other is told why not."""

import threading
from collections.abc import Callable

import pytest

from openspace.access.models import Member
from openspace.board.models import Placement, topic_numbered
from openspace.events.models import Event
from openspace.extensions import db
from openspace.journal.models import Step, steps_of
from openspace.phases.rules import Phase
from openspace.pitching.claims import code_of
from openspace.pitching.models import open_claims
from tests.factories import Hall

Deed = Callable[[], int]


def at_once(*deeds: Deed) -> list[int]:
    """The statuses of what is done at the same moment, in the order of the deeds."""
    together, found = threading.Barrier(len(deeds)), dict.fromkeys(range(len(deeds)), 0)

    def do(number: int) -> None:
        together.wait(10)
        found[number] = deeds[number]()

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(found.values())


def sends(hall: Hall, who: str, method: str, path: str, **fields: str) -> Deed:
    """A function that sends this as a script does, and returns the status."""
    client = hall.ask(who)
    headers = {"Accept": "application/json"}
    return lambda: client.open(hall.url(path), method=method, data=fields, headers=headers).status_code


def move(hall: Hall, who: str, *, from_: str, to: str) -> Deed:
    return sends(hall, who, "PUT", "facilitator/topics/1/placement", cell=to, moving=from_)


@pytest.fixture
def moved(hall):
    """The hall, after the facilitator has moved topic 1 from the first to the second space; the id of the step."""
    assert move(hall, "facilitator", from_=hall.cell(2, 0), to=hall.cell(2, 1))() == 200
    with hall.app.app_context():
        return hall, steps_of(hall.id)[0].id


def test_undo_and_move_at_once(moved):
    hall, step_id = moved
    undo = sends(hall, "facilitator", "DELETE", f"facilitator/steps/{step_id}")

    answers = at_once(undo, move(hall, "organiser", from_=hall.cell(2, 1), to=hall.cell(3, 2)))

    assert sorted(answers) == [200, 409]
    with hall.app.app_context():
        there = hall.cell(2, 0) if answers[0] == 200 else hall.cell(3, 2)
        assert [str(placement.cell) for placement in db.session.query(Placement)] == [there]
        assert (db.session.get_one(Step, step_id).undone_at is not None) == (answers[0] == 200)


def test_two_undo_one_step_at_once(moved):
    hall, step_id = moved
    undo = [sends(hall, who, "DELETE", f"facilitator/steps/{step_id}") for who in ("facilitator", "organiser")]

    assert at_once(*undo) == [200, 200]

    with hall.app.app_context():
        assert [str(placement.cell) for placement in db.session.query(Placement)] == [hall.cell(2, 0)]


def test_two_switch_the_phase_at_once(hall):
    switch = [
        sends(hall, who, "PUT", f"facilitator/phase?to={phase}", seen="")
        for who, phase in (("facilitator", Phase.OPENING), ("organiser", Phase.MARKETPLACE))
    ]

    answers = at_once(*switch)

    assert sorted(answers) == [204, 409]
    with hall.app.app_context():
        assert db.session.get_one(Event, hall.id).phase == [Phase.OPENING, Phase.MARKETPLACE][answers.index(204)]


def test_merge_and_withdraw_at_once(hall):
    merge = sends(hall, "facilitator", "POST", "topics/1/merge", other="2", now="y")
    withdraw = sends(hall, "convener", "PUT", "topics/2/withdrawal")

    answers = at_once(merge, withdraw)

    assert sorted(status >= 400 for status in answers) == [False, True]
    assert max(answers) < 500
    with hall.app.app_context():
        topic = topic_numbered(hall.id, 2)
        assert (topic.joint is not None, topic.withdrawn_at is not None) in {(True, False), (False, True)}


def names_in(hall: Hall) -> set[str]:
    with hall.app.app_context():
        found = db.session.query(Member).filter(Member.event_id == hall.id, Member.left_at.is_(None))
        return {member.name for member in found}


def test_one_code_counts_once(hall):
    entered = {"title": "Криниці", "convener": "Марія", "is_guest": "y"}
    assert sends(hall, "facilitator", "POST", "facilitator/pitch/entries", **entered)() == 201
    with hall.app.app_context():
        code = code_of(open_claims(hall.id)[0])
    people = names_in(hall)

    answers = at_once(*(sends(hall, who, "POST", "claim", code=code) for who in ("participant", "convener")))

    assert sorted(answers) == [201, 422]
    assert names_in(hall) == people - {"Марія"}
