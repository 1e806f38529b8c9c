"""Times and places changed while the event runs: no topic is lost, who is concerned is told, and all can be undone."""

from datetime import timedelta

import pytest

from openspace.access import notices
from openspace.access.models import Role
from openspace.board import actions as board
from openspace.board.notices import Kind, TopicNotice
from openspace.clock import now
from openspace.events.models import Event, Slot
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import steps_of
from openspace.live import log
from openspace.organising import grid_actions as grid
from openspace.web.errors import Invalid, Stale
from tests.factories import DAY, a_member, a_topic, an_event, cell, open_slots

MINUTE = timedelta(minutes=1)


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


def times(event: Event) -> list[tuple[object, object]]:
    db.session.expire_all()
    return [(slot.starts_at, slot.ends_at) for slot in event.slots if slot.day == DAY]


def slot(event: Event, number: int) -> Slot:
    """The open slot of this number: 0 is over, 1 is on, 2 and 3 come."""
    return open_slots(event)[number]


def test_the_rest_of_the_day_moves_with_the_break_in_it(event, facilitator):
    before = times(event)

    grid.extend(slot(event, 1), minutes=10, with_rest=True, by=facilitator)

    after = times(event)
    assert after[0] == before[0]
    assert after[1] == (before[1][0], before[1][1] + 10 * MINUTE)
    assert after[2:] == [(start + 10 * MINUTE, end + 10 * MINUTE) for start, end in before[2:]]


def test_conveners_and_those_who_marked_are_told(event, facilitator):
    convener, goer = a_member(event, "Олена"), a_member(event, "Anna")
    topic = a_topic(event, convener, "Вода")
    board.place(topic, **cell(event, slot=2), by=convener)
    board.mark(event.id, topic.number, kind="go", by=goer)
    since = log.revision(event.id, topic.channel)

    grid.put_off(slot(event, 2), minutes=15, with_rest=True, by=facilitator)

    assert {notice.member_id for notice in db.session.query(TopicNotice)} == {convener.id, goer.id}
    assert log.subjects_since(event.id, topic.channel, since).names == ["topic"]


@pytest.mark.parametrize(
    ("number", "minutes", "with_rest"),
    [(1, 5, True), (2, 45, False), (2, 0, True), (2, 500, True), (2, -120, False)],
    ids=["has begun", "onto the next", "nowhere", "too far", "onto the break"],
)
def test_a_slot_that_cannot_be_put_off_is_refused_with_its_reason(event, facilitator, number, minutes, with_rest):
    before = times(event)

    with pytest.raises(Invalid) as refused:
        grid.put_off(slot(event, number), minutes=minutes, with_rest=with_rest, by=facilitator)

    assert str(refused.value)
    assert times(event) == before


@pytest.mark.parametrize(("number", "minutes"), [(0, 5), (1, -60)], ids=["over", "an end that has passed"])
def test_what_is_over_stays(event, facilitator, number, minutes):
    with pytest.raises(Invalid):
        grid.extend(slot(event, number), minutes=minutes, with_rest=False, by=facilitator)


def test_a_slot_and_a_space_more_are_there_at_once_and_go_with_an_undo(event, facilitator):
    before, spaces = times(event), [space.name for space in event.spaces]
    with journal.step(event.id, "grid.add_slot", by=facilitator, time="19:00"):
        grid.add_slot(event, DAY, Block(19 * 60, 20 * 60), by=facilitator)
    with journal.step(event.id, "grid.add_space", by=facilitator, place="Намет"):
        grid.add_space(event, name="Намет", chairs=20, by=facilitator)

    assert len(times(event)) == len(before) + 1
    assert [space.name for space in event.spaces] == [*spaces, "Намет"]
    for step in steps_of(event.id):
        journal.undo(step, by=facilitator)
    db.session.expire_all()
    assert (times(event), [space.name for space in event.spaces]) == (before, spaces)


def test_a_space_in_which_something_hangs_by_now_does_not_go_with_an_undo(event, facilitator):
    with journal.step(event.id, "grid.add_space", by=facilitator, place="Намет"):
        space = grid.add_space(event, name="Намет", chairs=20, by=facilitator)
    board.place(a_topic(event, facilitator, "Вода"), slot=slot(event, 2), space=space, by=facilitator)

    with pytest.raises(Stale), db.session.begin_nested():
        journal.undo(steps_of(event.id)[0], by=facilitator)

    assert space in event.spaces


def test_moved_times_can_be_undone_and_done_again(event, facilitator):
    before = times(event)
    with journal.step(event.id, "grid.rest", by=facilitator, time="14:00", minutes=5):
        grid.put_off(slot(event, 2), minutes=5, with_rest=True, by=facilitator)
    moved = times(event)
    (step,) = steps_of(event.id)

    journal.undo(step, by=facilitator)
    undone = times(event)
    journal.redo(step, by=facilitator)

    assert (undone, times(event)) == (before, moved)
    assert moved != before


def test_a_slot_that_overlaps_another_is_refused(event, facilitator):
    with pytest.raises(Invalid):
        grid.add_slot(event, DAY, Block(14 * 60 + 30, 15 * 60 + 15), by=facilitator)


@pytest.mark.parametrize("back", [journal.undo, journal.redo])
def test_whoever_was_told_of_a_moved_time_is_told_of_its_undo_too(event, facilitator, back):
    convener = a_member(event, "Олена")
    topic = a_topic(event, convener, "Вода")
    board.place(topic, **cell(event, slot=2), by=convener)
    with journal.step(event.id, "grid.slot", by=facilitator, time="12:00", minutes=10):
        grid.put_off(slot(event, 2), minutes=10, with_rest=True, by=facilitator)
    step = steps_of(event.id)[0]
    if back is journal.redo:
        journal.undo(step, by=facilitator)
    notices.read(convener, shown=now())

    back(step, by=facilitator)

    assert [notice.kind for notice in db.session.query(TopicNotice)] == [Kind.MOVED]
