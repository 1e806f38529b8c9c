"""Changes of the grid: what is over stays, the rest is asked about, undone and told."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale

from openspace import clock
from openspace.access import notices
from openspace.access.models import Role
from openspace.board import actions as board
from openspace.board.cells import board_on, faces_of, topics_on_market
from openspace.board.models import Placement, placements_where
from openspace.board.rules import CellKey
from openspace.events.models import slots_on
from openspace.extensions import db
from openspace.organising import actions, event_actions, grid
from openspace.organising.grid import TopicsAffected
from openspace.organising.undo import undo
from openspace.web.errors import Invalid, NotFound, Stale
from tests.factories import BLOCKS, DAY, a_member, a_topic, an_event, cell

PAST, NOW, NEXT, LATER = range(4)


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def organiser(event):
    return a_member(event, "Команда", Role.ORGANISER)


@pytest.fixture
def topics(event, organiser):
    """In the second space a topic that is over, one that is running, two that come; each has a convener of its own."""
    found = {}
    for slot, title in enumerate(("Минула", "Поточна", "Наступна", "Пізніша")):
        found[title] = a_topic(event, a_member(event, f"Автор {title}"), title)
        board.place(found[title], **cell(event, slot=slot, space=1), by=organiser)
    return found


def without_second(event):
    return [actions.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces if space.number != 2]


def day_sheets(event, *, without: tuple[int, ...] = ()):
    slots = db.session.scalars(slots_on(event, DAY)).all()
    made = [actions.SlotSheet(slot.id, block) for slot, block in zip(slots, BLOCKS, strict=True)]
    return [sheet for n, sheet in enumerate(made) if n not in without]


def hanging(event) -> list[tuple[str, int]]:
    return [
        (cell.placement.topic.title, cell.space.number)
        for row in board_on(event, DAY)
        for cell in row.cells
        if cell.placement
    ]


def market(event):
    return [topic.title for topic, _ in topics_on_market(event)]


def told(member) -> list[str]:
    with force_locale("en"):
        return [notice.words for notice in notices.waiting(member.id, member.event)]


# places


def test_a_place_taken_away_is_asked_about_with_what_hangs_there(event, organiser, topics):
    with pytest.raises(TopicsAffected) as refusal:
        actions.set_spaces(event, without_second(event), agreed=[], by=organiser)

    facts = refusal.value.facts
    assert (facts["returning"], facts["running"], facts["over"]) == (["Наступна", "Пізніша"], ["Поточна"], ["Минула"])
    assert facts["count"] == 3
    assert actions.set_spaces(event, without_second(event), agreed=facts["agree"].split(), by=organiser)


def test_who_hung_a_topic_there_meanwhile_was_not_agreed_to(event, organiser, topics):
    with pytest.raises(TopicsAffected) as refusal:
        actions.set_spaces(event, without_second(event), agreed=[], by=organiser)
    board.move(topics["Пізніша"].placements[0], **cell(event, slot=LATER, space=0), by=organiser)
    board.place(a_topic(event, organiser, "Нова"), **cell(event, slot=LATER, space=1), by=organiser)

    with pytest.raises(TopicsAffected) as again:
        actions.set_spaces(event, without_second(event), agreed=refusal.value.facts["agree"].split(), by=organiser)

    assert again.value.facts["returning"] == ["Наступна", "Нова"]


def test_what_is_over_or_running_stays_in_a_place_that_is_taken_away(event, organiser, topics):
    returned = actions.set_spaces(event, without_second(event), by=organiser)

    assert [topic.title for topic in returned] == market(event) == ["Наступна", "Пізніша"]
    assert hanging(event) == [("Минула", 2), ("Поточна", 2)]
    assert [space.number for space in event.spaces] == [1, 3]
    assert [space.name for space in event.closed_spaces] == ["Бібліотека"]
    assert [placement.space.name for placement in placements_where(Placement.topic_id == topics["Минула"].id)] == [
        "Бібліотека"
    ]


def test_nobody_hangs_a_topic_in_a_closed_place(event, organiser, topics):
    closed = event.spaces[1]
    actions.set_spaces(event, without_second(event), by=organiser)
    slot = cell(event, slot=LATER)["slot"]

    with pytest.raises(NotFound):
        board.place(topics["Пізніша"], slot=slot, space=closed, by=organiser)

    assert all(cell.space is not closed for row in board_on(event, DAY)[3:] for cell in row.cells)
    assert faces_of(event.id, [CellKey(slot.id, closed.id)]) == {}


@pytest.mark.parametrize("title", ["Минула", "Поточна"])
@pytest.mark.parametrize("act", ["take off", "take down", "move"])
def test_what_was_taken_off_a_closed_place_by_mistake_comes_back(event, organiser, topics, act, title):
    actions.set_spaces(event, without_second(event), by=organiser)
    topic, before = topics[title], hanging(event)
    placement = topic.placements[0]
    slot, space = placement.slot, placement.space

    if act == "take off":
        board.unplace(placement, by=organiser)
        board.place(topic, slot=slot, space=space, by=organiser)
    elif act == "take down":
        board.withdraw(topic, by=organiser)
        board.restore(topic, by=organiser)
    else:
        board.move(placement, **cell(event, slot=LATER, space=0), by=organiser)
        board.move(placement, slot=slot, space=space, by=organiser)

    assert hanging(event) == before


def test_a_new_place_does_not_take_the_number_of_a_closed_one(event, organiser, topics):
    actions.set_spaces(event, [*without_second(event), actions.SpaceSheet(None, "Намет", 20)], by=organiser)

    assert [(space.number, space.name) for space in event.spaces] == [(1, "Велика зала"), (3, "Тераса"), (4, "Намет")]


def test_a_place_in_which_nothing_has_begun_is_gone(event, organiser):
    actions.set_spaces(event, without_second(event), agreed=[], by=organiser)

    assert [space.number for space in event.spaces] == [1, 2]
    assert event.closed_spaces == []


def test_conveners_hear_that_their_topic_lost_its_place(event, organiser, topics):
    actions.set_spaces(event, without_second(event), by=organiser)

    assert told(topics["Пізніша"].convener) == ["“Пізніша” is on the market again, without a time and a place."]
    assert "again" not in "".join(told(topics["Поточна"].convener))


def test_undo_brings_places_and_topics_back(event, organiser, topics):
    before = [(space.id, space.number, space.name) for space in event.spaces]
    where = hanging(event)
    actions.set_spaces(event, [*without_second(event), actions.SpaceSheet(None, "Намет", 20)], by=organiser)

    done = undo(event, grid.last_change(event).id, by=organiser)

    assert [(space.id, space.number, space.name) for space in event.spaces] == before
    assert hanging(event) == where
    assert (event.closed_spaces, done.elsewhere) == ([], [])
    assert told(topics["Пізніша"].convener) == ["“Пізніша” is back: 15:30, place 2"]


def test_undo_leaves_what_has_been_hung_elsewhere_and_says_so(event, organiser, topics):
    actions.set_spaces(event, without_second(event), by=organiser)
    board.place(topics["Пізніша"], **cell(event, slot=LATER, space=1), by=organiser)

    done = undo(event, grid.last_change(event).id, by=organiser)

    assert [topic.title for topic in done.elsewhere] == ["Пізніша"]
    assert topics["Пізніша"].placements[0].space.name == "Тераса"
    assert topics["Наступна"].placements[0].space.name == "Бібліотека"


def test_undo_is_for_the_last_change_and_for_once(event, organiser):
    actions.set_spaces(event, without_second(event), by=organiser)
    first = grid.last_change(event).id
    actions.set_slots(event, DAY, day_sheets(event, without=(4,)), by=organiser)
    second = grid.last_change(event).id

    with pytest.raises(Stale):
        undo(event, first, by=organiser)
    undo(event, second, by=organiser)
    with pytest.raises(Stale):
        undo(event, second, by=organiser)

    assert len(db.session.scalars(slots_on(event, DAY)).all()) == len(BLOCKS)


def test_undo_of_a_change_of_yesterday_is_refused(event, organiser):
    actions.set_spaces(event, without_second(event), by=organiser)
    change = grid.last_change(event).id

    with clock.frozen_at(clock.now() + timedelta(days=1, minutes=1)), pytest.raises(Stale):
        undo(event, change, by=organiser)


# times


def test_a_time_taken_away_is_asked_about(event, organiser, topics):
    with pytest.raises(TopicsAffected) as refusal:
        actions.set_slots(event, DAY, day_sheets(event, without=(4,)), agreed=[], by=organiser)

    assert refusal.value.facts["returning"] == ["Пізніша"]


def test_times_in_which_sessions_were_held_stay(event, organiser, topics):
    actions.set_slots(event, DAY, day_sheets(event, without=(0, 1, 4)), by=organiser)

    assert hanging(event) == [("Минула", 2), ("Поточна", 2), ("Наступна", 2)]
    assert market(event) == ["Пізніша"]


@pytest.mark.parametrize("change", ["fill", "put off"])
def test_sessions_that_have_begun_are_neither_covered_nor_put_off(event, organiser, topics, change):
    sheets = day_sheets(event)
    block = sheets[1].block
    later = block._replace(title="Коло") if change == "fill" else block._replace(start=1000, end=1060)

    with pytest.raises(Invalid):
        actions.set_slots(event, DAY, [sheets[0], sheets[1]._replace(block=later), *sheets[2:]], by=organiser)


def test_a_running_time_can_be_made_shorter_and_its_people_hear(event, organiser, topics):
    sheets = day_sheets(event)
    sheets[1] = sheets[1]._replace(block=sheets[1].block._replace(end=740))

    actions.set_slots(event, DAY, sheets, agreed=[], by=organiser)

    assert hanging(event)[1] == ("Поточна", 2)
    assert told(topics["Поточна"].convener) == ["“Поточна” has moved: 11:30, place 2"]


def test_undo_brings_times_and_topics_back(event, organiser, topics):
    where, before = hanging(event), [(slot.starts_at, slot.ends_at) for slot in event.slots]
    sheets = day_sheets(event, without=(4,))
    sheets[3] = sheets[3]._replace(block=sheets[3].block._replace(start=845))
    actions.set_slots(event, DAY, sheets, by=organiser)

    undo(event, grid.last_change(event).id, by=organiser)

    assert hanging(event) == where
    assert [(slot.starts_at, slot.ends_at) for slot in event.slots] == before


def test_undo_is_refused_when_topics_hang_in_times_that_were_added(event, organiser, topics):
    added = actions.SlotSheet(None, BLOCKS[4]._replace(start=1080, end=1140))
    actions.set_slots(event, DAY, [*day_sheets(event), added], by=organiser)
    board.place(a_topic(event, organiser, "Нова"), **cell(event, slot=4), by=organiser)

    with pytest.raises(Stale):
        undo(event, grid.last_change(event).id, by=organiser)


# dates


def edit(event, first: str, last: str, **more):
    fixed = {"name": event.name, "city": "", "zone": event.zone, "languages": ["uk"], "is_public": False}
    return event_actions.edit(
        event, starts_on=date.fromisoformat(first), ends_on=date.fromisoformat(last), **fixed, **more
    )


def test_once_a_session_has_been_held_slots_keep_their_dates(event, organiser, topics):
    where = hanging(event)

    edit(event, "2026-06-02", "2026-06-05", agreed=[], by=organiser)

    assert hanging(event) == where
    assert event.starts_on == date(2026, 6, 2)


def test_a_day_on_which_a_session_was_held_stays(event, organiser, topics):
    with pytest.raises(Invalid):
        edit(event, "2026-06-05", "2026-06-06", by=organiser)


def test_a_day_that_is_dropped_is_asked_about_and_comes_back(event, organiser):
    slot = next(slot for slot in event.slots if slot.day == date(2026, 6, 5))
    topic = a_topic(event, a_member(event), "Завтра")
    board.place(topic, slot=slot, space=event.spaces[0], by=organiser)
    with pytest.raises(TopicsAffected) as refusal:
        edit(event, "2026-06-03", "2026-06-04", agreed=[], by=organiser)
    facts = refusal.value.facts

    edit(event, "2026-06-03", "2026-06-04", agreed=facts["agree"].split(), by=organiser)

    assert (facts["returning"], len(facts["slots"])) == (["Завтра"], 5)
    assert (market(event), {slot.day for slot in event.slots}) == (["Завтра"], {DAY})
    undo(event, grid.last_change(event).id, by=organiser)
    assert (market(event), event.ends_on) == ([], date(2026, 6, 5))
    assert topic.placements[0].slot.day == date(2026, 6, 5)


def test_topics_that_would_move_to_another_date_are_asked_about(event, organiser):
    topic = a_topic(event, a_member(event), "Вода")
    board.place(topic, **cell(event), by=organiser)
    with pytest.raises(TopicsAffected) as refusal:
        edit(event, "2026-07-03", "2026-07-05", agreed=[], by=organiser)

    edit(event, "2026-07-03", "2026-07-05", agreed=refusal.value.facts["agree"].split(), by=organiser)

    assert refusal.value.facts["moving"] == ["Вода"]
    assert told(topic.convener) == ["“Вода” has moved: July 4, 14:00, place 1"]
    undo(event, grid.last_change(event).id, by=organiser)
    assert topic.placements[0].slot.day == DAY


def test_a_change_is_undone_though_another_event_has_been_set_up_since(event, organiser):
    slot = next(slot for slot in event.slots if slot.day == date(2026, 6, 5))
    topic = a_topic(event, a_member(event), "Завтра")
    board.place(topic, slot=slot, space=event.spaces[-1], by=organiser)
    days = len(event.slots)
    spaces = [actions.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces[:-1]]
    edit(event, "2026-06-03", "2026-06-04", agreed=None, by=organiser)
    other = an_event("Seminar")

    undo(event, grid.last_change(event).id, by=organiser)

    assert (market(event), len(event.slots)) == ([], days)
    assert topic.placements[0].slot.day == date(2026, 6, 5)
    actions.set_spaces(event, spaces, agreed=None, by=organiser)
    third = an_event("Workshop")
    undo(event, grid.last_change(event).id, by=organiser)
    assert [space.number for space in event.spaces] == list(range(1, len(spaces) + 2))
    assert topic.placements[0].space == event.spaces[-1]
    assert [len(each.spaces) for each in (other, third)] == [len(spaces) + 1] * 2


def test_a_topic_that_comes_back_hangs_on_no_wall_of_another_event(event, organiser):
    topic = a_topic(event, a_member(event), "Завтра")
    slot = next(slot for slot in event.slots if slot.day == date(2026, 6, 5))
    board.place(topic, slot=slot, space=event.spaces[-1], by=organiser)
    board.withdraw(topic, by=organiser)
    edit(event, "2026-06-03", "2026-06-04", agreed=None, by=organiser)
    spaces = [actions.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces[:-1]]
    actions.set_spaces(event, spaces, agreed=None, by=organiser)
    other = an_event("Seminar")

    board.restore(topic, by=organiser)

    assert (market(event), hanging(other)) == (["Завтра"], [])
