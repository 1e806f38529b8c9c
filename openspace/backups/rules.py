"""Which nightly backups are kept."""

from collections.abc import Iterable
from datetime import date

# The newest ones, and of so many weeks the last one of each.
DAYS, WEEKS = 7, 4


def kept(days: Iterable[date]) -> set[date]:
    """Of the days on which backups were made, those whose backups are kept.

    They are counted, not dated: if no backup could be made for a month, none of the old ones goes.
    """
    newest_first = sorted(set(days), reverse=True)
    last_of_weeks: dict[tuple[int, int], date] = {}
    for day in newest_first:
        last_of_weeks.setdefault(day.isocalendar()[:2], day)
    return {*newest_first[:DAYS], *list(last_of_weeks.values())[:WEEKS]}
