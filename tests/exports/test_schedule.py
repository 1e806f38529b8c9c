"""The programme for conference apps: valid by the published schemas on odd events too, and cheap for those who poll."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path

import jsonschema
import pytest
from lxml import etree
from sqlalchemy import event as sql

from openspace import clock
from openspace.access.models import Member, Role
from openspace.board import actions as board, merging
from openspace.board.models import Topic, placements_where, topic_numbered
from openspace.events.models import Event
from openspace.events.rules import Block
from openspace.exports import schedule as schedules
from openspace.extensions import db
from openspace.organising import actions as events, event_actions
from openspace.store import sqlite
from tests.conftest import MOMENT
from tests.factories import DAY, Hall, a_member, a_topic, an_event, cell, open_slots

SCHEMAS = Path(__file__).parents[3] / "shared" / "standards"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the published schemas are not beside the project")
XML = "application/vnd.c3voc.schedule+xml"
TITLE = "Ґендерно-чутливі питання"
BASE = "https://openspace.example.org"


def ask(hall: Hall, kind: str = "xml", who: str = "participant", query: str = "", **more):
    return hall.ask(who).get(hall.url(f"exports/schedule.{kind}{query}"), **more)


def entries(hall: Hall, **more) -> dict[str, etree._Element]:
    answer = ask(hall, **more)
    assert answer.status_code == 200
    return {entry.findtext("title"): entry for entry in etree.fromstring(answer.data).iter("event")}


def persons(entry) -> list[str]:
    return [person.text for person in entry.iter("person")]


def change(hall: Hall, act) -> None:
    """Let `act` change the event in a request of its own."""
    with hall.app.test_request_context(), sqlite.writing():
        act(db.session.get_one(Event, hall.id))
        db.session.commit()


def test_it_has_what_hangs_with_its_time_its_place_and_a_link_back(hall):
    found = entries(hall)

    entry = found[TITLE]
    assert entry.findtext("date") == "2026-06-04T14:00:00+03:00"
    assert (entry.findtext("start"), entry.findtext("duration")) == ("14:00", "01:00")
    assert entry.findtext("room") == "1 Велика зала"
    assert entry.findtext("url").endswith(hall.url("topics/1"))
    assert entry.findtext("language") == "uk"
    assert found["Lunch"].findtext("track") == "Перерва"
    assert "Вода в селі" not in found


def test_it_is_told_as_what_it_is(hall):
    assert ask(hall).mimetype == XML
    document = ask(hall, "json").json
    assert document["schedule"]["version"] == etree.fromstring(ask(hall).data).findtext("version")


def test_names_go_to_members_and_under_the_key_but_not_to_the_public(hall):
    hall.open_to_the_public()
    key = f"?key={feed_key(hall)}"

    assert persons(entries(hall)[TITLE]) == ["Оксана Дячук"]
    assert persons(entries(hall, who="stranger", query=key)[TITLE]) == ["Оксана Дячук"]
    assert persons(entries(hall, who="stranger")[TITLE]) == []
    for who, query in (("stranger", ""), ("stranger", key), ("participant", "")):
        public = (who, query) == ("stranger", "")
        assert (
            ask(hall, who=who, query=query).headers["Cache-Control"] == f"{'public' if public else 'private'}, no-cache"
        )


def feed_key(hall: Hall) -> str:
    with hall.app.app_context():
        return db.session.get_one(Event, hall.id).feed_key


def test_a_key_that_was_replaced_leads_nowhere(hall):
    before = feed_key(hall)
    assert ask(hall, who="stranger", query=f"?key={before}").status_code == 200

    hall.ask("organiser").put(hall.url("settings/feed-key"))

    for query in (f"?key={before}", "?key=guessed"):
        assert ask(hall, who="stranger", query=query).status_code == 404
        assert ask(hall, who="participant", query=query).status_code == 404
    assert ask(hall, who="stranger", query=f"?key={feed_key(hall)}").status_code == 200
    assert ask(hall, who="stranger").status_code == 403


def test_conveners_of_a_joint_topic_are_all_in_it(hall):
    def join(event: Event) -> None:
        organiser = db.session.get_one(Member, hall.ids["organiser"])
        other = a_topic(event, organiser, "Криниці")
        merging.merge(topic_numbered(event.id, 1), other, by=db.session.get_one(Member, hall.ids["facilitator"]))

    change(hall, join)

    (entry,) = [each for each in entries(hall).values() if each.findtext("url").endswith("topics/1")]
    assert persons(entry) == ["Оксана Дячук", "Команда"]


def test_guid_and_number_stay_when_it_moves_comes_back_or_is_renamed(hall):
    def identity() -> tuple[str, str]:
        (entry,) = [each for each in entries(hall).values() if "/topics/" in each.findtext("url")]
        return entry.get("guid"), entry.get("id")

    def act(what):
        def done(event: Event) -> None:
            topic = topic_numbered(event.id, 1)
            what(event, topic, topic.convener)

        change(hall, done)

    first = identity()
    act(lambda event, topic, by: board.move(topic.placements[0], **cell(event, 3, 1), by=by))
    assert identity() == first
    act(lambda event, topic, by: board.unplace(topic.placements[0], by=by))
    assert not [each for each in entries(hall).values() if "/topics/" in each.findtext("url")]
    act(lambda event, topic, by: board.place(topic, **cell(event, 3, 2), by=by))
    assert identity() == first
    act(lambda event, topic, by: board.edit(topic, title="Інша назва", text="", language="uk", by=by))
    assert identity() == first


def test_a_move_is_in_the_file_at_once(hall):
    before = ask(hall)
    change(hall, lambda event: board.place(topic_numbered(event.id, 2), **cell(event, 3, 1), by=convener(event)))

    after = ask(hall, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert "Вода в селі" in entries(hall)
    assert version(after) != version(before)


def convener(event: Event) -> Member:
    return topic_numbered(event.id, 2).convener


def version(answer) -> str:
    return etree.fromstring(answer.data).findtext("version")


def test_a_tap_changes_neither_its_version_nor_its_etag(hall):
    before = ask(hall)
    assert hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"}).status_code < 400

    assert ask(hall, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304


def test_who_has_it_is_told_so_by_either_header(hall, monkeypatch):
    monkeypatch.setattr(clock, "held", MOMENT + timedelta(minutes=2))
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    first = ask(hall)
    assert parsedate_to_datetime(first.headers["Last-Modified"]) == MOMENT

    for header in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        answer = ask(hall, headers=header)
        assert (answer.status_code, answer.data) == (304, b"")


def test_within_the_minute_of_a_change_it_names_no_time_which_another_change_might_share(hall):
    assert "Last-Modified" not in ask(hall).headers


def test_it_is_compressed_for_who_takes_that(hall):
    assert ask(hall, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


@contextmanager
def selects(hall) -> Iterator[list[str]]:
    """Yields the reading statements that run meanwhile."""
    asked: list[str] = []
    with hall.app.app_context():
        engine = db.engine

    def note(*facts) -> None:
        if facts[2].startswith("SELECT"):
            asked.append(facts[2])

    sql.listen(engine, "before_cursor_execute", note)
    yield asked
    sql.remove(engine, "before_cursor_execute", note)


def test_asking_again_costs_one_statement(hall):
    etag = ask(hall).headers["ETag"]

    with selects(hall) as asked:
        assert ask(hall, headers={"If-None-Match": etag}).status_code == 304

    assert len(asked) == 1


def test_an_app_that_never_learns_gets_the_newest_file_and_costs_one_statement(hall, monkeypatch):
    old = ask(hall).headers["ETag"]
    hall.ask("facilitator").put(hall.url("topics/1"), data={"title": "Новіша назва", "language": "uk"})
    newest = ask(hall)
    assert newest.headers["ETag"] != old

    for day in range(3):
        monkeypatch.setattr(clock, "held", MOMENT + timedelta(days=day))
        # The first of a day reads the programme anew.
        assert ask(hall, headers={"If-None-Match": old}).data == newest.data
        with selects(hall) as asked:
            answer = ask(hall, headers={"If-None-Match": old})
        assert (answer.status_code, answer.data, len(asked)) == (200, newest.data, 1)


ODD = ("nothing", "no topics", "midnight", "whole day", "clocks", "hostile", "short rooms", "same title")
NAMES = ("Дощ", "X", "Обмін-2026", "Conf")


@pytest.mark.parametrize(("odd", "event_name"), [*product(ODD, NAMES), ("300 topics", "Дощ")])
@needs_schemas
def test_both_forms_are_valid_for_odd_events(app, inside, odd, event_name):
    event = an_odd_event(event_name, odd)
    schedule = schedules.schedule_of(event, with_persons=True)

    xml = etree.fromstring(schedules.as_xml(schedule, f"{BASE}/x/exports/schedule.xml", "1.0"))
    document = json.loads(json.dumps(schedules.as_json(schedule, "1.0")))

    schema = etree.XMLSchema(etree.parse(SCHEMAS / "schedule.xml.xsd"))
    assert schema.validate(xml), schema.error_log
    rules = json.loads((SCHEMAS / "schedule.json-schema.json").read_text())
    jsonschema.Draft6Validator(rules, format_checker=jsonschema.FormatChecker()).validate(document)
    days = document["schedule"]["conference"]["days"]
    held = [entry for day in days for found in day["rooms"].values() for entry in found]
    assert [each.get("guid") for each in xml.iter("event")] == [each["guid"] for each in held]
    assert len(held) == len(placements_where(Topic.event_id == event.id)) + len([s for s in event.slots if s.title])
    for entry in held:
        lasts = datetime.fromisoformat(entry["end"]) - datetime.fromisoformat(entry["date"])
        hours, minutes = map(int, entry["duration"].split(":"))
        assert timedelta(hours=hours, minutes=minutes) == lasts


def an_odd_event(name: str, odd: str) -> Event:
    """An event with one odd thing. `clocks` is a night in which clocks are put back."""
    if odd in {"nothing", "clocks"}:
        days = {"starts_on": date(2026, 10, 24), "ends_on": date(2026, 10, 25)}
        event = event_actions.create(name=name, zone="Europe/Kyiv", languages=["uk"], **days)
        events.set_spaces(event, [events.SpaceSheet(None, "A", 1)])
        if odd == "nothing":
            return event
        events.set_slots(event, event.starts_on, [events.SlotSheet(None, Block(1320, 1440 + 360))])
        slot, space = event.slots[0], event.spaces[0]
    else:
        event = an_event(name)
        slot, space = open_slots(event)[2], event.spaces[0]
    by = a_member(event, "Я")
    if odd == "no topics":
        return event
    if odd == "300 topics":
        fill(event)
        return event
    if odd == "midnight":
        events.set_slots(event, DAY, [events.SlotSheet(None, Block(1380, 1500))])
        slot = next(each for each in event.slots if each.day == DAY)
    if odd == "whole day":
        events.set_slots(event, DAY, [events.SlotSheet(None, Block(0, 1440))])
        slot = next(each for each in event.slots if each.day == DAY)
    if odd == "short rooms":
        events.set_spaces(event, [events.SpaceSheet(each.id, "Я"[:1], each.chairs) for each in event.spaces])
    title = {"hostile": '<script>&"]]> \U0001f3d8\ufe0f مرحبا =1+1', "midnight": "Ніч"}.get(odd, "Тема")
    board.place(a_topic(event, by, title, text=f"{title}\n\nдва рядки"), slot=slot, space=space, by=by)
    if odd == "same title":
        other = a_topic(event, a_member(event, "Ти"), title)
        for space in event.spaces[1:2]:
            board.place(other, slot=slot, space=space, by=other.convener)
    return event


def fill(event: Event) -> None:
    """Hang 300 topics: two days of ten slots, in fifteen spaces."""
    events.set_spaces(event, [events.SpaceSheet(None, f"Зала {number}", 20) for number in range(15)])
    for day in event.days[:2]:
        events.set_slots(event, day, [events.SlotSheet(None, Block(540 + 60 * n, 590 + 60 * n)) for n in range(10)])
    by = a_member(event, "Фасилітаторка", Role.FACILITATOR)
    for slot in [each for each in event.slots if each.day in event.days[:2]]:
        for space in event.spaces:
            board.place(a_topic(event, by, f"Тема {slot.id} {space.id}"), slot=slot, space=space, by=by, anyway=True)


@pytest.mark.parametrize("clashes", [1, 5])
def test_two_entries_never_have_one_number(app, inside, monkeypatch, clashes):
    monkeypatch.setattr(schedules, "NUMBERS", 40)
    monkeypatch.setattr(schedules, "_number", lambda name: 40 if clashes == 1 else len(name) % 3 + 38)
    event = an_event()
    for number, slot in enumerate(open_slots(event)):
        for space in event.spaces:
            by = a_member(event, f"Людина {number} {space.number}", Role.FACILITATOR)
            board.place(a_topic(event, by, "Тема"), slot=slot, space=space, by=by)

    schedule = schedules.schedule_of(event, with_persons=False)

    numbers = [entry.number for day in schedule.days for held in day.rooms.values() for entry in held]
    assert len(numbers) == len(set(numbers)) == 14
    assert set(numbers) <= set(range(1, 41))


def test_a_file_made_under_another_name_of_the_server_goes_to_nobody_else(hall):
    hall.open_to_the_public()

    assert b"//elsewhere.example/" in ask(hall, who="stranger", headers={"Host": "elsewhere.example"}).data
    assert b"elsewhere" not in ask(hall, who="stranger").data
