"""A night belongs to its evening: slots over and after midnight, on every page."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from openspace import clock
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.events.models import Event, slots_on
from openspace.events.rules import Block, present_day
from openspace.extensions import db
from openspace.organising import actions, event_actions
from openspace.store import sqlite
from tests.factories import DAY, Hall, an_event

LAST = date(2026, 6, 5)
ENGLISH = {"Accept-Language": "en"}
# In Kyiv, three hours ahead: 00:15 on the fifth, while 23:30–01:00 runs; in the pause after it; when all is over.
RUNNING = datetime(2026, 6, 4, 21, 15, tzinfo=UTC)
PAUSE = datetime(2026, 6, 4, 22, 10, tzinfo=UTC)
OVER = datetime(2026, 6, 4, 22, 45, tzinfo=UTC)


@pytest.fixture
def night(hall: Hall) -> Hall:
    """The fourth has a slot 23:30–01:00, in which topic 1 hangs, and a closing 01:20–01:40."""
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        late, closing = Block(23 * 60 + 30, 25 * 60), Block(25 * 60 + 20, 25 * 60 + 40, "Коло на прощання")
        kept = [actions.as_sheet(event, slot) for slot in db.session.scalars(slots_on(event, DAY))]
        actions.set_slots(event, DAY, [*kept, actions.SlotSheet(None, late), actions.SlotSheet(None, closing)])
        topic = topic_numbered(event.id, 1)
        slot = next(slot for slot in event.slots if event.local(slot.starts_at).hour == 23)
        board.place(topic, slot=slot, space=event.spaces[0], by=topic.convener)
        db.session.commit()
    return hall


def page(hall: Hall, rest: str = "", who: str = "participant") -> str:
    return hall.ask(who).get(hall.url(rest), headers=ENGLISH).get_data(as_text=True)


@pytest.mark.parametrize("moment", [RUNNING, PAUSE])
def test_board_stays_with_the_evening_until_its_last_slot_has_ended(night, moment):
    clock.held = moment

    # The second opening is answered from what one row says.
    for _ in range(2):
        shown = page(night)
        assert '<h1><span class="marked">June 4</span></h1>' in shown
        assert "питання" in shown
        assert "Коло на прощання" in shown
    assert json.loads(night.ask("participant").get(night.url(), headers={"Accept": "application/json"}).data)[
        "day"
    ] == ("2026-06-04")


def test_board_goes_on_to_the_next_day_when_the_night_is_over(night):
    clock.held = OVER

    assert '<h1><span class="marked">June 5</span></h1>' in page(night)


def test_projector_shows_the_running_night(night):
    clock.held = RUNNING
    shown = page(night, f"projector/{night.projector}", "stranger")

    assert 'data-day="2026-06-04"' in shown
    assert 'data-when="now"' in shown
    assert "питання" in shown

    clock.held = OVER
    assert 'data-day="2026-06-05"' in page(night, f"projector/{night.projector}", "stranger")


def test_spaces_say_what_is_on_in_the_night_and_what_comes_without_a_date(night):
    clock.held = RUNNING
    assert ">Now</span>" in page(night, "spaces")

    clock.held = RUNNING - timedelta(hours=1)
    coming = page(night, "spaces")
    assert "23:30" in coming
    assert "23:30, " not in coming


def test_my_day_puts_the_night_under_its_evening(night):
    clock.held = RUNNING

    shown = page(night, "me/day", "convener")

    assert shown.index("Thursday, June 4") < shown.index("23:30")
    assert "Friday, June 5" not in shown


def test_front_page_still_leads_to_the_event_in_its_last_night(hall):
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        actions.set_slots(event, LAST, [actions.SlotSheet(None, Block(23 * 60 + 30, 25 * 60))])
        db.session.get_one(Event, hall.ids["other event"]).is_join_open = False
        db.session.commit()

    clock.held = RUNNING + timedelta(days=1)
    answer = hall.ask("stranger").get("/")
    assert (answer.status_code, answer.location) == (302, hall.url())

    clock.held = OVER + timedelta(days=1)
    assert hall.ask("stranger").get("/").status_code == 200


def test_topic_in_the_night_says_which_night(night):
    with night.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, night.id)
        sheets = [actions.as_sheet(event, slot) for slot in db.session.scalars(slots_on(event, LAST))]
        actions.set_slots(event, LAST, [*sheets, actions.SlotSheet(None, Block(24 * 60 + 30, 25 * 60))])
        topic, slot = topic_numbered(event.id, 2), event.slots[-1]
        board.place(topic, slot=slot, space=event.spaces[0], by=topic.convener, anyway=True)
        db.session.commit()

    assert "in the night to June 6" in page(night, "topics/2")


def sheet(hall: Hall, day: date, *rows: tuple[str, ...], who: str = "organiser"):
    """Save a day's sheet with these rows (start, end, title, night, hour); its own rows go."""
    filled = [[*row, "", "", ""][:5] for row in rows]
    data = {
        "slot_id": [""] * len(rows),
        "slot_start": [row[0] for row in filled],
        "slot_end": [row[1] for row in filled],
        "slot_kind": ["together" if row[2] else "topics" for row in filled],
        "slot_title": [row[2] for row in filled],
        "slot_night": [row[3] for row in filled],
        "slot_hour": [row[4] for row in filled],
    }
    # The rows that are there are emptied.
    with hall.app.app_context():
        event = db.session.get_one(Event, hall.id)
        data["slot_id"] += [str(slot.id) for slot in db.session.scalars(slots_on(event, day))]
    return hall.ask(who).put(hall.url(f"settings/days/{day}"), data=data, headers=ENGLISH)


def times(hall: Hall, day: date) -> list[str]:
    with hall.app.app_context():
        event = db.session.get_one(Event, hall.id)
        slots = db.session.scalars(slots_on(event, day))
        return [f"{event.local(slot.starts_at):%d %H:%M}–{event.local(slot.ends_at):%d %H:%M}" for slot in slots]


def test_evenings_closing_after_midnight_is_last(hall):
    answer = sheet(hall, LAST, ("00:10", "00:30", "Closing"), ("18:00", "20:00"), ("21:00", "23:59"))

    assert answer.status_code == 303
    assert times(hall, LAST) == ["05 18:00–05 20:00", "05 21:00–05 23:59", "06 00:10–06 00:30"]
    shown = page(hall, "?day=2026-06-05")
    assert shown.index("18:00") < shown.index("00:10")
    assert shown.index("18:00") < shown.index("Closing")
    settings = page(hall, "settings", "organiser")
    assert "18:00 · 21:00 · 00:10" in settings


def test_half_past_midnight_on_the_last_evening_is_that_night(hall):
    assert sheet(hall, LAST, ("10:00", "11:00"), ("00:30", "01:30")).status_code == 303

    assert times(hall, LAST) == ["05 10:00–05 11:00", "06 00:30–06 01:30"]


def test_night_sheet_saved_again_stays_as_it_is(hall):
    sheet(hall, LAST, ("18:00", "20:00"), ("00:10", "00:30", "Closing"))
    before = times(hall, LAST)
    with hall.app.test_request_context():
        event = db.session.get_one(Event, hall.id)
        block = [actions.as_sheet(event, slot).block for slot in db.session.scalars(slots_on(event, LAST))][1]

    shown = page(hall, f"settings/days/{LAST}", "organiser")
    assert (block.start, block.end) == (1450, 1470)
    assert '<option value="after" selected>' in shown

    assert sheet(hall, LAST, ("18:00", "20:00"), ("00:10", "00:30", "Closing", "after")).status_code == 303
    assert times(hall, LAST) == before


@pytest.mark.parametrize(
    "rows", [[("04:30", "05:30")], [("10:00", "11:00"), ("05:00", "05:45", "Yoga")], [("00:30", "01:00")]]
)
def test_early_or_late_is_asked_where_it_is_unclear(hall, rows):
    before = times(hall, LAST)

    answer = sheet(hall, LAST, *rows)
    shown = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "early on June 5, or in the night after it?" in shown
    assert 'aria-invalid="true"' in shown
    assert f'value="{rows[-1][0]}"' in shown
    assert times(hall, LAST) == before


@pytest.mark.parametrize(("night", "found"), [("before", "05 04:30–05 05:30"), ("after", "06 04:30–06 05:30")])
def test_early_or_late_is_as_was_answered(hall, night, found):
    assert sheet(hall, LAST, ("04:30", "05:30", "", night)).status_code == 303

    assert times(hall, LAST) == [found]


def test_moving_the_event_moves_nights_with_their_evenings(inside):
    event = an_event()
    actions.set_slots(event, DAY, [actions.SlotSheet(None, Block(1450, 1470))])

    event_actions.edit(
        event,
        name=event.name,
        city="",
        starts_on=date(2026, 7, 3),
        ends_on=date(2026, 7, 5),
        zone="Europe/Berlin",
        languages=["uk"],
        is_public=False,
    )

    slot = next(slot for slot in event.slots if slot.day == date(2026, 7, 4))
    assert f"{event.local(slot.starts_at):%d %H:%M}" == "05 00:10"


def test_present_day_is_the_date_when_nothing_is_unfinished():
    moment = datetime(2026, 6, 4, 21, 15, tzinfo=UTC)

    assert present_day(moment, "Europe/Kyiv", None) == date(2026, 6, 5)
    assert present_day(moment, "Europe/Kyiv", date(2026, 6, 4)) == date(2026, 6, 4)
    assert present_day(moment, "Europe/Kyiv", date(2026, 6, 9)) == date(2026, 6, 5)
