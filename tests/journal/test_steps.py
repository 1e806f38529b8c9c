"""Steps and their undo: whatever was done and undone in whatever order, the board is as it was."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from sqlalchemy import select, update

from openspace.access import actions as access, notices
from openspace.access.models import Role
from openspace.board import actions as board, merging
from openspace.board.free_cells import CellTaken
from openspace.board.lock_actions import close_space, lock_board, lock_slot
from openspace.board.locks import Locked
from openspace.board.merge_models import merges_waiting
from openspace.board.models import BOARD, Placement, Topic
from openspace.board.notices import Kind, TopicNotice
from openspace.board.rules import CellKey
from openspace.clock import now
from openspace.console import actions
from openspace.events.models import Lock, Slot
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import KEPT, Step, last_step, steps_of
from openspace.live import log
from openspace.organising import event_actions, grid_actions
from openspace.petitions import actions as petitions
from openspace.petitions.rules import Kind as PetitionKind
from openspace.pitching import actions as pitching
from openspace.web.errors import Invalid, Problem
from tests.factories import a_member, a_topic, an_event, cell, open_slots

# Without shrinking: each example runs many statements.
FAST = [Phase.explicit, Phase.reuse, Phase.generate]
numbers = st.integers(0, 11)
acts = st.tuples(
    st.sampled_from(["hang", "swap", "market", "hide", "restore", "propose", "undo", "redo"]), numbers, numbers
)


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


def stands(event) -> list[object]:
    """What people see of the board: the words and the cells of each topic that is shown."""
    db.session.expire_all()
    topics = db.session.scalars(select(Topic).where(Topic.event_id == event.id).order_by(Topic.number))
    return [
        (topic.number, topic.title, topic.withdrawn_at, topic.withdrawn_why, sorted(topic.cells), topic.former_cells)
        for topic in topics
    ]


def do(event, act: str, which: int, where: int, by) -> None:
    """One thing that a facilitator does, with the topic and the cell of these numbers."""
    topics = list(db.session.scalars(select(Topic).where(Topic.event_id == event.id).order_by(Topic.number)))
    topic = topics[which % len(topics)]
    moving = next(iter(topic.cells), "")
    slots = open_slots(event)
    there = cell(event, slot=where % len(slots), space=where % 3)
    if act in {"hang", "swap"}:
        other = db.session.scalar(
            select(Topic.number)
            .join(Placement)
            .where(Placement.slot_id == there["slot"].id, Placement.space_id == there["space"].id)
        )
        taken = "swap" if act == "swap" else "market"
        actions.hang(topic, **there, moving=moving, taken=taken, there=other, by=by, anyway=True)
    elif act == "market" and moving:
        board.unplace(actions.placement_in(topic, moving), by=by)
    elif act == "hide":
        board.withdraw(topic, by=by, why="Двічі те саме")
    elif act == "restore":
        board.restore(topic, by=by)
    elif act == "propose":
        board.propose(event, title=f"Тема {which}", by=by)


@settings(max_examples=60, deadline=None, phases=FAST, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(acts, max_size=14))
def test_any_sequence_undone_leaves_the_board_as_it_was(event, facilitator, sequence):
    with db.session.begin_nested() as savepoint:
        for title in ("Вода", "Земля", "Сонце", "Вітер"):
            a_topic(event, a_member(event, f"Хто {title}"), title)
        db.session.flush()
        made, undone = [stands(event)], []
        for act, which, where in sequence:
            if act == "undo":
                if step := last_step(event.id, facilitator.id, undone=False):
                    journal.undo(step, by=facilitator)
                    undone.append(made.pop())
                    assert stands(event) == made[-1]
            elif act == "redo":
                if step := last_step(event.id, facilitator.id, undone=True):
                    journal.redo(step, by=facilitator)
                    made.append(undone.pop())
                    assert stands(event) == made[-1]
            else:
                before = last_step(event.id, facilitator.id, undone=False)
                try:
                    with (
                        db.session.begin_nested(),
                        journal.step(event.id, "board.hang", by=facilitator, title="", place=""),
                    ):
                        do(event, act, which, where, facilitator)
                except Problem:
                    continue
                if last_step(event.id, facilitator.id, undone=False) is not before:
                    made.append(stands(event))
                    undone.clear()
        while step := last_step(event.id, facilitator.id, undone=False):
            journal.undo(step, by=facilitator)
            made.pop()
            assert stands(event) == made[-1]
        savepoint.rollback()


def hung(event, by, title: str = "Вода", *, slot: int = 2, space: int = 0) -> Topic:
    topic = a_topic(event, by, title)
    board.place(topic, **cell(event, slot=slot, space=space), by=by)
    return topic


def moved(event, facilitator, topic: Topic) -> Step:
    """Move the topic to the cell (3, 1), as a step."""
    with journal.step(event.id, "board.hang", by=facilitator, title=topic.title, place="14:00"):
        board.move(topic.placements[0], **cell(event, slot=3, space=1), by=facilitator)
    return steps_of(event.id)[0]


def test_an_undo_into_a_cell_that_was_taken_meanwhile_offers_free_ones_and_changes_nothing(event, facilitator):
    topic = hung(event, a_member(event, "Олена"))
    step = moved(event, facilitator, topic)
    hung(event, a_member(event, "Anna"), "Земля")
    before = stands(event)

    with pytest.raises(CellTaken) as refused, db.session.begin_nested():
        journal.undo(step, by=facilitator)

    assert refused.value.facts["taken_by"] == "Земля"
    assert refused.value.facts["free"]
    assert stands(event) == before
    assert step.undone_at is None


def test_an_undo_of_what_was_moved_again_is_refused(event, facilitator):
    topic = hung(event, a_member(event, "Олена"))
    step = moved(event, facilitator, topic)
    board.move(topic.placements[0], **cell(event, slot=3, space=2), by=facilitator)

    with pytest.raises(journal.NoLongerFits), db.session.begin_nested():
        journal.undo(step, by=facilitator)

    assert topic.cells == [CellKey(cell(event, slot=3)["slot"].id, cell(event, space=2)["space"].id)]


def test_a_topic_whose_entry_is_undone_stays_if_people_have_marked_it(event, facilitator):
    with journal.step(event.id, "board.hang", by=facilitator, title="Вода", place=""):
        topic = board.propose(event, title="Вода", by=facilitator)
    board.mark(event.id, topic.number, kind="go", by=a_member(event, "Олена"))

    with pytest.raises(Problem), db.session.begin_nested():
        journal.undo(steps_of(event.id)[0], by=facilitator)

    assert [title for _, title, *_ in stands(event)] == ["Вода"]


def test_what_changes_nothing_is_no_step(event, facilitator):
    topic = hung(event, a_member(event, "Олена"))

    with journal.step(event.id, "board.hang", by=facilitator, title="Вода", place=""):
        board.move(topic.placements[0], **cell(event, slot=2), by=facilitator)

    assert steps_of(event.id) == []


def test_each_facilitator_undoes_their_own_steps(event, facilitator):
    other = a_member(event, "Друга", Role.FACILITATOR)
    topic = hung(event, a_member(event, "Олена"))
    mine = moved(event, facilitator, topic)
    with journal.step(event.id, "board.hide", by=other, title="Земля"):
        board.withdraw(a_topic(event, other, "Земля"), by=other)

    assert last_step(event.id, facilitator.id, undone=False) is mine
    assert last_step(event.id, other.id, undone=False) is not mine


def test_an_undo_is_seen_on_every_open_page(event, facilitator):
    topic = hung(event, a_member(event, "Олена"))
    step = moved(event, facilitator, topic)
    there, back = topic.cells[0], CellKey(cell(event, slot=2)["slot"].id, cell(event)["space"].id)
    before = {name: log.revision(event.id, name) for name in ("board", topic.channel, "console")}

    journal.undo(step, by=facilitator)

    seen = {name: set(log.subjects_since(event.id, name, since).names) for name, since in before.items()}
    assert {f"cell-{there}", f"cell-{back}"} <= seen["board"]
    assert "page" in seen[topic.channel]
    assert seen["console"] == {"steps"}


def test_only_so_many_steps_are_kept(event, facilitator):
    topic = a_topic(event, facilitator, "Вода")
    for number in range(KEPT + 3):
        with journal.step(event.id, "board.hide", by=facilitator, title="Вода"):
            board.edit(topic, title=f"Вода {number}", text="", language="uk", by=facilitator)

    assert len(steps_of(event.id, limit=1000)) == KEPT


def test_a_proposal_undone_is_on_no_open_page(event, facilitator):
    with journal.step(event.id, "topic.propose", by=facilitator, title="Вода"):
        topic = a_topic(event, facilitator, "Вода")
        board.place(topic, **cell(event), by=facilitator)
    market, key = f"market-{topic.number}", topic.cells[0]
    before = log.revision(event.id, BOARD)

    journal.undo(steps_of(event.id)[0], by=facilitator)

    assert {market, f"cell-{key}"} <= set(log.subjects_since(event.id, BOARD, before).names)
    assert db.session.scalar(select(Topic).where(Topic.event_id == event.id)) is None


def test_undone_lock_is_open_again_and_pages_hear_of_it(event, facilitator):
    slot = open_slots(event)[2]
    with journal.step(event.id, "board.hide", by=facilitator, title=""):
        lock_slot(slot, Lock.NOBODY, by=facilitator)
        lock_board(event, Lock.FACILITATORS, by=facilitator)
    before = log.revision(event.id, "board")

    journal.undo(last_step(event.id, facilitator.id, undone=False), by=facilitator)

    db.session.expire_all()
    assert (slot.lock, event.board_lock) == (Lock.OPEN, Lock.OPEN)
    assert f"day-{slot.day.isoformat()}" in log.subjects_since(event.id, "board", before).names


def test_nothing_is_hung_again_in_a_slot_that_is_locked_for_everybody(event, facilitator):
    placement = board.place(a_topic(event, facilitator), **cell(event), by=facilitator)
    with journal.step(event.id, "board.market", by=facilitator, title=""):
        board.unplace(placement, by=facilitator)
    lock_slot(open_slots(event)[2], Lock.NOBODY, by=facilitator)

    with pytest.raises(Locked):
        journal.undo(last_step(event.id, facilitator.id, undone=False), by=facilitator)


def test_a_step_that_would_bring_back_somebody_who_left_is_forgotten(event, facilitator):
    guest = a_member(event, "Гостя")
    with journal.step(event.id, "board.hide", by=facilitator, title="Вода"):
        board.propose(event, title="Вода", convener=guest, by=facilitator)
    moved(event, facilitator, hung(event, a_member(event, "Олена"), "Земля"))

    access.leave(guest)

    assert ["Земля" in step.words for step in steps_of(event.id)] == [True]


def test_undone_hiding_of_a_topic_on_the_market_is_told_to_its_convener(event, facilitator):
    convener = a_member(event, "Олена")
    topic = a_topic(event, convener, "Вода")
    with journal.step(event.id, "board.hide", by=facilitator, title=topic.title):
        board.withdraw(topic, by=facilitator, why="Двічі те саме")
    notices.read(convener, shown=now())

    journal.undo(last_step(event.id, facilitator.id, undone=False), by=facilitator)

    assert [(notice.member_id, notice.kind) for notice in db.session.query(TopicNotice)] == [(convener.id, Kind.BACK)]


def noted(event, by, do) -> Step:
    """What `do` does, as a step."""
    with journal.step(event.id, "board.hang", by=by, title="", place=""):
        do()
    return steps_of(event.id)[0]


def refuses(act, step, by, problem: type[Problem] = journal.NoLongerFits) -> None:
    was_undone = step.undone_at
    with pytest.raises(problem), db.session.begin_nested():
        act(step, by=by)
    db.session.expire_all()
    assert step.undone_at == was_undone


@pytest.mark.parametrize("since", ["hung", "merged", "asked", "waiting", "petitioned"])
def test_topic_whose_entry_is_undone_stays_with_what_has_come_to_it_since(event, facilitator, since):
    olena, anna = a_member(event, "Олена"), a_member(event, "Anna")
    found: list[Topic] = []
    step = noted(
        event, facilitator, lambda: found.append(board.propose(event, title="Вода", convener=olena, by=facilitator))
    )
    topic, other = found[0], a_topic(event, anna, "Земля")
    if since == "hung":
        board.place(topic, **cell(event), by=olena)
    elif since == "merged":
        merging.merge(topic, other, by=facilitator)
    elif since == "asked":
        merging.ask(topic, other, by=olena)
    elif since == "waiting":
        pitching.queue_up(olena, topic=topic, by=olena)
    else:
        board.place(topic, **cell(event), by=olena)
        petitions.ask(topic, kind=PetitionKind.PROJECTOR, by=olena)
        board.unplace(topic.placements[0], by=olena)

    refuses(journal.undo, step, facilitator)

    assert db.session.get(Topic, topic.id)


def test_nothing_is_taken_off_a_slot_that_is_locked_for_everybody(event, facilitator):
    topic = a_topic(event, facilitator)
    step = noted(event, facilitator, lambda: board.place(topic, **cell(event), by=facilitator))
    lock_slot(open_slots(event)[2], Lock.NOBODY, by=facilitator)

    refuses(journal.undo, step, facilitator, Locked)

    assert topic.placements


def test_topic_comes_back_into_no_slot_where_it_hangs_by_now(event, facilitator):
    topic = hung(event, a_member(event, "Олена"))
    step = moved(event, facilitator, topic)
    board.place(topic, **cell(event, slot=2, space=1), by=facilitator)

    refuses(journal.undo, step, facilitator)


def test_topic_hung_since_is_not_hidden_again(event, facilitator):
    topic = a_topic(event, a_member(event, "Олена"))
    step = noted(event, facilitator, lambda: board.withdraw(topic, by=facilitator))
    journal.undo(step, by=facilitator)
    board.place(topic, **cell(event), by=topic.convener)

    refuses(journal.redo, step, facilitator)

    assert topic.withdrawn_at is None


def test_topic_into_which_another_was_merged_since_is_not_merged_again(event, facilitator):
    first, second, third = (a_topic(event, a_member(event, f"Хто {title}"), title) for title in ("Вода", "Ліс", "Поле"))
    step = noted(event, facilitator, lambda: merging.merge(first, second, by=facilitator))
    journal.undo(step, by=facilitator)
    merging.merge(second, third, by=a_member(event, "Друга", Role.FACILITATOR))

    refuses(journal.redo, step, facilitator)

    assert (second.joint, third.joint) == (None, second)


def test_undone_merge_ends_what_was_asked_of_the_joint_topic(event, facilitator):
    first, second, third = (a_topic(event, a_member(event, f"Хто {title}"), title) for title in ("Вода", "Ліс", "Поле"))
    step = noted(event, facilitator, lambda: merging.merge(first, second, by=facilitator))
    assert merging.ask(first, third, by=second.convener)

    journal.undo(step, by=facilitator)

    assert merges_waiting(event.id) == []


def last_slot_put_off(event, by) -> tuple[Slot, Step]:
    slot = grid_actions.add_slot(event, event.ends_on, Block(1200, 1260), by=by)
    return slot, noted(event, by, lambda: grid_actions.put_off(slot, minutes=60, with_rest=False, by=by))


def test_slot_does_not_come_back_over_another_one(event, facilitator):
    slot, step = last_slot_put_off(event, facilitator)
    grid_actions.add_slot(event, slot.day, Block(1190, 1250), by=facilitator)

    refuses(journal.undo, step, facilitator, Invalid)


def test_slot_does_not_come_back_on_a_day_that_is_gone(event, facilitator):
    day = event.ends_on
    step = noted(event, facilitator, lambda: grid_actions.add_slot(event, day, Block(1200, 1260), by=facilitator))
    journal.undo(step, by=facilitator)
    same = {"name": event.name, "city": "", "zone": event.zone, "languages": event.languages, "is_public": False}
    event_actions.edit(event, **same, starts_on=event.starts_on, ends_on=day - timedelta(days=1))

    refuses(journal.redo, step, facilitator, Invalid)


def test_space_whose_number_was_given_away_does_not_come_back(event, facilitator):
    step = noted(event, facilitator, lambda: grid_actions.add_space(event, name="Ще", chairs=5, by=facilitator))
    journal.undo(step, by=facilitator)
    grid_actions.add_space(event, name="Інша", chairs=5, by=facilitator)

    refuses(journal.redo, step, facilitator)


def given_to_another_event(slot: Slot) -> Slot:
    """Delete a slot, and let another event's slot with the same times have its id, as SQLite may."""
    ident, times = slot.id, (slot.starts_at, slot.ends_at)
    db.session.delete(slot)
    db.session.flush()
    other = an_event("Інша подія")
    theirs = db.session.get(Slot, ident) or other.slots[-1]
    db.session.execute(update(Slot).where(Slot.id == theirs.id).values(id=ident, starts_at=times[0], ends_at=times[1]))
    db.session.expire_all()
    return db.session.get_one(Slot, ident)


def test_slot_of_another_event_is_not_moved(event, facilitator):
    slot, step = last_slot_put_off(event, facilitator)
    theirs = given_to_another_event(slot)
    starts = theirs.starts_at

    refuses(journal.undo, step, facilitator)

    assert theirs.starts_at == starts


def test_nothing_is_hung_in_a_slot_of_another_event(event, facilitator):
    slot = grid_actions.add_slot(event, event.ends_on, Block(1200, 1260), by=facilitator)
    topic = a_topic(event, facilitator)
    placement = board.place(topic, slot=slot, space=event.spaces[0], by=facilitator)
    step = noted(event, facilitator, lambda: board.unplace(placement, by=facilitator))
    given_to_another_event(slot)

    refuses(journal.undo, step, facilitator)

    assert topic.placements == []


def test_steps_do_not_name_who_has_left(event, facilitator):
    gone, other = a_member(event, "Галина"), a_member(event, "Anna")
    pitch, _ = (pitching.queue_up(member, by=member) for member in (gone, other))
    for kind, do in (
        ("pitch.move", lambda: pitching.move(pitch, place=2, by=facilitator)),
        ("pitch.call", lambda: pitching.call(event.id, pitch, seen=None, by=facilitator)),
    ):
        with journal.step(event.id, kind, by=facilitator, name=gone.name):
            do()
    assert len([step for step in steps_of(event.id) if "Галина" in step.words]) == 2

    access.leave(gone)

    assert [step.words for step in steps_of(event.id) if "Галина" in step.words] == []


def test_a_space_that_was_closed_for_a_slot_stays_until_it_is_open_again(event, facilitator):
    other = a_member(event, "Борис", Role.FACILITATOR)
    adding = noted(event, facilitator, lambda: grid_actions.add_space(event, name="Сад", chairs=9, by=facilitator))
    closing = noted(event, other, lambda: close_space(open_slots(event)[2], event.spaces[-1], by=other))

    refuses(journal.undo, adding, facilitator)

    journal.undo(closing, by=other)
    journal.undo(adding, by=facilitator)
    db.session.expire_all()
    assert "Сад" not in [space.name for space in event.spaces]
