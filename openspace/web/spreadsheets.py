"""Tables to download: as an Excel workbook (XLSX), and as CSV for other programs."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
# Bounds of a column's width, in characters.
NARROWEST, WIDEST = 8, 48


class Clock(NamedTuple):
    """A time of day in the programme of `day`, shown as 14:00; `at` may be after midnight, on the next date."""

    at: datetime
    day: date


# CSV shows the offset of an aware datetime; a workbook has no time zones and shows the local time.
Cell = str | int | date | datetime | Clock


@dataclass(frozen=True)
class Table:
    """A table with its column titles; `name` is the file's name without extension."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


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
    """Return the table as an Excel workbook: one sheet, a frozen header with filters, real dates and times.

    Texts are written as strings, so that nothing is run as a formula.
    """
    from xlsxwriter import Workbook  # here because it is large and seldom needed

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet()
        # Excel's built-in formats for a date, a time, and both, which it shows as is usual in the user's country.
        formats = {kind: book.add_format({"num_format": number}) for kind, number in _FORMATS.items()}
        for column, name in enumerate(table.head):
            sheet.write_string(0, column, name, book.add_format({"bold": True}))
        for number, row in enumerate(table.rows, 1):
            for column, value in enumerate(row):
                _write(sheet, number, column, value, formats)
        for column, values in enumerate(_columns(table)):
            # Two characters more for the button of the filter.
            longest = max(len(table.head[column]) + 2, *map(len, values), 0)
            sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.rows), len(table.head) - 1)
    return stream.getvalue()


_FORMATS = {date: 14, Clock: 20, datetime: 22}


def _write(sheet: Any, row: int, column: int, value: Cell, formats: dict[Any, Any]) -> None:
    if isinstance(value, Clock):
        sheet.write_datetime(row, column, value.at, formats[Clock])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats[type(value)])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def _columns(table: Table) -> Iterable[list[str]]:
    """The texts of each column as they are displayed, to measure its width."""
    for column in range(len(table.head)):
        yield [_displayed(row[column]) for row in table.rows]


def _displayed(value: Cell) -> str:
    if isinstance(value, Clock):
        return f"{value.at:%H:%M}"
    return f"{value:%d.%m.%Y %H:%M}" if isinstance(value, datetime) else str(value)
