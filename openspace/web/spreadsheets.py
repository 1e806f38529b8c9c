"""Lists for spreadsheets: as a workbook (XLSX), which suits most people, and as CSV, for other programs."""

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
# In an address: the two ways in which every list can be had.
KINDS = "<any(xlsx, csv):kind>"
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}
# What a spreadsheet may run as a formula (OWASP, CSV injection).
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PHONE = re.compile(r"\+[0-9][0-9 ()./-]{4,}")
# In characters: a column is as wide as what stands in it, within reason.
NARROWEST, WIDEST = 8, 48


class Clock(NamedTuple):
    """A time of day on a day's programme, shown as 14:00; `at` may lie after the midnight of `day`."""

    at: datetime
    day: date


# A datetime with a zone is written to CSV with its offset; a workbook knows no zones and shows the same clock.
Cell = str | int | date | datetime | Clock


@dataclass(frozen=True)
class Table:
    """A list with a head; `name` is its file's, without the ending."""

    name: str
    head: Sequence[str]
    lines: Sequence[Sequence[Cell]]


def download(table: Table, kind: str) -> ResponseReturnValue:
    """The table as a file of this kind, `xlsx` or `csv`; `?separator=` chooses what stands between fields of CSV."""
    if kind == "xlsx":
        return attachment(as_xlsx(table), f"{table.name}.xlsx", XLSX)
    chosen = request.args.get("separator", "")
    return attachment(as_csv(table, SEPARATORS.get(chosen) or _usual_separator()), f"{table.name}.csv", "text/csv")


def _usual_separator() -> str:
    """What Excel expects in CSV where people read our language: a comma in English, else a semicolon."""
    return "," if language() == "en" else ";"


def as_csv(table: Table, separator: str) -> str:
    """CSV (RFC 4180) with a byte order mark, so that Excel reads it as UTF-8, and every field in quotes.

    Quotes keep a text with separators in it in one cell. A text that a spreadsheet would run as a formula gets an
    apostrophe before it.
    """
    sheet = StringIO()
    writer = csv.writer(sheet, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(name) for name in table.head])
    writer.writerows([_as_text(value) for value in line] for line in table.lines)
    return BOM + sheet.getvalue()


def _as_text(value: Cell) -> str:
    if isinstance(value, Clock):
        return f"{value.at:%H:%M}" if value.at.date() == value.day else f"{value.at:%Y-%m-%d %H:%M}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    """The text with an apostrophe before what may be a formula.

    A phone number gets none, for other programs would take it along: a plus, digits and blanks are no formula, and
    the blanks keep spreadsheets from taking it for a number. Its hyphens become blanks, lest it be a subtraction.
    """
    if PHONE.fullmatch(text):
        return re.sub(r"[^0-9+]+", " ", text).strip()
    return f"'{text}" if text.startswith(RISKY) else text


def as_xlsx(table: Table) -> bytes:
    """An Excel workbook with one sheet: its bold head always in sight and with filters, dates and times as such.

    Every text is written as a text, phone numbers too, so nothing in it is ever run as a formula.
    """
    from xlsxwriter import Workbook  # here because it is large, and only organisers ask, now and then

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet()
        # Excel's own numbers for a date, a time, and both, which it shows as its owner's country does.
        formats = {kind: book.add_format({"num_format": number}) for kind, number in _FORMATS.items()}
        for column, name in enumerate(table.head):
            sheet.write_string(0, column, name, book.add_format({"bold": True}))
        for row, line in enumerate(table.lines, 1):
            for column, value in enumerate(line):
                _write(sheet, row, column, value, formats)
        for column, values in enumerate(_columns(table)):
            # The head has a button for its filter beside it.
            longest = max(len(table.head[column]) + 2, *map(len, values), 0)
            sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.lines), len(table.head) - 1)
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
    """The texts of each column, as long as they are shown."""
    for column in range(len(table.head)):
        yield [_shown(line[column]) for line in table.lines]


def _shown(value: Cell) -> str:
    if isinstance(value, Clock):
        return f"{value.at:%H:%M}"
    return f"{value:%d.%m.%Y %H:%M}" if isinstance(value, datetime) else str(value)
