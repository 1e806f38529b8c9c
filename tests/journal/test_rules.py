"""What an undo may not bring about: the rules of a move hold as they held before the step, or nothing is done."""

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st
from sqlalchemy import select

from openspace.access.models import Role
from openspace.board import actions as board, merging
from openspace.board.actions import ConvenerBusy
from openspace.board.free_cells import topic_at
from openspace.board.lock_actions import close_space, open_space
from openspace.board.models import Placement, Topic, placements_where
from openspace.board.rules import CellKey, overlap
from openspace.console import actions
from openspace.events.models import Slot, Space
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import Step, last_step, steps_of
from openspace.organising import actions as organising, grid_actions
from openspace.web.errors import Invalid, Problem
from tests.factories import a_member, a_topic, an_event, cell, open_slots

# Without shrinking: each example runs many statements.
FAST = [Phase.explicit, Phase.reuse, Phase.generate]
numbers = st.integers(0, 5)
acts = st.tuples(
    st.sampled_from(["hang", "hang anyway", "market", "hide", "close", "open", "own move", "merge", "undo", "redo"]),
    st.integers(0, 1),
    numbers,
    numbers,
)


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitators(event):
    return [a_member(event, name, Role.FACILITATOR) for name in ("Ірина", "Борис")]


@pytest.fixture
def facilitator(facilitators):
    return facilitators[0]


def noted(event, by, do) -> Step:
    with journal.step(event.id, "board.hang", by=by, title="", place=""):
        do()
    return steps_of(event.id)[0]


def hung(event, by, title: str, *, slot: int = 2, space: int = 0) -> Topic:
    topic = a_topic(event, by, title)
    board.place(topic, **cell(event, slot=slot, space=space), by=by)
    return topic


def refused(act, step: Step, by, problem: type[Problem] = journal.NoLongerFits) -> Problem:
    was_undone = step.undone_at
    with pytest.raises(problem) as found, db.session.begin_nested():
        act(step, by=by)
    db.session.expire_all()
    assert step.undone_at == was_undone
    return found.value


def test_convener_does_not_come_back_onto_a_second_topic(event, facilitator):
    olena = a_member(event, "Олена")
    water = hung(event, olena, "Вода")
    moved = cell(event, slot=3, space=1)
    step = noted(event, facilitator, lambda: board.move(water.placements[0], **moved, by=facilitator))
    hung(event, olena, "Земля", space=2)

    problem = refused(journal.undo, step, facilitator, ConvenerBusy)

    assert "Вода" in str(problem)
    assert "Земля" in str(problem)
    assert water.cells == [CellKey(moved["slot"].id, moved["space"].id)]


def test_second_convener_of_a_joint_topic_does_not_come_back_onto_another_one(event, facilitator):
    olena, anna = a_member(event, "Олена"), a_member(event, "Anna")
    water = hung(event, olena, "Вода")
    merging.merge(water, a_topic(event, anna, "Річка"), by=facilitator)
    step = noted(event, facilitator, lambda: board.unplace(water.placements[0], by=facilitator))
    hung(event, anna, "Земля", space=2)

    refused(journal.undo, step, facilitator, ConvenerBusy)


def test_merge_is_not_done_again_if_a_convener_has_another_topic_then_by_now(event, facilitator):
    olena, anna = a_member(event, "Олена"), a_member(event, "Anna")
    water, river = hung(event, olena, "Вода"), a_topic(event, anna, "Річка")
    step = noted(event, facilitator, lambda: merging.merge(water, river, by=facilitator))
    journal.undo(step, by=facilitator)
    hung(event, anna, "Земля", space=2)

    refused(journal.redo, step, facilitator, ConvenerBusy)


def test_what_a_facilitator_did_anyway_is_undone_and_done_again(event, facilitator):
    olena = a_member(event, "Олена")
    water = hung(event, olena, "Вода")
    hung(event, olena, "Земля", slot=3)
    there = cell(event, slot=3, space=1)
    step = noted(event, facilitator, lambda: board.move(water.placements[0], **there, by=facilitator, anyway=True))
    away = noted(event, facilitator, lambda: board.unplace(water.placements[0], by=facilitator))

    journal.undo(away, by=facilitator)
    journal.undo(step, by=facilitator)
    journal.redo(step, by=facilitator)

    assert water.cells == [CellKey(there["slot"].id, there["space"].id)]


def test_place_in_which_a_topic_hangs_by_now_is_not_closed_again(event, facilitator):
    there = cell(event)
    close_space(**there, by=facilitator)
    step = noted(event, facilitator, lambda: open_space(**there, by=facilitator))
    water = hung(event, a_member(event, "Олена"), "Вода")

    refused(journal.undo, step, facilitator)

    assert water.placements


def test_place_that_was_taken_away_since_is_not_closed_again_for_its_time(event, facilitator):
    there = cell(event)
    close_space(**there, by=facilitator)
    step = noted(event, facilitator, lambda: open_space(**there, by=facilitator))
    gone = there["space"].id
    sheets = [organising.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces if space.id != gone]
    organising.set_spaces(event, sheets, by=facilitator)

    refused(journal.undo, step, facilitator)


def test_two_close_different_places_of_one_time_and_each_undoes_their_own(event, facilitators):
    slot, (first, second, third) = open_slots(event)[2], event.spaces[:3]
    one, two = facilitators
    close_space(slot, third, by=one)
    mine = noted(event, one, lambda: close_space(slot, first, by=one))
    theirs = noted(event, two, lambda: close_space(slot, second, by=two))

    journal.undo(mine, by=one)
    assert slot.without == {second.id, third.id}
    journal.undo(theirs, by=two)
    assert slot.without == {third.id}
    journal.redo(mine, by=one)
    journal.redo(theirs, by=two)

    assert slot.without == {first.id, second.id, third.id}


def test_place_that_another_one_has_opened_since_is_not_opened_again(event, facilitators):
    there, (one, two) = cell(event), facilitators
    step = noted(event, one, lambda: close_space(**there, by=one))
    open_space(**there, by=two)

    refused(journal.undo, step, one)


def test_time_that_has_begun_since_is_not_moved_back(event, facilitator, monkeypatch):
    slot = open_slots(event)[2]
    step = noted(event, facilitator, lambda: grid_actions.put_off(slot, minutes=15, with_rest=True, by=facilitator))
    monkeypatch.setattr("openspace.clock.held", slot.starts_at)

    refused(journal.undo, step, facilitator, Invalid)


def do(event, act: str, which: int, where: int, by) -> None:
    topics = list(db.session.scalars(select(Topic).where(Topic.event_id == event.id).order_by(Topic.number)))
    topic, there = topics[which], cell(event, slot=2 + where % 2, space=where % 3)
    moving = next(iter(topic.cells), "")
    if act.startswith("hang") or act == "own move":
        by = topic.convener if act == "own move" else by
        other = topic_at(**there)
        anyway = act == "hang anyway"
        seen = other.number if other else None
        actions.hang(topic, **there, moving=moving, taken="swap", there=seen, by=by, anyway=anyway)
    elif act == "market" and moving:
        board.unplace(actions.placement_in(topic, moving), by=by)
    elif act == "hide":
        (board.restore if topic.withdrawn_at else board.withdraw)(topic, by=by)
    elif act == "merge":
        other = topics[(which + 1) % len(topics)]
        merging.split(topic, by=by) if topic.joint else merging.merge(other, topic, by=by)
    elif act in {"close", "open"}:
        (close_space if act == "close" else open_space)(**there, by=by)


def wrong(event) -> set[tuple[object, ...]]:
    """What breaks the rules of a move: topics of one convener at once, and topics in closed places."""
    db.session.expire_all()
    placements = placements_where(Topic.event_id == event.id)
    twice = {
        (one.topic_id, one.slot_id, other.topic_id, other.slot_id)
        for one in placements
        for other in placements
        if one.topic_id < other.topic_id
        and overlap(one.slot, other.slot)
        and one.topic.convener_ids & other.topic.convener_ids
    }
    closed = {(placement.topic_id, placement.cell) for placement in placements if not takes(placement)}
    return twice | closed


def takes(placement: Placement) -> bool:
    slot, space = db.session.get_one(Slot, placement.slot_id), db.session.get_one(Space, placement.space_id)
    return slot.is_open and space.takes(slot)


@settings(max_examples=60, deadline=None, phases=FAST, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(acts, max_size=16))
@example([("hang", 0, 0, 0), ("hang", 0, 0, 1), ("hang", 1, 1, 2), ("undo", 0, 0, 0)])
@example([("close", 0, 0, 0), ("open", 0, 0, 0), ("hang", 1, 0, 0), ("undo", 0, 0, 0)])
def test_undo_and_redo_break_no_rule_that_was_kept(event, facilitators, sequence):
    event = db.session.merge(event, load=False)
    facilitators = [db.session.merge(member, load=False) for member in facilitators]
    with db.session.begin_nested() as savepoint:
        for member in (a_member(event, "Олена"), a_member(event, "Anna"), a_member(event, "Марія")):
            for title in ("Вода", "Земля"):
                a_topic(event, member, title)
        # What was wrong before and after each step.
        around: dict[int, tuple[set, set]] = {}
        for act, who, which, where in sequence:
            by, before = facilitators[who], wrong(event)
            step = last_step(event.id, by.id, undone=act == "redo") if act in {"undo", "redo"} else None
            try:
                with db.session.begin_nested():
                    if act == "own move":
                        do(event, act, which, where, by)
                    elif act not in {"undo", "redo"}:
                        with journal.step(event.id, "board.hang", by=by, title="", place=""):
                            do(event, act, which, where, by)
                    elif step:
                        (journal.undo if act == "undo" else journal.redo)(step, by=by)
            except Problem:
                assert wrong(event) == before
                continue
            if step:
                assert wrong(event) <= before | around[step.id][act == "redo"]
            for made in steps_of(event.id):
                around.setdefault(made.id, (before, wrong(event)))
        savepoint.rollback()
    # Refusals hold what they were raised for, whose ids the next example gives again.
    db.session.expunge_all()
