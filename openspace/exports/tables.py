"""Lists as tables for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

BOM = "\ufeff"
RISKY = ("=", "+", "-", "@", "\t", "\r")
# In characters: a column is as wide as what stands in it, within reason.
NARROWEST, WIDEST = 8, 48


def as_csv(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """CSV (RFC 4180) with a byte order mark, so that Excel reads it as UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it
    (OWASP, CSV injection).
    """
    sheet = StringIO()
    writer = csv.writer(sheet)
    writer.writerow([_harmless(name) for name in head])
    writer.writerows([_harmless(value) for value in line] for line in lines)
    return BOM + sheet.getvalue()


def as_xlsx(head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """An Excel workbook with one sheet, its bold head always in sight. All is text, so nothing in it is ever run."""
    from xlsxwriter import Workbook  # here because it is large, and only organisers ask, now and then

    stream, rows = BytesIO(), [head, *lines]
    with Workbook(stream, {"in_memory": True, "constant_memory": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for row, line in enumerate(rows):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text, None if row else bold)
        for column, texts in enumerate(zip(*rows, strict=True)):
            longest = max(len(text) for text in texts)
            sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
