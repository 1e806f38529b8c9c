"""The list of sessions as a table for spreadsheets, as JSON for other programs, and as the rows of a preview."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from flask import json, url_for
from flask_babel import LazyString, gettext, lazy_gettext as _l

from openspace.access.models import Member
from openspace.board.models import Placement
from openspace.exports.sessions import Part, Session, SessionList
from openspace.extensions import base_url
from openspace.notes.collected import Notes
from openspace.notes.models import NextStep
from openspace.web.i18n import day as day_in_words
from openspace.web.spreadsheets import Cell, Clock, Link, Table

# Characters of a cell that the preview shows, of which a page draws two lines.
MOST_SHOWN = 400


class Column(NamedTuple):
    """A column of the table: its title, its cell for a session, and with which part of the choice it is there."""

    name: str
    title: LazyString
    cell: Callable[[Session], Cell]
    part: Part | None = None


class Shown(NamedTuple):
    """A cell of the preview: its column's name and its words; `is_number` if it stands on the right."""

    name: str
    words: str
    is_number: bool


def table(listed: SessionList) -> Table:
    """The list as a table. A workbook has a sheet of all, one for each day, and one that says what it is a list of."""
    columns = columns_of(listed)
    by_day = {day_in_words(day): _rows(columns, sessions) for day, sessions in listed.by_day().items()}
    head = [str(column.title) for column in columns]
    rows = _rows(columns, listed.sessions)
    return Table(listed.name, head, rows, gettext("All sessions"), by_day, gettext("About this list"), _facts(listed))


def document(listed: SessionList) -> str:
    """The list as JSON: `event`, `revision` of the board, the moment `read_at`, and `sessions`.

    Each session has number and title and, if they were chosen, conveners (name and community), going, looking,
    language, text, the count of people who were there, what was said and advice as lists of paragraphs, next_steps
    (what, who, by), dots of the last round that was counted and had the topic, and url. One that hangs has also day,
    starts_at and ends_at (ISO 8601, in the event's zone), space and space_name.
    """
    return json.dumps(
        {
            "event": listed.event.slug,
            "revision": listed.revision,
            "read_at": listed.event.local(listed.read_at).isoformat(timespec="seconds"),
            "sessions": [_entry(session, listed.choice.parts) for session in listed.sessions],
        },
        indent=1,
    )


def preview(listed: SessionList, most: int) -> list[list[Shown]]:
    """The first rows of the table, at most so many, as a page shows them."""
    columns = columns_of(listed)
    return [[_shown(column, session) for column in columns] for session in islice(listed.sessions, most)]


def columns_of(listed: SessionList) -> list[Column]:
    """The columns that the choice takes; that of dots only once some are counted."""
    has_dots = any(session.dots is not None for session in listed.sessions)
    parts = listed.choice.parts if has_dots else listed.choice.parts - {Part.DOTS}
    return [column for column in COLUMNS if column.part is None or column.part in parts]


def address_of(session: Session) -> str:
    """The address of the topic's page."""
    return base_url() + url_for("topics.show", number=session.topic.number)


def names_of(conveners: Iterable[Member]) -> str:
    """The names of the conveners, with commas between them."""
    return ", ".join(member.name for member in conveners)


def communities_of(conveners: Iterable[Member]) -> str:
    """The communities of the conveners, each once, with commas between them."""
    return ", ".join(dict.fromkeys(member.community for member in conveners if member.community))


def _rows(columns: list[Column], sessions: list[Session]) -> list[list[Cell]]:
    return [[column.cell(session) for column in columns] for session in sessions]


def _facts(listed: SessionList) -> dict[str, Cell]:
    event, choice = listed.event, listed.choice
    return {
        gettext("Event"): event.name,
        gettext("As of"): event.local(listed.read_at),
        gettext("Revision of the board"): listed.revision,
        gettext("Days"): ", ".join(map(day_in_words, sorted(choice.days))) or gettext("all"),
        gettext("Places"): ", ".join(map(str, sorted(choice.spaces))) or gettext("all"),
        gettext("Board"): Link(base_url() + url_for("board.show")),
    }


def _entry(session: Session, parts: frozenset[Part]) -> dict[str, Any]:
    topic = session.topic
    said: dict[Part, dict[str, Any]] = {
        Part.CONVENERS: {"conveners": [{"name": each.name, "community": each.community} for each in session.conveners]},
        Part.INTEREST: {"going": session.going, "looking": session.looking},
        Part.LANGUAGE: {"language": topic.language},
        Part.TEXT: {"text": topic.text},
        Part.NOTES: _notes(session.notes),
        Part.DOTS: {} if session.dots is None else {"dots": session.dots},
        Part.ADDRESS: {"url": address_of(session)},
    }
    entry: dict[str, Any] = {"number": topic.number, "title": topic.title}
    for part, facts in said.items():
        entry |= facts if part in parts else {}
    return entry | (_spot(session.placement) if session.placement else {})


def _notes(notes: Notes) -> dict[str, Any]:
    steps = [
        {"what": step.what, "who": step.name, "by": step.due_on.isoformat() if step.due_on else None}
        for step in notes.steps
    ]
    return {"people": notes.count, "said": notes.said, "advice": notes.advice, "next_steps": steps}


def steps_in_words(steps: Iterable[NextStep]) -> str:
    """The next steps, one to a line: what, who, by when."""
    return "\n".join(
        ", ".join(filter(None, [step.what, step.name, day_in_words(step.due_on) if step.due_on else ""]))
        for step in steps
    )


def _spot(placement: Placement) -> dict[str, str | int]:
    slot, space = placement.slot, placement.space
    times = {name: slot.event.local(getattr(slot, name)).isoformat() for name in ("starts_at", "ends_at")}
    return {"day": slot.day.isoformat(), **times, "space": space.number, "space_name": space.name}


def _shown(column: Column, session: Session) -> Shown:
    value = column.cell(session)
    if isinstance(value, Clock):
        words = f"{value.at:%H:%M}"
    else:
        words = day_in_words(value) if isinstance(value, date) else str(value)
    return Shown(column.name, words[:MOST_SHOWN], isinstance(value, int))


def _of_placement(cell: Callable[[Placement], Cell]) -> Callable[[Session], Cell]:
    """The cell of a session that has a time and a place; empty for one on the market."""
    return lambda session: cell(session.placement) if session.placement else ""


def _clock(moment: str) -> Callable[[Session], Cell]:
    def cell(placement: Placement) -> Cell:
        slot = placement.slot
        return Clock(slot.event.local(getattr(slot, moment)), slot.day)

    return _of_placement(cell)


COLUMNS = (
    Column("day", _l("Day"), _of_placement(lambda placement: placement.slot.day)),
    Column("from", _l("From"), _clock("starts_at")),
    Column("until", _l("Until"), _clock("ends_at")),
    Column("space", _l("Place"), _of_placement(lambda placement: placement.space.number)),
    Column("space_name", _l("Name of the place"), _of_placement(lambda placement: placement.space.name)),
    Column("title", _l("Topic"), lambda session: session.topic.title),
    Column("conveners", _l("Convener"), lambda session: names_of(session.conveners), Part.CONVENERS),
    Column("communities", _l("Community or town"), lambda session: communities_of(session.conveners), Part.CONVENERS),
    Column("going", _l("Going (count)"), lambda session: session.going, Part.INTEREST),
    Column("looking", _l("Looking in (count)"), lambda session: session.looking, Part.INTEREST),
    Column("number", _l("Number"), lambda session: session.topic.number),
    Column("language", _l("Language of the talk"), lambda session: session.topic.language, Part.LANGUAGE),
    Column("text", _l("What is it about?"), lambda session: session.topic.text, Part.TEXT),
    Column("people", _l("Were there (count)"), lambda session: session.notes.count, Part.NOTES),
    Column("notes", _l("Notes"), lambda session: session.notes.text, Part.NOTES),
    Column("steps", _l("Next steps"), lambda session: steps_in_words(session.notes.steps), Part.NOTES),
    Column("dots", _l("Dots (count)"), lambda session: "" if session.dots is None else session.dots, Part.DOTS),
    Column("address", _l("Address"), lambda session: Link(address_of(session)), Part.ADDRESS),
)
