"""Locks of slots and of the board: who may hang, move and take off topics, what a refusal says, what pages show."""

import pytest
from flask_babel import force_locale
from lxml import html

from openspace.access.models import Member, Role
from openspace.board import actions
from openspace.board.free_cells import CellTaken
from openspace.board.lock_actions import lock_board, lock_slot
from openspace.board.locks import Locked
from openspace.board.models import Placement, Topic, topic_numbered
from openspace.board.swap import swap
from openspace.events.models import Event, Lock, Slot
from openspace.extensions import db
from openspace.live import log
from openspace.organising import actions as organising, undo
from openspace.organising.grid import last_change
from openspace.store import sqlite
from openspace.web.errors import NotAllowed
from tests.factories import a_member, a_topic, an_event, cell, open_slots

ENGLISH = {"Accept-Language": "en"}
JSON = {**ENGLISH, "Accept": "application/json"}


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def people(event):
    return {"participant": a_member(event), "facilitator": a_member(event, "Ірина", Role.FACILITATOR)}


def put(topic: Topic, by: Member, slot: int = 2, space: int = 0) -> Placement:
    return actions.place(topic, **cell(topic.event, slot, space), by=by, anyway=True)


def each_way(event: Event, by: Member, other: Member):
    """What is in a locked slot (the third) and beside it, and every way to hang, move or take off, by `by`."""
    (there, free), swapped = (a_topic(event, by, title) for title in ("Там", "Вільна")), a_topic(event, by, "Поруч")
    in_lock, beside = put(there, other), put(swapped, other, slot=3, space=1)
    put(repeated := a_topic(event, by, "Повтор"), other, slot=3, space=2)
    withdrawn = a_topic(event, by, "Знята")
    put(withdrawn, other, space=2)
    actions.withdraw(withdrawn, by=by)
    return {
        "place": lambda: put(free, by, space=1),
        "repeat": lambda: put(repeated, by, space=1),
        "move in": lambda: actions.move(beside, **cell(event, 2, 1), by=by, anyway=True),
        "move out": lambda: actions.move(in_lock, **cell(event, 3, 0), by=by, anyway=True),
        "swap": lambda: swap(in_lock, beside, by=by, anyway=True),
        "take off": lambda: actions.unplace(in_lock, by=by),
        "restore": lambda: actions.restore(withdrawn, by=by) or withdrawn.placements[0],
    }


WAYS = ("place", "repeat", "move in", "move out", "swap", "take off", "restore")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("lock", "may"),
    [(Lock.OPEN, {"participant", "facilitator"}), (Lock.FACILITATORS, {"facilitator"}), (Lock.NOBODY, set())],
)
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("who", ["participant", "facilitator"])
def test_lock_holds_for_each_way(event, people, way, lock, may, whole, who):
    deed = each_way(event, people[who], people["facilitator"])[way]
    if whole:
        lock_board(event, lock, by=people["facilitator"])
    else:
        lock_slot(open_slots(event)[2], lock, by=people["facilitator"])

    if who in may:
        deed()
    else:
        with pytest.raises(IndexError if way == "restore" else Locked):
            deed()


def test_locked_restore_brings_the_topic_to_the_market(event, people):
    topic = a_topic(event, people["participant"])
    put(topic, people["participant"])
    actions.withdraw(topic, by=people["participant"])
    lock_slot(open_slots(event)[2], Lock.FACILITATORS, by=people["facilitator"])

    actions.restore(topic, by=people["participant"])

    assert (topic.withdrawn_at, topic.placements) == (None, [])


def test_lock_does_not_keep_a_convener_from_withdrawing(event, people):
    put(topic := a_topic(event, people["participant"]), people["participant"])
    lock_board(event, Lock.NOBODY, by=people["facilitator"])

    actions.withdraw(topic, by=people["participant"])

    assert topic.withdrawn_at


def test_of_two_locks_the_stricter_one_holds(event, people):
    slot, by = open_slots(event)[2], people["facilitator"]
    found = {}
    for own in Lock:
        for whole in Lock:
            lock_slot(slot, own, by=by)
            lock_board(event, whole, by=by)
            found[own, whole] = slot.lock_now

    assert found == {(own, whole): max(own, whole, key=list(Lock).index) for own in Lock for whole in Lock}


def test_only_facilitators_lock(event, people):
    with pytest.raises(NotAllowed):
        lock_slot(open_slots(event)[2], Lock.NOBODY, by=people["participant"])
    with pytest.raises(NotAllowed):
        lock_board(event, Lock.NOBODY, by=people["participant"])

    assert (open_slots(event)[2].lock, event.board_lock) == (Lock.OPEN, Lock.OPEN)


@pytest.mark.parametrize(
    ("lock", "hangs", "words"),
    [
        (
            Lock.FACILITATORS,
            True,
            "14:00 is locked: only facilitators hang and move topics there now. The topic stays where it hangs.",
        ),
        (
            Lock.FACILITATORS,
            False,
            "14:00 is locked: only facilitators hang and move topics there now. The topic is safe on the market.",
        ),
        (
            Lock.NOBODY,
            False,
            "14:00 is locked for everybody until a facilitator unlocks it. The topic is safe on the market.",
        ),
    ],
)
def test_refusal_says_who_may_and_where_the_topic_is(event, people, lock, hangs, words):
    topic = a_topic(event, people["participant"])
    if hangs:
        put(topic, people["participant"], slot=3)
    lock_slot(open_slots(event)[2], lock, by=people["facilitator"])

    with pytest.raises(Locked) as refused, force_locale("en"):
        put(topic, people["participant"])
    with force_locale("en"):
        assert (str(refused.value), refused.value.status) == (words, 409)


def test_taken_cell_names_no_locked_cells_nearby(event, people):
    for space in range(len(event.spaces)):
        put(a_topic(event, people["facilitator"]), people["facilitator"], space=space)
    later = open_slots(event)[3]
    lock_slot(later, Lock.FACILITATORS, by=people["facilitator"])

    offered = {}
    for who, person in people.items():
        with pytest.raises(CellTaken) as refused:
            put(a_topic(event, person, "Друга"), person)
        offered[who] = {free["starts_at"] == later.starts_at.isoformat() for free in refused.value.facts["free"]}

    assert offered == {"participant": {False}, "facilitator": {True}}


def test_lock_records_the_head_and_the_free_cells(event, people):
    placed, slot = put(a_topic(event, people["participant"]), people["participant"]), open_slots(event)[2]
    before = log.revision(event.id, "board")

    lock_slot(slot, Lock.FACILITATORS, by=people["facilitator"])
    lock_slot(slot, Lock.FACILITATORS, by=people["facilitator"])

    free = {f"cell-{slot.id}-{space.id}" for space in event.spaces} - {f"cell-{placed.cell}"}
    assert set(log.subjects_since(event.id, "board", before).names) == {f"slot-{slot.id}", *free}
    assert log.revision(event.id, "board") == before + len(free) + 1


def test_undoing_a_change_of_the_grid_unlocks_nothing(event, people):
    by, slot = a_member(event, "Команда", Role.ORGANISER), open_slots(event)[2]
    sheets = [organising.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces]
    organising.set_spaces(event, sheets, by=by)
    lock_slot(slot, Lock.NOBODY, by=by)

    undo.undo(event, last_change(event).id, by=by)

    assert slot.lock == Lock.NOBODY


# pages


def lock(hall, slot: int, how: Lock) -> Slot:
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        lock_slot(open_slots(event)[slot], how, by=db.session.get_one(Member, hall.ids["facilitator"]))
        db.session.commit()
        return open_slots(event)[slot]


def tree(hall, who: str, path: str):
    return html.fromstring(hall.ask(who).get(hall.url(path), headers=ENGLISH).get_data(as_text=True))


@pytest.mark.parametrize("who", ["participant", "facilitator"])
def test_free_cells_of_a_locked_slot_are_no_links_for_anybody(hall, who):
    key = hall.cell(3, 1)
    assert tree(hall, who, "").get_element_by_id(f"cell-{key}").tag == "a"
    lock(hall, 3, Lock.FACILITATORS)

    page = tree(hall, who, "")

    assert page.get_element_by_id(f"cell-{key}").tag == "span"
    assert "Only facilitators hang topics here" in page.get_element_by_id(f"slot-{key.split('-')[0]}").text_content()


@pytest.mark.parametrize(("who", "is_locked"), [("participant", True), ("facilitator", False)])
@pytest.mark.parametrize("path", ["topics/new", "topics/1/placement"])
def test_choosing_page_shows_locked_cells(hall, who, is_locked, path):
    lock(hall, 3, Lock.FACILITATORS)
    who = "convener" if who == "participant" else who

    page = tree(hall, who, path)

    assert bool(page.xpath(f"//input[@value='{hall.cell(3, 1)}']")) is not is_locked
    assert bool(page.xpath("//*[@role='img'][contains(@aria-label, 'locked')]")) is is_locked


def test_choosing_page_of_a_topic_in_a_locked_slot_says_so(hall):
    lock(hall, 2, Lock.NOBODY)
    words = "14:00 is locked for everybody until a facilitator unlocks it. The topic stays where it hangs."

    assert words in tree(hall, "convener", "topics/1/placement").text_content()
    assert words not in tree(hall, "convener", "topics/1/placement?repeat=1").text_content()


def test_topic_proposed_into_a_locked_slot_comes_to_the_market(hall):
    lock(hall, 3, Lock.FACILITATORS)
    client, fields = hall.ask("participant"), {"title": "Нова", "language": "uk", "cell": hall.cell(3, 1)}

    answer = client.post(hall.url("topics"), data=fields, headers=ENGLISH)

    assert (answer.status_code, answer.location) == (303, hall.url("#market-3"))
    assert "The topic is safe on the market." in client.get(hall.url(), headers=ENGLISH).get_data(as_text=True)


def test_placement_into_a_locked_slot_is_refused_with_its_form(hall):
    lock(hall, 3, Lock.FACILITATORS)
    fields = {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)}

    answer = hall.ask("convener").put(hall.url("topics/1/placement"), data=fields, headers=ENGLISH)

    assert answer.status_code == 409
    assert "only facilitators hang and move topics there now" in answer.get_data(as_text=True)


def test_a_space_closed_for_one_slot_sends_its_topic_to_the_market_and_takes_none(hall):
    client, at = hall.ask("facilitator"), hall.cell(2, 0)
    slot_id, space_id = at.split("-")

    closed = client.delete(hall.url(f"facilitator/slots/{slot_id}/spaces/{space_id}"))

    page = hall.ask("participant").get(hall.url("?day=2026-06-04")).get_data(as_text=True)
    refused = hall.ask("convener").put(hall.url("topics/1/placement"), data={"cell": at}, headers=JSON)
    assert closed.status_code == 303
    assert f'id="cell-{at}"' in page
    assert f"cell={at}" not in page
    assert refused.status_code == 404
    with hall.app.app_context():
        assert topic_numbered(hall.id, 1).cells == []
    client.delete(hall.url("facilitator/steps/last"))
    with hall.app.app_context():
        assert topic_numbered(hall.id, 1).cells == [at]
        assert db.session.get_one(Slot, int(slot_id)).closed_spaces == ""


def test_the_console_locks_and_unlocks_and_each_can_be_undone(hall):
    client = hall.ask("facilitator")
    slot_id = int(hall.cell(2, 0).split("-")[0])
    locks = []
    for act in (
        lambda: client.put(hall.url(f"facilitator/slots/{slot_id}/lock"), data={"lock": "nobody"}),
        lambda: client.put(hall.url("facilitator/lock"), data={"lock": "facilitators"}),
        lambda: client.delete(hall.url("facilitator/steps/last")),
        lambda: client.delete(hall.url("facilitator/steps/last")),
    ):
        assert act().status_code == 303
        with hall.app.app_context():
            locks.append((db.session.get_one(Slot, slot_id).lock, db.session.get_one(Event, hall.id).board_lock))

    assert locks == [("nobody", "open"), ("nobody", "facilitators"), ("nobody", "open"), ("open", "open")]
    assert client.put(hall.url("facilitator/lock"), data={"lock": "sometimes"}).status_code == 404
