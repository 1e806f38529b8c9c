"""The nights in which the clocks are put forward or back: no time is taken that is not, none is guessed."""

import html
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from openspace.events.models import Event
from openspace.events.rules import Block, meanings, proposal, spans
from openspace.extensions import db
from openspace.organising import actions, event_actions
from openspace.store import sqlite
from openspace.web.errors import Invalid
from tests.factories import an_event
from tests.organising.test_nights import sheet, times
from tests.organising.test_views import SETUP

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
KYIV = ZoneInfo("Europe/Kyiv")
ZONES = [
    "Europe/Kyiv",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "UTC",
]


@pytest.fixture
def move(hall):
    """Gives the hall's event other days and another zone, and an empty board."""

    def move_to(first: date, zone: str = "Europe/Kyiv") -> None:
        with hall.app.test_request_context(), sqlite.writing():
            event = db.session.get_one(Event, hall.id)
            for day in event.days:
                actions.set_slots(event, day, [])
            event.starts_on, event.ends_on, event.zone = first, first + timedelta(days=1), zone
            db.session.commit()

    return move_to


def said(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("zone", "day", "typed", "better"),
    [
        ("Europe/Kyiv", SPRING, ("03:00", "04:00"), "04:00–05:00"),
        ("Europe/Kyiv", SPRING, ("02:30", "03:30"), "02:30–04:30"),
        ("Europe/Berlin", SPRING, ("02:30", "03:30"), "03:30–04:30"),
        ("Europe/London", SPRING, ("00:30", "01:30"), "00:30–02:30"),
        ("America/New_York", date(2027, 3, 14), ("02:15", "02:45"), "03:15–03:45"),
        ("Africa/Cairo", date(2027, 4, 30), ("00:30", "01:30"), "01:30–02:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), ("02:10", "02:20"), "02:40–02:50"),
    ],
)
def test_sheet_refuses_a_time_that_is_left_out_and_proposes_another(hall, move, zone, day, typed, better):
    move(day, zone)

    answer = sheet(hall, day, typed)

    assert answer.status_code == 422
    assert f"{typed[0]}–{typed[1]} is not possible" in said(answer)
    assert f"Did you mean {better}?" in said(answer)
    assert f'value="{typed[0]}"' in said(answer)
    assert times(hall, day) == []


def test_sheet_refuses_the_hour_that_is_left_out_of_the_night_after_it(hall, move):
    move(SPRING - timedelta(days=1))
    evening = SPRING - timedelta(days=1)

    answer = sheet(hall, evening, ("20:00", "23:00"), ("02:30", "03:30"))
    over_it = sheet(hall, evening, ("20:00", "23:00"), ("02:30", "04:30"))

    assert (answer.status_code, "on March 28" in said(answer)) == (422, True)
    assert (over_it.status_code, times(hall, evening)[1]) == (303, "28 02:30–28 04:30")


def test_refusal_in_json_names_the_proposal(hall, move):
    move(SPRING)
    data = {"slot_id": "", "slot_start": "03:00", "slot_end": "04:00", "slot_kind": "topics", "slot_title": ""}

    answer = hall.ask("organiser").put(
        hall.url(f"settings/days/{SPRING}"), data=data, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.get_json()["proposal"]) == (422, {"start": "04:00", "end": "05:00"})


@pytest.mark.parametrize("language", ["uk", "en", "de", "ru"])
def test_setup_refuses_a_time_that_is_left_out_and_keeps_the_form(app, setup_link, language):
    data = {**SETUP, "starts_on": SPRING.isoformat(), "ends_on": SPRING.isoformat(), "zone": "Europe/Kyiv"}
    data |= {"fixed_title": "Схід сонця", "fixed_start": "03:10", "fixed_end": "03:50", "fixed_where": "together"}
    data |= {"fixed_day": "", "fixed_night": "", "fixed_hour": ""}

    answer = app.test_client().post(setup_link, data=data, headers={"Accept-Language": language})

    assert answer.status_code == 422
    assert "04:10–04:50" in said(answer)
    assert "Схід сонця" in said(answer)
    with app.app_context():
        assert db.session.query(Event).count() == 0


@pytest.mark.parametrize("start", ["02:00", "03:00"])
def test_layout_refuses_a_time_that_is_left_out(hall, move, start):
    first = SPRING if start == "03:00" else SPRING - timedelta(days=1)
    move(first)

    answer = hall.ask("organiser").put(
        hall.url(f"settings/days/{first}/layout"), data={"count": 3, "length": 45, "start": start, "gap": 15}
    )

    assert answer.status_code == 422
    assert "02:00–02:45" in said(answer) or "03:00–03:45" in said(answer)


def test_moving_the_event_onto_the_night_refuses_the_hour_that_is_left_out(inside):
    event = an_event()
    for day in event.days:
        actions.set_slots(event, day, [])
    actions.set_slots(event, event.days[0], [actions.SlotSheet(None, Block(180, 240))])
    sheet = {"name": event.name, "city": "", "zone": "Europe/Kyiv", "languages": ["uk"], "is_public": False}

    with pytest.raises(Invalid) as refusal:
        event_actions.edit(event, starts_on=SPRING, ends_on=SPRING, **sheet)

    assert "04:00–05:00" in str(refusal.value)


def test_moving_the_event_onto_an_hour_that_comes_twice_keeps_lengths(inside):
    event = an_event()
    for day in event.days:
        actions.set_slots(event, day, [])
    actions.set_slots(event, event.days[0], [actions.SlotSheet(None, Block(150, 210))])
    sheet = {"name": event.name, "city": "", "zone": "Europe/Kyiv", "languages": ["uk"], "is_public": False}

    event_actions.edit(event, starts_on=AUTUMN, ends_on=AUTUMN, **sheet)

    assert event.slots[0].ends_at - event.slots[0].starts_at == timedelta(hours=1)


def test_hour_that_comes_twice_is_asked_for_and_kept(hall, move):
    move(AUTUMN)
    asked = sheet(hall, AUTUMN, ("03:15", "03:45"))
    assert asked.status_code == 422
    assert "comes twice on October 31" in said(asked)
    assert 'name="slot_hour"' in said(asked)

    for hour, utc, minutes in (("first", 0, 30), ("second", 1, 30), ("both", 0, 90)):
        assert sheet(hall, AUTUMN, ("03:15", "03:45", "", "before", hour)).status_code == 303
        with hall.app.app_context():
            slot = db.session.get_one(Event, hall.id).slots[0]
            assert slot.starts_at == datetime(2027, 10, 31, utc, 15, tzinfo=UTC)
            assert slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
            assert actions.as_sheet(slot.event, slot).block == Block(195, 225, hour=hour)
        shown = hall.ask("organiser").get(hall.url(f"settings/days/{AUTUMN}")).get_data(as_text=True)
        assert f'<option value="{hour}" selected>' in shown


def test_both_hours_that_come_twice_can_have_a_slot(inside):
    event = an_event(starts_on=AUTUMN, ends_on=AUTUMN)

    hours = [Block(190, 220, hour="first"), Block(190, 220, hour="second")]
    actions.set_slots(event, AUTUMN, [actions.SlotSheet(None, block) for block in hours])

    assert len(event.slots) == 2


def test_hours_that_overlap_in_truth_are_refused(inside):
    event = an_event(starts_on=AUTUMN, ends_on=AUTUMN)

    with pytest.raises(Invalid):
        actions.set_slots(
            event,
            AUTUMN,
            [
                actions.SlotSheet(None, Block(190, 220, hour="both")),
                actions.SlotSheet(None, Block(222, 230, hour="first")),
            ],
        )


@given(
    st.sampled_from(ZONES),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.integers(0, 30 * 60),
    st.integers(1, 12 * 60),
)
def test_what_a_block_means_is_what_the_clock_shows(zone, day, start, length):
    tz, block = ZoneInfo(zone), Block(start, start + length)

    def shown(moment: datetime) -> int:
        local = moment.astimezone(tz).replace(tzinfo=None)
        return int((local - datetime(day.year, day.month, day.day)).total_seconds() // 60)  # noqa: DTZ001

    for span in spans(day, block, tz).values():
        assert (shown(span.start), shown(span.end)) == (block.start, block.end)
    if not spans(day, block, tz):
        other = proposal(day, block, tz)
        assert any(span.end - span.start == timedelta(minutes=length) for span in spans(day, other, tz).values()), (
            "the proposal is there, and as long"
        )


def test_meanings_of_an_ordinary_minute_is_one_moment():
    assert meanings(SPRING, 10 * 60, KYIV) == [datetime(2027, 3, 28, 7, tzinfo=UTC)]


@pytest.mark.parametrize("typed", ["0026-06-03", "9999-12-31", "0001-01-01"])
def test_setup_refuses_a_year_that_is_not_whole(app, setup_link, typed):
    answer = app.test_client().post(
        setup_link, data={**SETUP, "starts_on": typed, "ends_on": typed}, headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 422
    assert "whole year" in said(answer)
