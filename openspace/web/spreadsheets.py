"""Tables to download: as an Excel workbook (XLSX), and as CSV for other programs."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from openspace.web.http import attachment
from openspace.web.i18n import language

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The part of a route that names the file type of a table.
KINDS = "<any(xlsx, csv):kind>"
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}
# How a text begins that a spreadsheet may run as a formula (OWASP, CSV injection).
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PHONE = re.compile(r"\+[0-9][0-9 ()./-]{4,}")
# Characters that a cell of a workbook holds; a longer text ends in an ellipsis there, and is whole in CSV.
LONGEST = 32_767
# Bounds of a column's width, in characters.
NARROWEST, WIDEST = 8, 48


class Clock(NamedTuple):
    """A time of day in the programme of `day`, shown as 14:00; `at` may be after midnight, on the next date."""

    at: datetime
    day: date


class Link(str):
    """An address, which a workbook opens when it is clicked."""


# CSV shows the offset of an aware datetime; a workbook has no time zones and shows the local time.
Cell = str | int | date | datetime | Clock


@dataclass(frozen=True)
class Table:
    """A table with its column titles; `name` is the file's name without extension.

    `parts` are further sheets of a workbook, each with some of the rows under its title: at most 31 characters, without
    any of `[]:*?/\\`. `facts` are what can be said of the table as a whole, which a workbook has on its last sheet,
    `about`; CSV has no place for it that other programs would not take for a row.
    """

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    parts: Mapping[str, Sequence[Sequence[Cell]]] = field(default_factory=dict)
    about: str = ""
    facts: Mapping[str, Cell] = field(default_factory=dict)


def download(table: Table, kind: str) -> ResponseReturnValue:
    """Return the table as a file to download, `xlsx` or `csv`; `?separator=` chooses the separator of CSV."""
    if kind == "xlsx":
        return attachment(as_xlsx(table), f"{table.name}.xlsx", XLSX)
    chosen = request.args.get("separator", "")
    return attachment(as_csv(table, SEPARATORS.get(chosen) or _usual_separator()), f"{table.name}.csv", "text/csv")


def _usual_separator() -> str:
    """The separator that Excel expects in the request's language: a comma in English, else a semicolon."""
    return "," if language() == "en" else ";"


def as_csv(table: Table, separator: str) -> str:
    """Return the table as CSV (RFC 4180): every field in quotes, with a byte order mark, by which Excel knows UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    sheet = StringIO()
    writer = csv.writer(sheet, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(name) for name in table.head])
    writer.writerows([_as_text(value) for value in row] for row in table.rows)
    return BOM + sheet.getvalue()


def _as_text(value: Cell) -> str:
    if isinstance(value, Clock):
        return f"{value.at:%H:%M}" if value.at.date() == value.day else f"{value.at:%Y-%m-%d %H:%M}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    """The text, after an apostrophe if a spreadsheet may run it as a formula.

    A phone number gets no apostrophe, which other programs would import with it. Its punctuation becomes blanks: these
    make it neither a number nor a subtraction.
    """
    if PHONE.fullmatch(text):
        return re.sub(r"[^0-9+]+", " ", text).strip()
    return f"'{text}" if text.startswith(RISKY) else text


def as_xlsx(table: Table) -> bytes:
    """Return the table as an Excel workbook: a sheet of all and one for each part, with frozen headers and filters.

    Dates and times are real ones. Texts are written as strings, so that nothing is run as a formula.
    """
    from xlsxwriter import Workbook  # here because it is large and seldom needed

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "remove_timezone": True}) as book:
        # Excel's built-in formats for a date, a time, and both, which it shows as is usual in the user's country.
        formats: dict[Any, Any] = {kind: book.add_format({"num_format": number}) for kind, number in _FORMATS.items()}
        formats["head"] = book.add_format({"bold": True})
        for title, rows in {table.title: table.rows, **table.parts}.items():
            _fill(book.add_worksheet(title or None), table.head, rows, formats)
        if table.facts:
            _tell(book.add_worksheet(table.about), table.facts, formats)
    return stream.getvalue()


def _fill(sheet: Any, head: Sequence[str], rows: Sequence[Sequence[Cell]], formats: dict[Any, Any]) -> None:
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, formats["head"])
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, formats)
    for column, name in enumerate(head):
        # Two characters more for the button of the filter.
        sheet.set_column(column, column, _width([f"{name}--", *(row[column] for row in rows)]))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(head) - 1)
    # Printed, it is as wide as a sheet of A4 that lies on its side, with lines, and with the head on each page.
    sheet.hide_gridlines(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _tell(sheet: Any, facts: Mapping[str, Cell], formats: dict[Any, Any]) -> None:
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name, formats["head"])
        _write(sheet, row, 1, value, formats)
    sheet.set_column(0, 0, _width(facts.keys()))
    sheet.set_column(1, 1, _width(facts.values()))


def _width(cells: Iterable[Cell]) -> int:
    """The width of a column with these cells, in characters."""
    return min(max(max(len(_displayed(cell)) for cell in cells) + 2, NARROWEST), WIDEST)


_FORMATS = {date: 14, Clock: 20, datetime: 22}


def _write(sheet: Any, row: int, column: int, value: Cell, formats: dict[Any, Any]) -> None:
    if isinstance(value, Clock):
        sheet.write_datetime(row, column, value.at, formats[Clock])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats[type(value)])
    elif isinstance(value, Link):
        sheet.write_url(row, column, value, string=value)
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…")


def _displayed(value: Cell) -> str:
    """The text of a cell as it is displayed, to measure the width of its column."""
    if isinstance(value, Clock):
        return f"{value.at:%H:%M}"
    return f"{value:%d.%m.%Y %H:%M}" if isinstance(value, datetime) else str(value)
