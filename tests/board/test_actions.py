"""Every write on the board: what it does, when it refuses, and which changes it records."""

from datetime import date

import pytest
from sqlalchemy import select

from openspace.access import actions as access
from openspace.access.models import Role
from openspace.board import actions
from openspace.board.cells import topics_on_market
from openspace.board.free_cells import CellTaken
from openspace.board.models import Interest, Topic, marks_of, topic_numbered
from openspace.extensions import db
from openspace.live import log
from openspace.live.models import Change
from openspace.web.errors import Invalid, NotAllowed, NotFound
from tests.factories import a_member, a_topic, an_event, cell, open_slots


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def member(event):
    return a_member(event)


def recorded(event) -> list[str]:
    """The board's changes since the last call."""
    log.write()
    rows = db.session.scalars(
        select(Change).where(Change.event_id == event.id, Change.channel == "board").order_by(Change.revision)
    ).all()
    subjects = [row.subject for row in rows]
    for row in rows:
        db.session.delete(row)
    return subjects


def market(event) -> list[str]:
    return [topic.title for topic, _ in topics_on_market(event)]


def test_propose_puts_a_topic_on_the_market(event, member):
    recorded(event)

    topic = actions.propose(event, title="Вода", text="Про воду", language="uk", by=member)

    assert (topic.number, topic.convener, market(event)) == (1, member, ["Вода"])
    assert recorded(event) == ["market-1"]


def test_propose_counts_within_the_event(event, member):
    other = an_event("Seminar")
    guest = a_member(other)

    numbers = [a_topic(event, member).number, a_topic(other, guest).number, a_topic(event, member).number]

    assert numbers == [1, 1, 2]


def test_propose_twice_with_one_key_is_one_topic(event, member):
    first = a_topic(event, member, key="d1")

    assert a_topic(event, member, key="d1") is first
    assert a_topic(event, member, "Інша", key="d1") is not first
    assert a_topic(event, a_member(event, "Ірина"), key="d1") is not first


def test_propose_for_another_is_for_facilitators(event, member):
    facilitator = a_member(event, "Ірина", Role.FACILITATOR)

    topic = actions.propose(event, title="Вода", by=facilitator, convener=member)

    assert topic.convener is member
    with pytest.raises(NotAllowed):
        actions.propose(event, title="Вода", by=member, convener=facilitator)


def test_place_hangs_a_topic_in_a_free_cell(event, member):
    topic = a_topic(event, member)
    recorded(event)

    placement = actions.place(topic, **cell(event), by=member)

    assert market(event) == []
    slot, space = placement.slot_id, placement.space_id
    assert recorded(event) == [f"cell-{slot}-{space}", f"slot-{slot}", "market-1"]


def test_place_refuses_taken_cell_and_offers_three_free_ones(event, member):
    actions.place(a_topic(event, member, "Вода"), **cell(event), by=member)
    topic = a_topic(event, a_member(event, "Ірина"), "Земля")

    with pytest.raises(CellTaken) as refusal:
        actions.place(topic, **cell(event), by=topic.convener)

    facts = refusal.value.facts
    slots, spaces = open_slots(event), event.spaces
    assert facts["taken_by"] == "Вода"
    nearest = [(slots[2], spaces[1]), (slots[2], spaces[2]), (slots[3], spaces[0])]
    assert [free["cell"] for free in facts["free"]] == [f"{slot.id}-{space.id}" for slot, space in nearest]


def test_place_refuses_a_slot_that_the_programme_fills(event, member):
    lunch = next(slot for slot in event.slots if not slot.is_open)

    with pytest.raises(NotFound):
        actions.place(a_topic(event, member), slot=lunch, space=event.spaces[0], by=member)


def test_place_tells_a_busy_convener_once(event, member):
    actions.place(a_topic(event, member, "Вода"), **cell(event), by=member)
    topic = a_topic(event, member, "Земля")

    with pytest.raises(actions.ConvenerBusy) as refusal:
        actions.place(topic, **cell(event, space=1), by=member)

    assert refusal.value.facts == {"other": "Вода"}
    assert actions.place(topic, **cell(event, space=1), by=member, anyway=True).topic is topic


def test_place_once_more_is_a_repeat_but_not_at_the_same_time(event, member):
    topic = a_topic(event, member)
    actions.place(topic, **cell(event), by=member)

    actions.place(topic, **cell(event, slot=3), by=member)

    assert len(topic.placements) == 2
    with pytest.raises(actions.ConvenerBusy):
        actions.place(topic, **cell(event, space=1), by=member, anyway=True)


@pytest.mark.parametrize("act", ["edit", "place", "withdraw"])
def test_others_may_not_change_a_topic_but_facilitators_may(event, member, act):
    topic = a_topic(event, member)
    facilitator = a_member(event, "Ірина", Role.FACILITATOR)

    def change(by):
        if act == "edit":
            actions.edit(topic, title="Нова", text="", language="uk", by=by)
        elif act == "place":
            actions.place(topic, **cell(event), by=by)
        else:
            actions.withdraw(topic, by=by)

    with pytest.raises(NotAllowed):
        change(a_member(event, "Чужа"))
    change(facilitator)


def test_move_frees_the_old_cell_and_fills_the_new_one(event, member):
    topic = a_topic(event, member)
    placement = actions.place(topic, **cell(event), by=member)
    old = placement.cell
    recorded(event)

    actions.move(placement, **cell(event, slot=3, space=1), by=member)

    new = placement.cell
    heads = [f"slot-{open_slots(event)[n].id}" for n in (2, 3)]
    assert recorded(event) == [f"cell-{old}", heads[0], f"cell-{new}", heads[1]]
    actions.place(a_topic(event, a_member(event, "Ірина")), **cell(event), by=a_member(event, "Ф", Role.FACILITATOR))


def test_move_within_its_own_time_is_no_clash(event, member):
    placement = actions.place(a_topic(event, member), **cell(event), by=member)

    actions.move(placement, **cell(event, space=2), by=member)

    assert placement.space is event.spaces[2]


def test_move_refuses_taken_cell_and_stays(event, member):
    actions.place(
        a_topic(event, a_member(event, "Ірина")), **cell(event, slot=3), by=a_member(event, "Ф", Role.FACILITATOR)
    )
    placement = actions.place(a_topic(event, member), **cell(event), by=member)

    with pytest.raises(CellTaken):
        actions.move(placement, **cell(event, slot=3), by=member)

    assert placement.slot is open_slots(event)[2]


def test_unplace_returns_the_last_placement_to_the_market(event, member):
    topic = a_topic(event, member, "Вода")
    placement = actions.place(topic, **cell(event), by=member)
    recorded(event)

    actions.unplace(placement, by=member)

    assert market(event) == ["Вода"]
    assert recorded(event)[-1] == "market-1"


def test_withdraw_and_restore_bring_a_topic_back_where_it_hung(event, member):
    topic = a_topic(event, member)
    actions.place(topic, **cell(event), by=member)
    actions.mark(event.id, topic.number, kind="go", by=a_member(event, "Ірина"))

    actions.withdraw(topic, by=member)
    assert (topic.placements, market(event)) == ([], [])
    actions.restore(topic, by=member)

    assert [p.slot for p in topic.placements] == [cell(event)["slot"]]
    assert db.session.query(Interest).count() == 1


def test_topic_that_is_repeated_all_week_is_withdrawn_and_restored(inside):
    event = an_event(ends_on=date(2026, 6, 20))
    topic = a_topic(event, a_member(event, "Ірина", Role.FACILITATOR))
    for slot in [slot for slot in event.slots if slot.is_open]:
        actions.place(topic, slot=slot, space=event.spaces[0], by=topic.convener)
    hung = topic.cells
    assert len(" ".join(hung)) > 200

    actions.withdraw(topic, by=topic.convener)
    db.session.flush()
    db.session.expire_all()
    actions.restore(topic, by=topic.convener)

    assert topic.cells == hung


def test_restore_goes_to_the_market_when_the_cell_is_taken(event, member):
    topic = a_topic(event, member, "Вода")
    actions.place(topic, **cell(event), by=member)
    actions.withdraw(topic, by=member)
    other = a_member(event, "Ірина")
    actions.place(a_topic(event, other, "Земля"), **cell(event), by=other)

    actions.restore(topic, by=member)

    assert market(event) == ["Вода"]


def test_restore_refuses_the_convener_what_a_facilitator_took_down(event, member):
    topic, facilitator = a_topic(event, member, "Вода"), a_member(event, "Ірина", Role.FACILITATOR)
    actions.withdraw(topic, by=facilitator, why="Двічі")

    with pytest.raises(NotAllowed):
        actions.restore(topic, by=member)

    assert (topic.withdrawn_by, topic.withdrawn_why) == (facilitator, "Двічі")
    actions.restore(topic, by=a_member(event, "Анна", Role.FACILITATOR))
    assert (topic.withdrawn_at, topic.withdrawn_by, topic.withdrawn_why) == (None, None, "")
    actions.withdraw(topic, by=member)
    actions.restore(topic, by=member)
    assert topic.withdrawn_at is None


def test_mark_takes_a_chair_and_the_later_word_counts(event, member):
    topic = a_topic(event, member)
    recorded(event)

    actions.mark(event.id, topic.number, kind="go", by=member)
    actions.mark(event.id, topic.number, kind="go", by=member)
    assert recorded(event) == ["going-1"]
    actions.mark(event.id, topic.number, kind="look", by=member)

    assert marks_of(member.id) == {1: "look"}
    actions.unmark(event.id, topic.number, by=member)
    assert marks_of(member.id) == {}


def test_mark_refuses_a_withdrawn_topic(event, member):
    topic = a_topic(event, member)
    actions.withdraw(topic, by=member)

    with pytest.raises(actions.Withdrawn):
        actions.mark(event.id, topic.number, kind="go", by=member)


def test_leave_takes_topics_down_frees_chairs_and_forgets_the_name(event, member):
    own, other = a_topic(event, member, "Моя"), a_topic(event, a_member(event, "Ірина"), "Її")
    actions.place(own, **cell(event), by=member)
    actions.mark(event.id, other.number, kind="go", by=member)

    access.leave(member)

    assert own.withdrawn_at is not None
    assert topics_on_market(event) == [(other, 0)]
    assert (member.name, member.community, member.left_at is not None) == ("—", "", True)


def test_rollback_leaves_no_trace_in_the_log(event, member):
    db.session.commit()
    before = db.session.query(Change).count()

    a_topic(event, member)
    db.session.rollback()

    assert db.session.query(Change).count() == before
    assert db.session.query(Topic).count() == 0


def test_topic_numbered_finds_within_the_event_only(event, member):
    topic = a_topic(event, member)

    assert topic_numbered(event.id, topic.number) is topic
    assert topic_numbered(an_event("Seminar").id, topic.number) is None


def test_a_new_name_is_told_wherever_it_stands(event, member):
    placed, loose = a_topic(event, member), a_topic(event, member, "Вода")
    placement = actions.place(placed, **cell(event), by=member)
    recorded(event)

    access.introduce(member, name="Олена Нова", community="")

    assert recorded(event) == [f"cell-{placement.cell}", f"market-{loose.number}"]


def test_the_last_organiser_cannot_leave(event):
    organiser = a_member(event, "Команда", Role.ORGANISER)

    with pytest.raises(Invalid):
        access.leave(organiser)
    a_member(event, "Друга", Role.ORGANISER)
    access.leave(organiser)


def test_a_time_that_is_over_is_refused(event, member):
    with pytest.raises(NotFound):
        actions.place(a_topic(event, member), **cell(event, slot=0), by=member)
