"""Butterfly places: spaces in which people meet without a topic, so that they are no columns of the board."""

import pytest
from sqlalchemy import select

from openspace.access.models import Role
from openspace.board import actions as board
from openspace.board.cells import board_on, faces_of, spaces_of
from openspace.board.models import placements_where
from openspace.board.rules import CellKey
from openspace.events.models import Space
from openspace.exports.schedule import schedule_of
from openspace.exports.sessions import spaces_offered
from openspace.extensions import db
from openspace.organising import actions, grid
from openspace.organising.grid import TopicsAffected
from openspace.organising.undo import undo
from openspace.web.errors import Invalid, NotFound
from tests.factories import DAY, a_member, a_topic, an_event, cell

PAST, NOW, NEXT, LATER = range(4)


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def organiser(event):
    return a_member(event, "Команда", Role.ORGANISER)


@pytest.fixture
def topics(event, organiser):
    """In the second space a topic that is over, and one that is still to come."""
    found = [a_topic(event, a_member(event, title), title) for title in ("Минула", "Пізніша")]
    for topic, slot in zip(found, (PAST, LATER), strict=True):
        board.place(topic, **cell(event, slot=slot, space=1), by=organiser)
    return found


def second_for_butterflies(event) -> list[actions.SpaceSheet]:
    return [actions.SpaceSheet(each.id, each.name, each.chairs, each.number == 2) for each in event.open_spaces]


def columns(event) -> list[str]:
    return [space.name for space in spaces_of(event, board_on(event, DAY))]


def test_a_butterfly_place_is_no_column_and_keeps_its_number(event, organiser):
    slot, place = cell(event, slot=LATER, space=1).values()

    actions.set_spaces(event, second_for_butterflies(event), by=organiser)

    assert [(each.number, each.name) for each in event.spaces] == [(1, "Велика зала"), (3, "Тераса")]
    assert [(each.number, each.name) for each in event.butterfly_places] == [(2, "Бібліотека")]
    assert columns(event) == ["Велика зала", "Тераса"]
    assert all(row.free == 2 for row in board_on(event, DAY) if row.slot.is_open)
    assert faces_of(event.id, [CellKey(slot.id, place.id)]) == {}


def test_nobody_hangs_a_topic_in_a_butterfly_place(event, organiser, topics):
    where = cell(event, slot=NEXT, space=1)
    actions.set_spaces(event, second_for_butterflies(event), by=organiser)

    with pytest.raises(NotFound):
        board.place(topics[1], **where, by=organiser)


def test_what_hangs_there_returns_to_the_market_once_it_is_agreed_and_what_is_over_stays(event, organiser, topics):
    with pytest.raises(TopicsAffected) as asked:
        actions.set_spaces(event, second_for_butterflies(event), agreed=[], by=organiser)
    assert (asked.value.facts["returning"], asked.value.facts["over"]) == (["Пізніша"], ["Минула"])

    returned = actions.set_spaces(
        event, second_for_butterflies(event), agreed=asked.value.facts["agree"].split(), by=organiser
    )

    assert [topic.title for topic in returned] == ["Пізніша"]
    assert [each.topic.title for each in placements_where()] == ["Минула"]
    assert columns(event) == ["Велика зала", "Бібліотека", "Тераса"]


def test_a_butterfly_place_takes_topics_again_when_it_is_given_back(event, organiser, topics):
    sheets = second_for_butterflies(event)
    actions.set_spaces(event, sheets, by=organiser)
    actions.set_spaces(event, [each._replace(is_butterfly=False) for each in sheets], by=organiser)

    board.place(topics[1], **cell(event, slot=LATER, space=1), by=organiser)

    assert event.butterfly_places == []


def test_undo_gives_place_and_topics_back(event, organiser, topics):
    actions.set_spaces(event, second_for_butterflies(event), by=organiser)

    done = undo(event, grid.last_change(event).id, by=organiser)

    assert (event.butterfly_places, [topic.title for topic in done.back]) == ([], ["Пізніша"])


def test_a_board_has_a_place_for_topics(event, organiser):
    sheets = [each._replace(is_butterfly=True) for each in second_for_butterflies(event)]

    with pytest.raises(Invalid):
        actions.set_spaces(event, sheets, by=organiser)


def test_a_form_that_did_not_show_it_leaves_it_a_butterfly_place(event, organiser):
    actions.set_spaces(event, second_for_butterflies(event), by=organiser)
    shown = [each for each in second_for_butterflies(event) if not each.is_butterfly]

    actions.set_spaces(event, shown, {each.id for each in shown}, by=organiser)

    assert [space.name for space in event.butterfly_places] == ["Бібліотека"]


def test_neither_the_programme_of_apps_nor_the_choice_of_exports_has_it(event, organiser):
    actions.set_spaces(event, second_for_butterflies(event), by=organiser)

    assert [space.name for space in spaces_offered(event)] == ["Велика зала", "Тераса"]
    assert not any("Бібліотека" in room for room in schedule_of(event, with_persons=True).rooms)


def places(hall) -> list[tuple[str, bool]]:
    with hall.app.app_context():
        found = select(Space.name, Space.is_butterfly).where(Space.event_id == hall.id)
        return list(db.session.execute(found.order_by(Space.number)))


def test_an_organiser_leaves_a_place_to_butterflies_and_the_board_says_so(hall):
    organiser = hall.ask("organiser")
    typed = {
        "space_id": hall.spaces,
        "space_name": ["Велика зала", "Бібліотека", "Тераса"],
        "space_chairs": [40, 16, 2],
    }
    before = organiser.get(hall.url("")).text

    asked = organiser.put(hall.url("settings/spaces"), data={**typed, "space_kind": ["", "", "butterfly"]})
    assert asked.status_code == 303

    assert places(hall) == [("Велика зала", False), ("Бібліотека", False), ("Тераса", True)]
    after = organiser.get(hall.url("")).text
    assert ('class="butterflies"' in before, 'class="butterflies"' in after) == (False, True)
    assert 'data-space="3"' in before
    assert 'data-space="3"' not in after.partition("market")[0]
    assert 'value="butterfly" selected' in organiser.get(hall.url("settings/spaces")).text


def test_a_facilitator_makes_one_and_undoes_it(hall):
    facilitator = hall.ask("facilitator")
    fields = {"name": "Кавʼярня", "chairs": 12, "is_butterfly": "y"}

    assert facilitator.post(hall.url("facilitator/spaces"), data=fields).status_code == 303
    assert places(hall)[-1] == ("Кавʼярня", True)

    facilitator.delete(hall.url("facilitator/steps/last"))
    assert "Кавʼярня" not in dict(places(hall))
