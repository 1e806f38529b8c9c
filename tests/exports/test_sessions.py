"""The list of sessions as files: what is chosen, and that each file tells the board of one moment."""

import csv
import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from threading import Thread

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event as listening, update

from openspace.access.models import Member
from openspace.board import actions as board, merging
from openspace.board.models import Placement, Topic, topic_numbered
from openspace.events.models import Event, Slot, Space
from openspace.exports.readers import at_one_revision
from openspace.extensions import db
from openspace.store import transactions
from tests.convergence import rounds
from tests.exports.conftest import FOREST, GENDER, WATER, changing
from tests.factories import DAY, a_topic, cell
from tests.statements import listened

pytestmark = pytest.mark.usefixtures("empty_book")

KINDS = ("csv", "xlsx", "json")
TITLES = {"csv": "Topic", "xlsx": "Topic", "json": "title"}
HOSTILE = [
    '=HYPERLINK("http://evil.example";"click")',
    "+49 30 1234 – дзвоніть",
    "-2+3",
    "@SUM(A1:A9)",
    "рядок\nдругий; \"третій\", 'кінець'",
    "👩‍👩‍👧‍👦 родина 🇺🇦",
    "מים בכפר، المياه",
    "\u202eпереверни",
    "<script>alert(1)</script> &amp; {{ 7*7 }}",
    "Я" * 120,
]


def fetch(hall, kind: str, **query) -> tuple[list[str], list[dict]]:
    """The columns and the rows of a file, whatever its format; empty cells are left out."""
    answer = hall.ask("organiser").get(hall.url(f"exports/sessions.{kind}"), query_string={**query, "lang": "en"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    if kind == "json":
        rows = answer.json["sessions"]
        return sorted({name for row in rows for name in row}), rows
    if kind == "xlsx":
        sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
        head, *lines = sheet.iter_rows(values_only=True)
    else:
        head, *lines = csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    return list(head), [{k: v for k, v in zip(head, line, strict=True) if v not in (None, "")} for line in lines]


def titles(hall, kind: str, **query) -> list[str]:
    return [row[TITLES[kind]] for row in fetch(hall, kind, **query)[1]]


def test_csv_lists_placements_and_the_market(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    answer = hall.ask("organiser").get(hall.url("exports/sessions.csv"), headers={"Accept-Language": "en"})
    text = answer.get_data(as_text=True)
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    assert [(r["Topic"], r["Day"], r["From"], r["Place"], r["Going (count)"]) for r in rows] == [
        (GENDER, "2026-06-04", "14:00", "1", "1"),
        (WATER, "", "", "", "0"),
    ]


def test_json_has_times_with_their_offset(hall):
    placed, loose = hall.ask("organiser").get(hall.url("exports/sessions.json")).json["sessions"]

    assert placed["title"] == GENDER
    assert (placed["starts_at"], placed["space_name"]) == ("2026-06-04T14:00:00+03:00", "Велика зала")
    assert placed["conveners"] == [{"name": "Оксана Дячук", "community": "Вербівська громада"}]
    assert placed["url"].endswith(hall.url("topics/1"))
    assert loose["title"] == WATER
    assert "starts_at" not in loose


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [GENDER, FOREST, WATER]),
        ({"day": "2026-06-04"}, [GENDER, WATER]),
        ({"day": ["2026-06-04", "2026-06-05"], "include": ""}, [GENDER, FOREST]),
        ({"day": "2026-06-03", "include": ""}, []),
        ({"space": "2", "include": ["", "text"]}, [FOREST]),
        ({"space": ["1", "2"], "day": "2026-06-05", "include": "market"}, [FOREST, WATER]),
    ],
)
def test_every_format_takes_the_same_choice(two_days, kind, query, found):
    assert titles(two_days, kind, **query) == found


COLUMNS = {
    "conveners": ({"Convener", "Community or town"}, {"conveners"}),
    "interest": ({"Going (count)", "Looking in (count)"}, {"going", "looking"}),
    "language": ({"Language of the talk"}, {"language"}),
    "text": ({"What is it about?"}, {"text"}),
    "address": ({"Address"}, {"url"}),
}
ALWAYS = (
    {"Day", "From", "Until", "Place", "Name of the place", "Topic", "Number"},
    {"day", "starts_at", "ends_at", "space", "space_name", "title", "number"},
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [*COLUMNS, ""])
def test_only_the_columns_that_were_chosen_are_there(hall, kind, part):
    columns, rows = fetch(hall, kind, include=["", part])

    expected = (ALWAYS if not part else tuple(a | b for a, b in zip(ALWAYS, COLUMNS[part], strict=True)))[
        kind == "json"
    ]
    assert set(columns) == expected
    assert len(rows) == 1
    assert ("Дячук" in str(rows)) == (part == "conveners")


def test_a_workbook_has_a_sheet_for_each_chosen_day_and_says_what_it_is_a_list_of(two_days):
    answer = two_days.ask("organiser").get(two_days.url("exports/sessions.xlsx?day=2026-06-05&space=2&lang=en"))
    book = load_workbook(BytesIO(answer.data))
    revision = int(re.search(r"-r(\d+)\.xlsx", answer.headers["Content-Disposition"])[1])

    assert book.sheetnames == ["All sessions", "June 5", "About this list"]
    about = {name.value: value.value for name, value in book["About this list"].iter_rows()}
    assert (about["Event"], about["Days"], about["Places"]) == ("Інновації громад", "June 5", "2")
    assert str(about["As of"]) == "2026-06-04 11:54:00"
    assert about["Revision of the board"] == revision > 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_name_tells_moment_and_revision(hall, kind):
    def named() -> tuple[str, int]:
        answer = hall.ask("organiser").get(hall.url(f"exports/sessions.{kind}"))
        name = r'attachment; filename="innovatsii-hromad-sessions-([\d-]+)-r(\d+)\.' + kind + '"'
        moment, revision = re.fullmatch(name, answer.headers["Content-Disposition"]).groups()
        return moment, int(revision)

    moment, before = named()
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})

    assert moment == "2026-06-04-1154"
    assert named()[1] == before + 1


@pytest.mark.parametrize("kind", KINDS)
def test_all_conveners_of_a_joint_topic_are_named_with_their_communities(hall, kind):
    with changing(hall) as (event, _):
        organiser = db.session.get_one(Member, hall.ids["organiser"])
        organiser.community = "Місто"
        merging.merge(topic_numbered(event.id, 1), a_topic(event, organiser, "Криниці"), by=organiser)

    (row,) = fetch(hall, kind, include=["", "conveners"])[1]

    if kind == "json":
        assert [tuple(each.values()) for each in row["conveners"]] == [
            ("Вербівська громада", "Оксана Дячук"),
            ("Місто", "Команда"),
        ]
    else:
        assert (row["Convener"], row["Community or town"]) == ("Оксана Дячук, Команда", "Вербівська громада, Місто")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_one_text_in_one_cell(hall, kind, title):
    with changing(hall) as (event, _):
        topic = topic_numbered(event.id, 1)
        topic.title, topic.text = title, title * 3

    first, second = fetch(hall, kind)[1]

    found = first[TITLES[kind]]
    assert (found.removeprefix("'") if kind == "csv" else found) == title
    assert not (kind == "csv" and found.startswith(("=", "+", "-", "@")))
    assert second[TITLES[kind]] == WATER


def test_nothing_in_a_workbook_is_a_formula(hall):
    with changing(hall) as (event, by):
        for title in HOSTILE:
            a_topic(event, by, title, text=title)

    answer = hall.ask("organiser").get(hall.url("exports/sessions.xlsx"))

    cells = [cell for sheet in load_workbook(BytesIO(answer.data)) for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 150
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_without_topics_has_a_list_without_rows(hall, kind):
    with changing(hall) as (event, _):
        db.session.query(Topic).filter_by(event_id=event.id).delete()
        db.session.query(Placement).delete()

    columns, rows = fetch(hall, kind)

    assert rows == []
    assert (len(columns) > 10) == (kind != "json")


@pytest.mark.parametrize("kind", KINDS)
def test_a_night_and_a_place_of_one_letter_are_listed_under_the_evening(hall, kind):
    with changing(hall) as (event, by):
        night = Slot(event_id=event.id, day=DAY)
        night.starts_at = datetime(2026, 6, 4, 20, 30, tzinfo=UTC)
        night.ends_at = night.starts_at + timedelta(hours=2)
        db.session.add(night)
        space = Space(event_id=event.id, number=9, name="Я", chairs=1)
        db.session.add(space)
        db.session.flush()
        db.session.expire(event)
        board.place(topic_numbered(event.id, 2), slot=night, space=space, by=by)

    (row,) = fetch(hall, kind, space="9", include="")[1]

    if kind == "json":
        assert (row["day"], row["starts_at"]) == ("2026-06-04", "2026-06-04T23:30:00+03:00")
        assert (row["ends_at"], row["space_name"]) == ("2026-06-05T01:30:00+03:00", "Я")
    elif kind == "csv":
        expected = ["2026-06-04", "23:30", "2026-06-05 01:30", "9", "Я"]
        assert [row[name] for name in ("Day", "From", "Until", "Place", "Name of the place")] == expected
    else:
        found = [str(row[name]) for name in ("Day", "From", "Until")]
        assert found == ["2026-06-04 00:00:00", "2026-06-04 23:30:00", "2026-06-05 01:30:00"]


def statements_for_list(hall, kind: str) -> int:
    hall.ask("organiser").get(hall.url(f"exports/sessions.{kind}"))
    with listened(hall.app) as said:
        hall.ask("organiser").get(hall.url(f"exports/sessions.{kind}"))
    return len(said)


@pytest.mark.parametrize("kind", KINDS)
def test_three_hundred_topics_are_read_with_as_many_queries_as_two(hall, kind):
    few = statements_for_list(hall, kind)
    with changing(hall) as (event, by):
        others = [
            Topic(event_id=event.id, number=n, title=f"Тема {n}", language="uk", convener=by) for n in range(3, 301)
        ]
        db.session.add_all(others)

    assert statements_for_list(hall, kind) == few
    assert len(titles(hall, kind)) == 300


@contextmanager
def meanwhile(hall, change: Callable[[], None], before: str):
    """Let somebody else change the board right before the first statement that reads `before`."""
    waiting = [Thread(target=change)]

    def interrupt(connection, cursor, statement, parameters, context, executemany) -> None:
        if before in statement and waiting:
            other = waiting.pop()
            other.start()
            other.join(10)

    with hall.app.app_context():
        engine = db.engine
    listening.listen(engine, "before_cursor_execute", interrupt)
    try:
        yield
    finally:
        listening.remove(engine, "before_cursor_execute", interrupt)
    assert not waiting


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", ["ORDER BY slot.starts_at, space.number", "FROM interest"])
def test_a_list_that_is_read_while_the_board_changes_is_of_one_revision(hall, kind, before):
    def move_and_rename() -> None:
        with changing(hall) as (event, by):
            board.place(topic_numbered(event.id, 2), **cell(event, slot=3), by=by)
            db.session.execute(update(Topic).where(Topic.event_id == event.id).values(title="Зовсім інше"))

    def get(client: FlaskClient):
        return client.get(hall.url(f"exports/sessions.{kind}"), query_string={"lang": "en"})

    organiser = hall.ask("organiser")
    at_first = get(organiser)
    with meanwhile(hall, move_and_rename, before):
        during = get(organiser)

    assert during.headers["Content-Disposition"] == at_first.headers["Content-Disposition"]
    if kind == "xlsx":
        sheets = [load_workbook(BytesIO(answer.data)) for answer in (at_first, during)]
        values = [[list(sheet.values) for sheet in book] for book in sheets]
        assert values[0] == values[1]
    else:
        assert during.data == at_first.data
    assert titles(hall, kind) == ["Зовсім інше"] * 2
    assert get(organiser).headers["Content-Disposition"] != at_first.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", ["day=2020-01-01", "day=nonsense", "space=99", "space=x", "include=nonsense"])
def test_a_choice_that_is_not_there_is_refused_with_a_sentence(hall, kind, wrong):
    client, address = hall.ask("organiser"), hall.url(f"exports/sessions.{kind}?{wrong}&lang=en")

    refused = client.get(address, headers={"Accept": "application/json"})

    assert refused.status_code == 422
    assert refused.json["fields"] == {
        wrong.partition("=")[0]: ["Part of this choice is not there (any more). Choose anew from what is."]
    }
    page = client.get(address)
    assert page.status_code == 422
    assert ("field__err" in page.get_data(as_text=True), "data-refusal" in page.get_data(as_text=True)) == (True, True)
    assert "no-store" in page.headers["Cache-Control"]


def test_a_list_undoes_nothing_of_a_transaction_that_writes(hall):
    with hall.app.test_request_context(), transactions.writing():
        db.session.get_one(Event, hall.id).name = "Інша"
        with pytest.raises(RuntimeError):
            at_one_revision(lambda: None)

    with hall.app.app_context():
        assert db.session.get_one(Event, hall.id).name == "Інша"


@pytest.mark.parametrize("kind", KINDS)
def test_dots_are_a_column_once_they_are_counted(hall, kind):
    column = "dots" if kind == "json" else "Dots (count)"
    rounds.opened(hall)
    hall.ask("participant").put(hall.url("dots/choice"), data={"round": 1, "topic-1": 3})
    assert column not in fetch(hall, kind)[0]
    rounds.later(400)
    rounds.close(hall)

    assert [int(row[column]) for row in fetch(hall, kind)[1]] == [3, 0]
    assert column not in fetch(hall, kind, include=["", "text"])[0]
