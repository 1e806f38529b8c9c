"""Setting an event up and changing it later: no topic is ever dropped."""

from datetime import UTC, date, datetime

import pytest
from flask import current_app
from flask_babel import force_locale

from openspace.board import actions as board
from openspace.board.cells import topics_on_market
from openspace.events.models import slots_on
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.organising import actions, event_actions
from openspace.organising.grid import TopicsAffected
from openspace.web.errors import Invalid
from tests.factories import BLOCKS, DAY, a_member, a_topic, an_event, cell


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def hanging(event):
    """A topic in the coming slot, in the first space."""
    member = a_member(event)
    topic = a_topic(event, member, "Вода")
    board.place(topic, **cell(event), by=member)
    return topic


def sheets(event, *, without: int | None = None, filled: int | None = None):
    slots = db.session.scalars(slots_on(event, DAY)).all()
    made = [actions.SlotSheet(slot.id, block) for slot, block in zip(slots, BLOCKS, strict=True)]
    if filled is not None:
        made[filled] = made[filled]._replace(block=made[filled].block._replace(title="Коло"))
    return [sheet for n, sheet in enumerate(made) if n != without]


def market(event):
    return [topic.title for topic, _ in topics_on_market(event)]


def test_create_makes_a_readable_address_and_a_code(inside):
    one, two = an_event(), an_event()

    assert (one.slug, two.slug) == ("innovatsii-hromad", "innovatsii-hromad-2")
    assert one.join_code != two.join_code
    assert an_event("Setup", languages=["en"]).slug == "setup-2"


def test_no_first_word_of_an_address_is_that_of_an_event(inside):
    words = {rule.rule.split("/")[1] for rule in current_app.url_map.iter_rules()} - {"", "<event>"}

    assert words
    assert words <= event_actions.RESERVED


@pytest.mark.parametrize(("first", "last"), [("2026-06-05", "2026-06-04"), ("2026-06-01", "2026-07-02")])
def test_create_refuses_impossible_dates(inside, first, last):
    with pytest.raises(Invalid):
        an_event(starts_on=date.fromisoformat(first), ends_on=date.fromisoformat(last))


def test_slots_are_kept_in_utc_and_shown_in_the_zone(event):
    first = db.session.scalars(slots_on(event, DAY)).first()

    assert first.starts_at == datetime(2026, 6, 4, 7, tzinfo=UTC)
    assert f"{event.local(first.starts_at):%H:%M}" == "10:00"


def test_a_slot_over_the_change_to_summer_time_ends_by_the_clock(inside):
    event = an_event(starts_on=date(2026, 3, 29), ends_on=date(2026, 3, 29), zone="Europe/Kyiv")

    actions.set_slots(event, date(2026, 3, 29), [actions.SlotSheet(None, Block(60, 300))])

    slot = event.slots[0]
    assert (f"{event.local(slot.starts_at):%H:%M}", f"{event.local(slot.ends_at):%H:%M}") == ("01:00", "05:00")
    assert (slot.ends_at - slot.starts_at).total_seconds() == 3 * 3600


def test_set_slots_returns_the_topics_of_a_slot_that_is_gone(event, hanging):
    assert actions.set_slots(event, DAY, sheets(event, without=3)) == [hanging]
    assert market(event) == ["Вода"]


def test_set_slots_returns_the_topics_that_the_programme_now_covers(event, hanging):
    assert actions.set_slots(event, DAY, sheets(event, filled=3)) == [hanging]


def test_set_slots_moves_times_and_keeps_what_hangs(event, hanging):
    moved = sheets(event)
    moved[3] = moved[3]._replace(block=Block(850, 910))

    assert actions.set_slots(event, DAY, moved) == []
    assert f"{event.local(hanging.placements[0].slot.starts_at):%H:%M}" == "14:10"


@pytest.mark.parametrize("block", [Block(630, 700), Block(1380, 1440 + 630)])
def test_set_slots_refuses_overlaps_also_with_the_next_day(event, block):
    before = [slot.id for slot in event.slots]

    with pytest.raises(Invalid):
        actions.set_slots(event, DAY, [*sheets(event), actions.SlotSheet(None, block)])

    assert [slot.id for slot in event.slots] == before


def test_set_spaces_returns_topics_renumbers_and_keeps_the_others(event, hanging):
    kept = [actions.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces[1:]]

    assert actions.set_spaces(event, kept) == [hanging]
    assert [(space.number, space.name) for space in event.spaces] == [(1, "Бібліотека"), (2, "Тераса")]


def test_set_spaces_changes_order_in_place(event, hanging):
    turned = [actions.SpaceSheet(space.id, space.name, space.chairs) for space in reversed(event.spaces)]

    assert actions.set_spaces(event, turned) == []
    assert hanging.placements[0].space.number == 3


@pytest.mark.parametrize("count", [0, actions.MAX_SPACES + 1])
def test_set_spaces_refuses_none_and_too_many(event, count):
    with pytest.raises(Invalid):
        actions.set_spaces(event, [actions.SpaceSheet(None, "Зала", 10)] * count)


def test_edit_moves_slots_with_the_dates_and_keeps_the_clock_in_a_new_zone(event, hanging):
    changed = {"name": "Нова", "city": "", "languages": ["de"], "is_public": True}

    event_actions.edit(event, starts_on=date(2026, 7, 1), ends_on=date(2026, 7, 3), zone="Europe/Berlin", **changed)

    slot = hanging.placements[0].slot
    assert event.local(slot.starts_at).isoformat() == "2026-07-02T14:00:00+02:00"


def test_edit_asks_before_it_drops_days_with_slots(event):
    changed = {"name": "Нова", "city": "", "languages": ["de"], "is_public": True, "zone": event.zone}

    with force_locale("en"), pytest.raises(TopicsAffected) as refusal:
        event_actions.edit(event, starts_on=event.starts_on, ends_on=event.starts_on, agreed=[], **changed)
    assert refusal.value.facts["slots"][0] == "June 4, 10:00–11:00"
