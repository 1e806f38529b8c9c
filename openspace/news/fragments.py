"""Renders the live parts of the news: of members' pages, of the console, and of the hall's screens."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from flask import render_template

from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.news.changes import ALL, ROUND
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
    """Yield patches for the subjects `report-N`, `all` (the board has changed) and `round`, for pages of each day."""
    event = db.session.get_one(Event, event_id)
    if ALL in subjects:
        for day in event.days:
            yield from _all_of(event, day)
    else:
        numbers = {int(subject.partition("-")[2]) for subject in subjects if subject != ROUND}
        for day in event.days:
            yield from _reports_of(event, read_once(day_of, event, day), numbers)
    # It is short, and whatever changes may be of the session at which the round is.
    for part, html in round_html(event).items():
        yield f"news-{part}", html


def _all_of(event: Event, day: date) -> Iterator[Patch]:
    for part, html in parts_html(event, day, *PARTS).items():
        yield f"news-{part}-{day.isoformat()}", html


def _reports_of(event: Event, day: Day, numbers: set[int]) -> Iterator[Patch]:
    sessions = [session for session in (day.session(number) for number in numbers) if session]
    for session in sessions:
        yield from _one(event, day, session)
    if sessions:
        yield f"news-count-{day.day.isoformat()}", _draw("count", event, day)


def _one(event: Event, day: Day, session: Session) -> Iterator[Patch]:
    iso, number, is_written = day.day.isoformat(), session.topic.number, session.state == "full"
    facts = {"event": event, "day": day, "session": session}
    report = {**facts, "told": told([session])[session.topic.id], **TOOLS} if is_written else facts
    rows = {"report": is_written, "earlier_row": is_written, "missing_row": session in day.missing}
    for row, is_there in rows.items():
        html = render_template(f"news/_{row}.html", **report) if is_there else None
        yield f"{row.removesuffix('_row')}-{iso}-{number}", html
    for placement in session.placements:
        yield f"mini-{placement.cell}", render_template("news/_mini.html", session=session, placement=placement)


fragments.register(NEWS, draw_news, rule=fragments.only("members", "projector"))
