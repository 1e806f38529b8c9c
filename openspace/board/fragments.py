"""Renders the live parts of the board and of a topic's page, with the same templates at first load and as patches."""

import re
from collections.abc import Callable, Iterable, Set
from datetime import date
from typing import Any, NamedTuple

from flask import get_template_attribute, render_template

from openspace.access.models import Member
from openspace.board.cells import (
    Row,
    bare_rows_of,
    board_on,
    faces_of,
    going_to,
    heights,
    market_size,
    spaces_of,
    topics_on_market,
    tracks,
)
from openspace.board.models import BOARD, Topic, circle_of, number_shown
from openspace.board.permissions import topic_shown
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
from openspace.live.fragments import Listener, Patch, View, read_once
from openspace.web.cache import LruCache
from openspace.web.errors import NotFound, NotJoined

day_cache = LruCache(16)
# Features with pages about members (the contact book) append a function here. It is called as (event, member ids) and
# returns those of the ids whose page every member may open; names are then links to these pages.
books: list[Callable[[Event, Set[int]], set[int]]] = []
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def _rules() -> dict[str, Any]:
    """The rules of the board that the templates call, by name."""
    return {
        "chairs_drawn": chairs_drawn,
        "is_full": is_full,
        "phase": phase,
        "minutes_left": minutes_left,
        "minutes_until": minutes_until,
        "share_left": share_left,
    }


class PageState(NamedTuple):
    """The key under which the HTML of one day is cached: everything that it depends on. `minute` is of Unix time."""

    event_id: int
    day: date
    revision: int
    view: View
    minute: int


class DayHtml(NamedTuple):
    """The rendered parts of one day's page at `revision` of the channel `board`: times, board and market."""

    revision: int
    times: str
    board: str
    market: str


def page_state(event_id: int, day: date, revision: int, view: View) -> PageState:
    """The cache key of one day's page in the present minute.

    Read `revision` before anything is rendered: a change in between is then sent to the page twice rather than never.
    """
    return PageState(event_id, day, revision, view, int(now().timestamp() // 60))


def day_html(event: Event, state: PageState) -> DayHtml:
    """The HTML of one day's page. It is cached, so that all visitors with the same view share it for up to a minute."""
    _, day, revision, view, _ = state
    return day_cache.get(state, lambda: DayHtml(revision, *draw_day(event, day, view), draw_market(event, view)))


def draw_day(event: Event, day: date, view: View) -> tuple[str, str]:
    """Render one day. Returns (HTML of the times, HTML of the board)."""
    rows = board_on(event, day)
    following = next_span((row.slot for row in rows if row.slot.is_open), now())
    spaces = spaces_of(event, rows)
    facts = {"day": day, "rows": rows, "following": following, "spaces": spaces}
    facts |= {"tracks": tracks(spaces), "heights": heights(rows, now(), following)}
    return _render("board/_times.html", event, view, **facts), _render("board/_day.html", event, view, **facts)


def draw_market(event: Event, view: View) -> str:
    """Render the market with its heading."""
    market = topics_on_market(event)
    return _render("board/_market.html", event, view, market=market, count=len(market))


def topic_html(event: Event, topic: Topic, view: View) -> str:
    """Render the live part of a topic's own page."""
    circle = read_once(circle_of, topic)
    people = frozenset({topic.convener_id, *(member.id for member in circle)})
    in_book = read_once(_in_books, event, people) if view.audience == "members" else set()
    return _render("board/_topic.html", event, view, topic=topic, circle=circle, in_book=in_book)


def _in_books(event: Event, people: Set[int]) -> set[int]:
    return {ident for book in books for ident in book(event, people)}


def _render(template: str, event: Event, view: View, **facts: Any) -> str:
    return render_template(template, event=event, audience=view.audience, moment=now(), **_rules(), **facts)


def draw_board(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield patches for subjects of the channel `board`.

    Subjects are `cell-<slot id>-<space id>`, `going-<topic number>`, `slot-<slot id>`, `market-<topic number>`,
    `day-<ISO date>`, and `page` for all of the page, which is then loaded anew.
    """
    if cells := [subject for subject in subjects if subject.startswith("cell-")]:
        yield from _draw_cells(event_id, cells, view)
    # A mark changes numbers alone; these, like cells, are rendered without loading the event.
    if numbers := [int(subject.partition("-")[2]) for subject in subjects if subject.startswith("going-")]:
        yield from _draw_going(event_id, numbers)
    if others := [subject for subject in subjects if not subject.startswith(("cell-", "going-"))]:
        yield from _draw_others(db.session.get_one(Event, event_id), others, view)


def _draw_cells(event_id: int, subjects: list[str], view: View) -> Iterable[Patch]:
    keys = {subject: CellKey.parse(subject.removeprefix("cell-")) for subject in subjects}
    faces = read_once(faces_of, event_id, tuple(filter(None, keys.values())))
    for subject, key in keys.items():
        face = faces.get(key) if key else None
        facts = {"cell": face, "audience": view.audience, "chairs_drawn": chairs_drawn, "is_full": is_full}
        yield subject, render_template("board/_cell.html", **facts) if face else None


def _draw_going(event_id: int, numbers: list[int]) -> Iterable[Patch]:
    ring, full = (get_template_attribute("macros/going.html", name) for name in ("ring", "full"))
    for number, slot_id, space_id, chairs, going in read_once(going_to, event_id, tuple(numbers)):
        if slot_id and space_id and chairs:
            place = CellKey(slot_id, space_id)
            yield f"going-{place}", str(ring(place, going, chairs_drawn(going, chairs)))
            yield f"full-{place}", str(full(place, is_full(going, chairs)))
        else:
            yield f"going-{number}", str(ring(number, going, chairs_drawn(going)))


def _draw_others(event: Event, subjects: list[str], view: View) -> Iterable[Patch]:
    slots = frozenset(int(s.split("-")[1]) for s in subjects if s.startswith("slot-"))
    numbers = frozenset(int(s.split("-")[1]) for s in subjects if s.startswith("market-"))
    rows = read_once(bare_rows_of, event, slots) if slots else {}
    loose = read_once(_loose_topics, event, numbers) if numbers else {}
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
        yield "market-count", _render("board/_market_count.html", event, view, count=read_once(market_size, event))


def _draw_head(event: Event, rows: dict[int, Row], key: str, view: View) -> str | None:
    row = rows.get(int(key))
    if row is None or not row.slot.is_open:
        return None
    same_day = [slot for slot in event.slots if slot.is_open and slot.day == row.slot.day]
    return _render("board/_slot.html", event, view, row=row, following=next_span(same_day, now()))


def _loose_topics(event: Event, numbers: Set[int]) -> dict[int, tuple[Topic, int]]:
    return {topic.number: (topic, going) for topic, going in topics_on_market(event, Topic.number.in_(numbers))}


def _draw_loose(event: Event, entry: tuple[Topic, int] | None, view: View) -> str | None:
    return _render("board/_loose.html", event, view, topic=entry[0], going=entry[1]) if entry else None


def draw_topic(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield the patches of a topic's own page: its live part, and `page` if the page should be loaded anew.

    The live part of a withdrawn or merged topic is removed, and the page is loaded anew: it then offers to restore the
    topic to those who may, or is the joint topic's.
    """
    topic = read_once(topic_shown, event_id, _number(channel), None)
    topic = None if topic and topic.joint_id else topic
    yield "topic", topic_html(topic.event, topic, view) if topic else None
    if topic is None or "page" in subjects:
        yield "page", None


def check_may_follow(listener: Listener, channel: str) -> None:
    """Refuse a topic's channel to whoever may not see its page: with `NotJoined` a projector, else with `NotFound`."""
    if listener.audience == "projector":
        raise NotJoined
    number = _number(channel)
    if number_shown(listener.event_id, number):
        return
    member = db.session.get(Member, listener.member_id) if listener.member_id else None
    if topic_shown(listener.event_id, number, member) is None:
        raise NotFound


def _number(channel: str) -> int:
    """The topic number in the name of a channel such as `topic-7`. Refuses with `NotFound` what is no such number."""
    number = channel.partition("-")[2]
    # `int` alone would also take blanks, signs and digits of other scripts: several channel names for one topic.
    if not _NUMBER.fullmatch(number):
        raise NotFound
    return int(number)


fragments.register(BOARD, draw_board, rule=fragments.only("members", "projector", "public"), is_cacheable=True)
fragments.register("topic", draw_topic, rule=check_may_follow, is_cacheable=True)
