"""Lists as tables for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\ufeff"
RISKY = ("=", "+", "-", "@", "\t", "\r")


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


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
