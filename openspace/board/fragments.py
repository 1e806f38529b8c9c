"""How the board's live pieces are drawn: the same partials for the page's first load and for every change."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from flask import render_template

from openspace.access.models import Member
from openspace.board.actions import topic_shown
from openspace.board.cells import Row, board_on, faces_of, heights, rows_of, spaces_of, topics_on_market, tracks
from openspace.board.models import BOARD, Topic, circle_of
from openspace.board.rules import (
    CellKey,
    chairs_drawn,
    is_full,
    minutes_left,
    minutes_until,
    next_span,
    phase,
    share_left,
)
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Listener, Patch, View
from openspace.web.cache import LruCache
from openspace.web.errors import NotFound, NotJoined

drawn = LruCache(16)
# Whoever holds pages about members registers here which of some members have one that every member sees.
books: list[Callable[[Event, set[int]], set[int]]] = []
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def _shared() -> dict[str, Any]:
    return {
        "chairs_drawn": chairs_drawn,
        "is_full": is_full,
        "phase": phase,
        "minutes_left": minutes_left,
        "minutes_until": minutes_until,
        "share_left": share_left,
    }


class Standing(NamedTuple):
    """All that one day's page of the board depends on."""

    event_id: int
    day: date
    revision: int
    view: View
    minute: int


class Pieces(NamedTuple):
    """What a page of the board is put together from."""

    revision: int
    times: str
    board: str
    market: str


def standing(event_id: int, day: date, revision: int, view: View) -> Standing:
    """How a day's page stands now.

    Ask for the revision before anything is drawn: a change in between is then told twice, not never.
    """
    return Standing(event_id, day, revision, view, int(now().timestamp() // 60))


def pieces(event: Event, stands: Standing) -> Pieces:
    """The pieces of one day's page. Drawn once a revision and minute for everybody with the same view."""
    _, day, revision, view, _ = stands
    return drawn.get(stands, lambda: Pieces(revision, *draw_day(event, day, view), draw_market(event, view)))


def draw_day(event: Event, day: date, view: View) -> tuple[str, str]:
    """The times and the board of one day, drawn now."""
    rows = board_on(event, day)
    following = next_span((row.slot for row in rows if row.slot.is_open), now())
    spaces = spaces_of(event, rows)
    facts = {"day": day, "rows": rows, "following": following, "spaces": spaces}
    facts |= {"tracks": tracks(spaces), "heights": heights(rows, now(), following)}
    return _render("board/_times.html", event, view, **facts), _render("board/_day.html", event, view, **facts)


def draw_market(event: Event, view: View) -> str:
    """The market with its heading, drawn now."""
    return _render("board/_market.html", event, view, market=topics_on_market(event))


def topic_html(event: Event, topic: Topic, view: View) -> str:
    """The live part of a topic's own page."""
    circle = circle_of(topic)
    people = {topic.convener_id, *(interest.member_id for interest in circle)} if view.audience == "members" else set()
    in_book = {ident for book in books for ident in book(event, people)} if people else set()
    return _render("board/_topic.html", event, view, topic=topic, circle=circle, in_book=in_book)


def _render(template: str, event: Event, view: View, **facts: Any) -> str:
    return render_template(template, event=event, audience=view.audience, moment=now(), **_shared(), **facts)


def draw_board(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Patches for the board's subjects: `cell-S-P`, `slot-S`, `market-N`, `day-ISO`, `page`."""
    cells = [subject for subject in subjects if subject.startswith("cell-")]
    if cells:
        yield from _draw_cells(event_id, cells, view)
    # A tap changes cells alone, and they need nothing else of the event.
    if others := [subject for subject in subjects if not subject.startswith("cell-")]:
        yield from _draw_others(db.session.get_one(Event, event_id), others, view)


def _draw_cells(event_id: int, subjects: list[str], view: View) -> Iterable[Patch]:
    keys = {subject: CellKey.parse(subject.removeprefix("cell-")) for subject in subjects}
    faces = faces_of(event_id, filter(None, keys.values()))
    for subject, key in keys.items():
        face = faces.get(key) if key else None
        facts = {"cell": face, "audience": view.audience, "chairs_drawn": chairs_drawn, "is_full": is_full}
        yield subject, render_template("board/_cell.html", **facts) if face else None


def _draw_others(event: Event, subjects: list[str], view: View) -> Iterable[Patch]:
    slots = {int(s.split("-")[1]) for s in subjects if s.startswith("slot-")}
    numbers = {int(s.split("-")[1]) for s in subjects if s.startswith("market-")}
    rows = rows_of(event, slots) if slots else {}
    loose = {t.number: (t, going) for t, going in topics_on_market(event, Topic.number.in_(numbers))} if numbers else {}
    for subject in subjects:
        kind, _, rest = subject.partition("-")
        if kind == "slot":
            yield subject, _draw_head(event, rows, rest, view)
        elif kind == "market":
            yield subject, _draw_loose(event, loose.get(int(rest)), view)
        elif kind == "day":
            times, board = draw_day(event, date.fromisoformat(rest), view)
            yield f"times-{rest}", times
            yield subject, board
        else:
            yield subject, None
    if numbers:
        yield "market-count", _render("board/_market_count.html", event, view, market=topics_on_market(event))


def _draw_head(event: Event, rows: dict[int, Row], key: str, view: View) -> str | None:
    row = rows.get(int(key))
    if row is None or not row.slot.is_open:
        return None
    same_day = [slot for slot in event.slots if slot.is_open and slot.day == row.slot.day]
    return _render("board/_slot.html", event, view, row=row, following=next_span(same_day, now()))


def _draw_loose(event: Event, entry: tuple[Topic, int] | None, view: View) -> str | None:
    return _render("board/_loose.html", event, view, topic=entry[0], going=entry[1]) if entry else None


def draw_topic(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """The patches of a topic's own page: its live part, and `page` when all of it should be loaded anew.

    Of a withdrawn topic nothing is left: those who could bring it back load the page and see it there.
    """
    topic = topic_shown(event_id, _number(channel), None)
    yield "topic", topic_html(topic.event, topic, view) if topic else None
    if topic is None or "page" in subjects:
        yield "page", None


def hears_of_topic(listener: Listener, channel: str) -> None:
    """The rule of a topic's channel, which is that of its page."""
    if listener.audience == "projector":
        raise NotJoined
    member = db.session.get(Member, listener.member_id) if listener.member_id else None
    if topic_shown(listener.event_id, _number(channel), member) is None:
        raise NotFound


def _number(channel: str) -> int:
    """The number in a topic's channel. Refuses with `NotFound`."""
    number = channel.partition("-")[2]
    # `int` takes blanks, signs and the digits of all scripts too, and each would be one more channel of the same topic.
    if not _NUMBER.fullmatch(number):
        raise NotFound
    return int(number)


fragments.register(BOARD, draw_board, rule=fragments.only("members", "projector", "public"), is_kept=True)
fragments.register("topic", draw_topic, rule=hears_of_topic, is_kept=True)
