"""Calendars: read alike by every reader, and the same entry for the life of a placement."""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from icalendar import Calendar

from openspace import clock, create_app
from openspace.board import actions as board
from openspace.board.calendars import calendar
from openspace.board.models import Placement, placements_where
from openspace.events.models import Event, slots_on
from openspace.events.rules import Block
from openspace.extensions import db, limiter
from openspace.organising import actions as events
from openspace.store import database, sqlite
from tests.conftest import MOMENT
from tests.factories import DAY, Hall, a_member, a_topic, an_event, cell
from tests.people.book import NODE, a_card, by_vobject

pytestmark = pytest.mark.usefixtures("empty_book")

OTHER = datetime(2026, 6, 4, 9, tzinfo=UTC)


def ics(hall: Hall, rest: str = "exports/calendar.ics", who: str = "organiser") -> str:
    answer = hall.ask(who).get(hall.url(rest))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def entries(text: str) -> dict[str, dict]:
    """The entries by title, as icalendar reads them."""
    return {str(entry["summary"]): entry for entry in Calendar.from_ical(text).walk("VEVENT")}


def one(hall: Hall, rest: str = "topics/1/calendar.ics", who: str = "convener"):
    found = Calendar.from_ical(ics(hall, rest, who)).walk("VEVENT")
    assert len(found) == 1
    return found[0]


def stamps(entry) -> tuple[int, datetime, datetime]:
    return int(entry["sequence"]), entry.decoded("dtstamp"), entry.decoded("last-modified")


def by_icalendar(text: str, node: str) -> list[tuple[datetime, datetime]]:
    return [
        tuple(entry.decoded(name).astimezone(UTC) for name in ("dtstart", "dtend"))
        for entry in Calendar.from_ical(text).walk("VEVENT")
    ]


def by_reading_vobject(text: str, node: str) -> list[tuple[datetime, datetime]]:
    # It keeps zones by name, so that the years of a zone would be those of the calendar that was read first.
    known = vobject.icalendar.__dict__["__tzidMap"]
    for name in known.keys() - {"UTC"}:
        del known[name]
    found = vobject.readOne(text).vevent_list
    return [(entry.dtstart.value.astimezone(UTC), entry.dtend.value.astimezone(UTC)) for entry in found]


def by_icaljs(text: str, node: str) -> list[tuple[datetime, datetime]]:
    script = """
        import ICAL from "ical.js"; import { readFileSync } from "node:fs";
        const book = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
        console.log(JSON.stringify(book.getAllSubcomponents("vevent").map((entry) => {
          const { startDate, endDate } = new ICAL.Event(entry);
          return [startDate.toJSDate().toISOString(), endDate.toJSDate().toISOString()];
        })));
    """
    read = subprocess.run(
        [node, "--input-type=module", "-e", script], cwd=NODE, input=text.encode(), capture_output=True, check=False
    )
    assert read.returncode == 0, read.stderr.decode()[-500:]
    return [tuple(datetime.fromisoformat(moment) for moment in pair) for pair in json.loads(read.stdout)]


@pytest.mark.parametrize("read", [by_icalendar, by_reading_vobject, by_icaljs])
@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("day", [date(2027, 1, 14), date(2027, 7, 14), date(2027, 3, 28), date(2027, 10, 31)])
def test_every_reader_finds_the_same_moments(hall, node, zone, day, read):
    with hall.app.test_request_context(), sqlite.writing():
        event = an_event("Зима", starts_on=day - timedelta(days=1), ends_on=day, zone=zone)
        events.set_slots(
            event, day, [events.SlotSheet(None, Block(600, 660)), events.SlotSheet(None, Block(1410, 1500))]
        )
        member = a_member(event)
        for number, slot in enumerate(db.session.scalars(slots_on(event, day))):
            topic = a_topic(event, member, f"Тема {number}")
            board.place(topic, slot=slot, space=event.spaces[0], by=member)
        expected = [(slot.starts_at, slot.ends_at) for slot in db.session.scalars(slots_on(event, day))]
        text = calendar(event, placements_where(Placement.topic.has(event_id=event.id))).decode()
        db.session.rollback()

    assert read(text, node) == expected


@pytest.mark.parametrize(
    "words",
    [
        "Вода, світло; тепло: «так»",
        "a\\b \\n c",
        "рядок\nдругий рядок",
        "👩‍👩‍👧‍👦 🏘️",
        "ж" * 300,
        "BEGIN:VEVENT\nEND:VCALENDAR",
    ],
)
def test_every_reader_finds_the_same_words(hall, words):
    with hall.app.test_request_context(), sqlite.writing():
        event = an_event("Назва; з, \\ усім")
        member = a_member(event)
        title = " ".join(words.split())[:120]
        board.place(a_topic(event, member, title, text=words), **cell(event), by=member)
        body = calendar(event, placements_where(Placement.topic.has(event_id=event.id)))
        db.session.rollback()

    book = Calendar.from_ical(body)
    (entry,) = book.walk("VEVENT")
    other = vobject.readOne(body.decode())
    assert str(entry["summary"]) == other.vevent.summary.value == title
    assert str(entry["description"]) == other.vevent.description.value == words
    # Escaped as TEXT (RFC 5545, 3.3.11); icalendar leaves that of these two properties to whoever reads.
    assert {str(book[name]) for name in ("name", "x-wr-calname")} == {"Назва\\; з\\, \\\\ усім"}
    assert max(map(len, body.split(b"\r\n"))) <= 75


def change_title(hall: Hall) -> None:
    hall.ask("convener").put(hall.url("topics/1"), data={"title": "Інша назва", "language": "uk"})


def change_text(hall: Hall) -> None:
    title = "Ґендерно-чутливі питання"
    hall.ask("convener").put(hall.url("topics/1"), data={"title": title, "text": "Про що", "language": "uk"})


def move(hall: Hall) -> None:
    hall.ask("convener").put(hall.url("topics/1/placement"), data={"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)})


def change_time(hall: Hall) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        sheets = [events.as_sheet(event, slot) for slot in db.session.scalars(slots_on(event, DAY))]
        later = [s._replace(block=s.block._replace(end=s.block.end + 5)) if s.block.start == 840 else s for s in sheets]
        events.set_slots(event, DAY, later)
        db.session.commit()


def rename_place(hall: Hall) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        sheets = [events.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces]
        events.set_spaces(event, [sheets[0]._replace(name="Мала зала"), *sheets[1:]])
        db.session.commit()


def take_off(hall: Hall) -> None:
    hall.ask("convener").delete(hall.url(f"topics/1/placement?cell={hall.cell(2, 0)}"))


def withdraw(hall: Hall) -> None:
    hall.ask("convener").put(hall.url("topics/1/withdrawal"))


@pytest.mark.parametrize("change", [change_title, change_text, move, change_time, rename_place, take_off, withdraw])
def test_stamps_and_sequence_move_with_every_change_and_the_uid_stays(hall, change):
    before = one(hall)

    clock.held = OTHER
    change(hall)
    after = one(hall)

    assert str(after["uid"]) == str(before["uid"])
    assert int(after["sequence"]) > int(before["sequence"])
    assert stamps(after)[1:] == (OTHER, OTHER)
    assert stamps(before)[1:] == (MOMENT, MOMENT)


def test_a_mark_and_the_same_words_again_move_nothing(hall):
    change_text(hall)
    before = stamps(one(hall))

    clock.held = OTHER
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    change_text(hall)

    assert stamps(one(hall)) == before


@pytest.mark.parametrize("change", [take_off, withdraw])
def test_what_was_taken_off_is_cancelled_with_its_time(hall, change):
    before = one(hall)

    change(hall)
    for entry in (one(hall), entries(ics(hall))["Ґендерно-чутливі питання"]):
        assert str(entry["status"]) == "CANCELLED"
        assert entry.decoded("dtstart") == before.decoded("dtstart")
        assert str(entry["location"]) == "1 Велика зала"
    assert str(before["status"]) == "CONFIRMED"


def test_withdrawn_topic_has_no_calendar_for_others(hall):
    withdraw(hall)

    assert [
        hall.ask(who).get(hall.url("topics/1/calendar.ics")).status_code for who in ("participant", "convener")
    ] == [
        404,
        200,
    ]


def test_uid_survives_taking_down_and_hanging_again(hall):
    uid = str(one(hall)["uid"])
    convener = hall.ask("convener")

    withdraw(hall)
    convener.delete(hall.url("topics/1/withdrawal"))
    assert (str(one(hall)["uid"]), str(one(hall)["status"])) == (uid, "CONFIRMED")

    take_off(hall)
    assert convener.put(hall.url("topics/1/placement"), data={"cell": hall.cell(3, 2)}).status_code == 303
    assert (str(one(hall)["uid"]), str(one(hall)["status"])) == (uid, "CONFIRMED")


def test_uid_is_never_given_to_another(hall):
    uid = str(one(hall)["uid"])
    take_off(hall)

    data = {"title": "Нова тема", "language": "uk", "cell": hall.cell(2, 0)}
    hall.ask("participant").post(hall.url("topics"), data=data)

    found = entries(ics(hall))
    assert str(found["Нова тема"]["uid"]) != uid
    assert str(found["Ґендерно-чутливі питання"]["uid"]) == uid


def test_repeats_keep_their_own_uids_when_all_are_taken_down_and_brought_back(hall):
    convener = hall.ask("convener")
    convener.put(hall.url("topics/1/placement?repeat=1"), data={"cell": hall.cell(3, 1), "anyway": "y"})

    def uids() -> dict[datetime, str]:
        found = Calendar.from_ical(ics(hall, "topics/1/calendar.ics", "convener")).walk("VEVENT")
        return {entry.decoded("dtstart"): str(entry["uid"]) for entry in found}

    before = uids()
    withdraw(hall)
    convener.delete(hall.url("topics/1/withdrawal"))

    assert len(set(before.values())) == 2
    assert uids() == before


def test_uids_differ_between_installations(hall, tmp_path):
    a_card(hall, "convener")
    limiter.enabled = True
    other = create_app({"DATA": tmp_path, "TESTING": True, "WTF_CSRF_ENABLED": False})
    limiter.enabled = False
    with other.app_context():
        database.upgrade()
    twin = Hall(other)
    a_card(twin, "convener")

    def uids(each: Hall) -> set[str]:
        text = each.ask("convener").get(each.url(f"contacts/{each.ids['convener']}.vcf")).get_data(as_text=True)
        return {by_vobject(text)[0].uid.value, str(one(each)["uid"])}

    assert hall.slug == twin.slug
    assert uids(hall) & uids(twin) == set()
    assert len(uids(hall)) == 2
