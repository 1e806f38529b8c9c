"""Lists as spreadsheets read them: in each language, with each separator, and as workbooks."""

import csv
import re
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from openspace.board.models import Topic
from openspace.exports.session_tables import COLUMNS
from openspace.extensions import db
from openspace.store import sqlite
from openspace.web.spreadsheets import LONGEST, RISKY, Clock, Table, as_csv, as_xlsx
from tests.factories import Hall
from tests.people.book import FULL, a_card, exchange

pytestmark = pytest.mark.usefixtures("empty_book")

USUAL = {"uk": ";", "de": ";", "ru": ";", "en": ","}
CHOSEN = {"semicolon": ";", "comma": ",", "tab": "\t"}
NASTY = ["План;=1+1;далі", "План,=1+1,далі", 'Він сказав "=1+1"', "рядок\n=1+1", "\t=1+1"]
ORGANISERS = ("exports/sessions", "exports/contacts", "exports/consents")
LISTS = {**dict.fromkeys(ORGANISERS, "organiser"), "contacts/exchanged": "participant"}


@pytest.fixture
def full_hall(hall: Hall) -> Hall:
    """A hall in which every list has a line."""
    a_card(hall, "convener", card=True, details=True, **FULL)
    exchange(hall, "participant", "convener", note="План;=1+1;далі")
    return hall


def get(hall: Hall, rest: str, language: str, **query: str):
    who = LISTS[rest.partition(".")[0]]
    return hall.ask(who).get(hall.url(rest), headers={"Accept-Language": language}, query_string=query)


def as_excel_splits(text: str, separator: str) -> list[list[str]]:
    """The cells of a file as Excel finds them where `separator` is the list separator of the country."""
    assert text.startswith("\ufeff"), "without the mark Excel does not read UTF-8"
    return list(csv.reader(StringIO(text[1:]), delimiter=separator))


def is_formula(cell: str) -> bool:
    return cell.startswith(RISKY) and not re.fullmatch(r"\+[0-9 ]+", cell)


def quoted(text: str, separator: str) -> bool:
    field = r'"(?:[^"]|"")*"'
    return bool(re.fullmatch(rf"(?:{field}(?:{separator}{field})*\r\n)+", text[1:]))


@pytest.mark.parametrize("language", USUAL)
@pytest.mark.parametrize("rest", LISTS)
def test_csv_opens_in_columns_where_the_language_is_spoken(full_hall, rest, language):
    text = get(full_hall, f"{rest}.csv", language).get_data(as_text=True)

    cells = as_excel_splits(text, USUAL[language])

    assert len(cells) > 1
    assert len(cells[0]) > 5
    assert {len(line) for line in cells} == {len(cells[0])}
    assert csv.Sniffer().sniff(text[1:].partition("\r\n")[0]).delimiter == USUAL[language]
    assert quoted(text, USUAL[language])


@pytest.mark.parametrize("choice", CHOSEN)
def test_csv_has_the_separator_that_was_chosen(full_hall, choice):
    text = get(full_hall, "contacts/exchanged.csv", "uk", separator=choice).get_data(as_text=True)

    head, line = as_excel_splits(text, CHOSEN[choice])

    assert quoted(text, CHOSEN[choice])
    assert line[head.index("Телефон")] == "+380 44 123 4567"


@pytest.mark.parametrize("choice", ["", "semicolon", "comma", "tab", "nonsense"])
@pytest.mark.parametrize("language", USUAL)
@pytest.mark.parametrize("title", NASTY)
def test_csv_keeps_a_title_in_one_cell_and_runs_none(hall, title, language, choice):
    with hall.app.app_context(), sqlite.writing():
        topic = db.session.query(Topic).filter_by(event_id=hall.id, number=1).one()
        topic.title, topic.text = title, title
        db.session.commit()

    text = get(hall, "exports/sessions.csv", language, separator=choice).get_data(as_text=True)
    head, first, _ = as_excel_splits(text, CHOSEN.get(choice, USUAL[language]))

    assert len(first) == len(head)
    names = [column.name for column in COLUMNS]
    assert [first[names.index(name)].removeprefix("'") for name in ("title", "text")] == [title, title]
    assert [cell for cell in first if is_formula(cell)] == []


@pytest.mark.parametrize("risky", ["=1+1", "+1+1", "-5", "@cmd", "\tx", "\n=1", "＝1+1", "+380-44*2", "+"])
def test_csv_disarms_formulas(risky):
    text = as_csv(Table("list", ["a"], [[risky]]), ",")

    assert as_excel_splits(text, ",")[1] == [f"'{risky}"]


@pytest.mark.parametrize(
    ("phone", "written"),
    [
        ("+380 44 123 4567", "+380 44 123 4567"),
        ("+1 415-555-2671", "+1 415 555 2671"),
        ("+49 (30) 12 34 56", "+49 30 12 34 56"),
        ("+380441234567", "+380441234567"),
    ],
)
def test_csv_writes_phone_numbers_without_an_apostrophe_and_without_a_subtraction(phone, written):
    assert as_excel_splits(as_csv(Table("list", ["a"], [[phone]]), ";"), ";")[1] == [written]


def test_csv_tells_a_time_after_midnight_with_its_date():
    evening, night = datetime(2026, 6, 4, 23, 30, tzinfo=UTC), datetime(2026, 6, 5, 0, 30, tzinfo=UTC)
    line = [date(2026, 6, 4), *(Clock(at, date(2026, 6, 4)) for at in (evening, night))]

    assert as_excel_splits(as_csv(Table("list", ["a", "b", "c"], [line]), ","), ",")[1] == [
        "2026-06-04",
        "23:30",
        "2026-06-05 00:30",
    ]


@pytest.mark.parametrize("rest", LISTS)
def test_workbook_has_a_frozen_head_filters_and_columns_of_use(full_hall, rest):
    sheet = load_workbook(BytesIO(get(full_hall, f"{rest}.xlsx", "uk").data)).active

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert all(cell.font.bold for cell in sheet[1])
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert (sheet.print_title_rows, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("$1:$1", True)
    assert sheet.max_row > 1
    assert all(8 <= sheet.column_dimensions[cell.column_letter].width < 50 for cell in sheet[1])


def test_sessions_workbook_has_real_dates_times_and_numbers(hall):
    sheet = load_workbook(BytesIO(get(hall, "exports/sessions.xlsx", "en").data)).active
    head = [cell.value for cell in sheet[1]]
    placed, loose = ({name: sheet.cell(row, n) for n, name in enumerate(head, 1)} for row in (2, 3))

    assert (str(placed["Day"].value), placed["Day"].is_date) == ("2026-06-04 00:00:00", True)
    assert [str(placed[name].value) for name in ("From", "Until")] == ["2026-06-04 14:00:00", "2026-06-04 15:00:00"]
    assert placed["From"].number_format == "h:mm"
    assert [placed[name].value for name in ("Number", "Place", "Going (count)")] == [1, 1, 0]
    assert [loose[name].value for name in ("Topic", "Day", "From")] == ["Вода в селі", None, None]


def test_sessions_workbook_has_all_on_one_sheet_each_day_on_another_and_links_to_the_pages(hall):
    move = {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)}
    assert hall.ask("convener").put(hall.url("topics/1/placement"), data=move).status_code == 303

    book = load_workbook(BytesIO(get(hall, "exports/sessions.xlsx", "uk").data))

    assert book.sheetnames == ["Усі сесії", "4 червня", "Про цей список"]
    whole, day, _ = book.worksheets
    title = [column.name for column in COLUMNS].index("title")
    assert [row[title].value for row in whole.iter_rows(min_row=2)] == ["Ґендерно-чутливі питання", "Вода в селі"]
    assert [row[title].value for row in day.iter_rows(min_row=2)] == ["Ґендерно-чутливі питання"]
    for sheet in (whole, day):
        assert sheet.freeze_panes == "A2"
        assert sheet.cell(2, sheet.max_column).hyperlink.target.endswith(hall.url("topics/1"))


def test_exchanged_workbook_has_the_phone_as_text_and_the_time_of_the_hall(full_hall):
    sheet = load_workbook(BytesIO(get(full_hall, "contacts/exchanged.xlsx", "en").data)).active
    line = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}

    assert (line["Phone"].value, line["Phone"].data_type) == ("+380 44 123 4567", "s")
    assert (line["My note"].value, line["My note"].data_type) == ("План;=1+1;далі", "s")
    assert str(line["When we exchanged contacts"].value) == "2026-06-04 11:54:00"


def test_as_xlsx_keeps_any_text_and_runs_none():
    odd = ["0123", "http://example.org", "{=1}", "<b>&amp;", "👩‍👩‍👧‍👦", "рядок\nрядок", "=1+1", "+380 44", "-5", "@x"]

    sheet = load_workbook(BytesIO(as_xlsx(Table("list", ["head"] * len(odd), [odd])))).active

    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [(text, "s") for text in odd]
    assert [cell.hyperlink for cell in sheet[2]] == [None] * len(odd)


@pytest.mark.parametrize(
    ("who", "page", "first"),
    [("organiser", "exports/", "contacts"), ("participant", "contacts/exchanged", "exchanged")],
)
def test_pages_lead_with_the_workbook(full_hall, who, page, first):
    html = full_hall.ask(who).get(full_hall.url(page), headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert 0 < html.index(f"{first}.xlsx") < html.index(f"{first}.csv")
    assert 'name="separator"' in html


def test_a_text_that_no_cell_holds_ends_in_an_ellipsis():
    rows = [["ж" * 40_000], ["ж" * LONGEST]]

    sheet = load_workbook(BytesIO(as_xlsx(Table("long", ["Notes"], rows)))).active

    assert [sheet["A2"].value, sheet["A3"].value] == ["ж" * (LONGEST - 1) + "…", "ж" * LONGEST]
