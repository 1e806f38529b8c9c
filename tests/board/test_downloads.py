"""Calendars for phones."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

pytestmark = pytest.mark.usefixtures("empty_book")


def test_calendar_names_time_and_place(hall):
    book = Calendar.from_ical(hall.ask("organiser").get(hall.url("exports/calendar.ics")).data)
    entry = book.walk("VEVENT")[0]

    assert entry.decoded("dtstart").astimezone(UTC) == datetime(2026, 6, 4, 11, tzinfo=UTC)
    assert (str(entry["summary"]), str(entry["location"])) == ("Ґендерно-чутливі питання", "1 Велика зала")


def test_calendar_uid_stays_when_a_topic_moves_and_changes_its_title(hall):
    def uid() -> str:
        return str(
            Calendar.from_ical(hall.ask("participant").get(hall.url("topics/1/calendar.ics")).data).walk("VEVENT")[0][
                "uid"
            ]
        )

    before = uid()
    convener = hall.ask("convener")
    convener.put(hall.url("topics/1/placement"), data={"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)})
    convener.put(hall.url("topics/1"), data={"title": "Інша назва", "language": "uk"})

    assert uid() == before


def test_calendar_of_a_topic_on_the_market_is_not_found(hall):
    assert hall.ask("participant").get(hall.url("topics/2/calendar.ics")).status_code == 404
