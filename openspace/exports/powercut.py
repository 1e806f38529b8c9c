"""The power-cut sheet: the whole board of a day on paper, kept ready for when the screens go dark."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import force_locale, gettext, ngettext

from openspace.board.cells import Cell, Row, board_on, spaces_of, topics_on_market
from openspace.board.models import BOARD, Topic
from openspace.clock import now
from openspace.events.models import Event, Space
from openspace.exports import typesetting
from openspace.exports.readers import at_one_revision
from openspace.live import log
from openspace.web import qr
from openspace.web.i18n import clock_time, day as day_in_words, weekday

# In seconds of processor and in MiB.
LONGEST, LARGEST = 15, 768


def made(event: Event, day: date, address: str) -> tuple[int, bytes]:
    """The board's revision, and the sheet of this day in the event's first language, as PDF.

    `address` is that of this installation; without it the sheet has no code. Refuses with `NotTypeset`.
    """
    with force_locale(event.languages[0]):
        revision, words = at_one_revision(lambda: (log.revision(event.id, BOARD), _words(event, day)))
        words |= _about(event, day, revision)
        pictures = {"board.svg": qr.svg(address + url_for("board.show", event=event.slug))} if address else {}
        words["has-code"] = bool(pictures)
        return revision, typesetting.pdf("powercut", words, pictures, seconds=LONGEST, memory=LARGEST)


def _about(event: Event, day: date, revision: int) -> dict[str, Any]:
    moment = now()
    as_of = f"{day_in_words(event.local(moment).date())}, {clock_time(moment, event.zone)}"
    return {
        "language": event.languages[0],
        "title": typesetting.headline(weekday(day)),
        "event": event.name,
        "state": gettext("The board as of %(time)s, change %(number)s", time=as_of, number=revision),
        "comfort": gettext("No light, but there is a wall"),
        "how-to-write": gettext("Write changes by hand, each with its time."),
        "afterwards": gettext(
            "Free places are dashed. When the power is back, facilitators put the changes on the board."
        ),
        "nothing": gettext("There are no sessions on this day."),
    }


def _words(event: Event, day: date) -> dict[str, Any]:
    rows = board_on(event, day)
    spaces = spaces_of(event, rows)
    market = [_listed(topic) for topic, _ in topics_on_market(event)]
    return {
        "spaces": [{"number": space.number, "name": space.name} for space in spaces],
        "rows": [_row(event, row, spaces) for row in rows],
        "market": market,
        "market-title": gettext("On the market"),
        "market-follows": ngettext(
            "%(num)s topic: it is on the next page.", "%(num)s topics: they are on the next page.", len(market)
        ),
    }


def _row(event: Event, row: Row, spaces: list[Space]) -> dict[str, Any]:
    start, end = (clock_time(moment, event.zone) for moment in (row.slot.starts_at, row.slot.ends_at))
    cells = {cell.space.id: _cell(cell) for cell in row.cells}
    return {
        "start": start,
        "until": gettext("until %(time)s", time=end),
        "from-to": f"{start}–{end}",
        "title": row.slot.title,
        # A closed space is a column because of what hangs in another slot.
        "cells": [cells.get(space.id, {"state": "closed"}) for space in spaces] if row.slot.is_open else [],
    }


def _cell(cell: Cell) -> dict[str, str]:
    if cell.placement is None:
        return {"state": "free" if cell.space.takes(cell.slot) else "closed"}
    return {"state": "taken"} | _listed(cell.placement.topic)


def _listed(topic: Topic) -> dict[str, str]:
    title = typesetting.broken(topic.title, topic.language)
    by = gettext("programme") if topic.is_programme else topic.convener.name
    return {"title": title, "language": topic.language, "by": by}
