"""Renders the live parts of the news: of members' pages, of the console, and of the hall's screens."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from datetime import date
from functools import partial
from typing import Any

from flask import render_template
from sqlalchemy import select

from openspace.board.models import Placement, Topic
from openspace.board.rules import CellKey
from openspace.events.models import Event, Slot, Space
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.news.models import NEWS, Round, round_now
from openspace.news.rules import size
from openspace.news.sessions import Day, Session, day_of, standing, told
from openspace.notes.photo_models import NotePhoto, NotePhotoFile
from openspace.store import private_files
from openspace.uploads.awaited import srcset

# The parts of a day: the template `news/_<part>.html` draws each as an element with the id `news-<part>-<ISO date>`.
PARTS = ("count", "wall", "reports", "earlier", "missing")
# Those that the round changes: `news/_<part>.html` with the id `news-<part>`.
ROUND_PARTS = ("spotlight", "steering")
_KINDS = ("report", "cell", "day")
# What a signature for the news holds besides the photo: it opens nothing elsewhere.
IN_NEWS = "news"


def photo_address(photo: NotePhoto, file: NotePhotoFile) -> str:
    """The address of a photo's file, relative to the page of the news and to the hall's screen.

    Patches are the same for both, and must not hold the projector's key.
    """
    signed = private_files.sign(file.digest, file.mimetype, of=(photo.topic.event_id, IN_NEWS, photo.id))
    return f"news/photos/{photo.id}/{signed}"


def photo_srcset(photo: NotePhoto, files: Iterable[NotePhotoFile]) -> str:
    """The attribute `srcset` for files of a photo."""
    return srcset(partial(photo_address, photo), files)


# The functions with which templates show what is told of a session.
TOOLS: dict[str, Any] = {"size": size, "photo_address": photo_address, "photo_srcset": photo_srcset}


def parts_html(event: Event, day: date, *names: str) -> dict[str, str]:
    """Render these of `PARTS` for a day, by their names."""
    found = read_once(day_of, event, day)
    return {name: _draw(name, event, found) for name in names}


def _draw(part: str, event: Event, day: Day) -> str:
    facts = {"told": told(day.reports), **TOOLS} if part == "reports" else {}
    return render_template(f"news/_{part}.html", event=event, day=day, **facts)


def round_html(event: Event) -> dict[str, str]:
    """Render both of `ROUND_PARTS`, by their names. Without a round one may be begun, through today."""
    at = round_now(event)
    facts = _round_facts(event, at) if at else {"day": read_once(day_of, event, event.day_shown())}
    return {part: render_template(f"news/_{part}.html", event=event, at=at, **facts) for part in ROUND_PARTS}


def _round_facts(event: Event, at: Round) -> dict[str, Any]:
    day = read_once(day_of, event, at.day)
    stands = standing(day, at)
    session = stands.session
    told_of = told([session])[session.topic.id] if session and session.state == "full" else None
    return {"day": day, "stands": stands, "told": told_of, **TOOLS}


def draw_news(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield patches for the subjects `report-N`, `cell-S-P`, `day-ISO` and `round`, for pages of each day.

    A cell is drawn alone: whatever hangs there, or did, is a subject too. So is a day, of which all is drawn.
    """
    event = db.session.get_one(Event, event_id)
    rests = {kind: {rest for of, _, rest in (s.partition("-") for s in subjects) if of == kind} for kind in _KINDS}
    numbers, cells = frozenset(map(int, rests["report"])), {CellKey.parse(rest) for rest in rests["cell"]}
    for day in event.days:
        if day.isoformat() in rests["day"]:
            yield from _all_of(event, day)
        else:
            yield from _changed_of(event, day, numbers, {key for key in cells if key and _is_on(event, key, day)})
    # It is short, and whatever changes may be of the session at which the round is.
    for part, html in round_html(event).items():
        yield f"news-{part}", html


def _all_of(event: Event, day: date) -> Iterator[Patch]:
    for part, html in parts_html(event, day, *PARTS).items():
        yield f"news-{part}-{day.isoformat()}", html


def _is_on(event: Event, key: CellKey, day: date) -> bool:
    return any(slot.id == key.slot_id and slot.day == day for slot in event.slots)


def _changed_of(event: Event, when: date, numbers: Set[int], cells: Set[CellKey]) -> Iterator[Patch]:
    """Draw these topics and cells of a day, of which only what hangs there is read."""
    hung = read_once(_hung, event, frozenset(numbers)).get(when, set())
    for number in numbers - hung:
        yield from ((f"{part}-{when.isoformat()}-{number}", None) for part in ("report", "earlier", "missing"))
    if not (hung or cells):
        return
    day = read_once(day_of, event, when)
    for session in filter(None, map(day.session, hung)):
        yield from _one(event, day, session)
    for cell in (cell for row in day.rows for cell in row.cells if cell.key in cells):
        there = day.session(cell.placement.topic.number) if cell.placement else None
        yield f"mini-{cell.key}", _mini(cell.key, cell.space, there)
    yield f"news-count-{when.isoformat()}", _draw("count", event, day)


def _hung(event: Event, numbers: Set[int]) -> dict[date, set[int]]:
    """Which of the topics with these numbers hang on each day."""
    found: dict[date, set[int]] = defaultdict(set)
    placed = select(Slot.day, Topic.number).select_from(Placement).join(Placement.slot).join(Placement.topic)
    for when, number in db.session.execute(placed.where(Topic.event_id == event.id, Topic.number.in_(numbers))):
        found[when].add(number)
    return found


def _mini(key: CellKey | str, space: Space, session: Session | None) -> str:
    return render_template("news/_mini.html", key=key, space=space, session=session)


def _one(event: Event, day: Day, session: Session) -> Iterator[Patch]:
    iso, number, is_written = day.day.isoformat(), session.topic.number, session.state == "full"
    facts = {"event": event, "day": day, "session": session}
    report = {**facts, "told": told([session])[session.topic.id], **TOOLS} if is_written else facts
    rows = {"report": is_written, "earlier_row": is_written, "missing_row": session in day.missing}
    for row, is_there in rows.items():
        html = render_template(f"news/_{row}.html", **report) if is_there else None
        yield f"{row.removesuffix('_row')}-{iso}-{number}", html
    for placement in session.placements:
        yield f"mini-{placement.cell}", _mini(placement.cell, placement.space, session)


fragments.register(NEWS, draw_news, rule=fragments.only("members", "projector"))
