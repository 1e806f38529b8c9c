"""What leaves the app: a list for a spreadsheet, calendars for phones."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from icalendar import Calendar

pytestmark = pytest.mark.usefixtures("empty_book")


def test_sessions_csv_lists_placements_and_the_market(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    answer = hall.ask("organiser").get(hall.url("exports/sessions.csv"), headers={"Accept-Language": "en"})
    text = answer.get_data(as_text=True)
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    assert [(r["Topic"], r["Day"], r["From"], r["Place"], r["Going (count)"]) for r in rows] == [
        ("Ґендерно-чутливі питання", "2026-06-04", "14:00", "1", "1"),
        ("Вода в селі", "", "", "", "0"),
    ]


def test_sessions_json_has_times_with_their_offset_and_names_the_revision(hall):
    found = hall.ask("organiser").get(hall.url("exports/sessions.json")).json

    placed, loose = found["sessions"]
    assert found["revision"] > 0
    assert placed["title"] == "Ґендерно-чутливі питання"
    assert (placed["starts_at"], placed["space_name"]) == ("2026-06-04T14:00:00+03:00", "Велика зала")
    assert placed["url"].endswith(hall.url("topics/1"))
    assert loose["title"] == "Вода в селі"
    assert "starts_at" not in loose


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
