"""Renders the live parts of the microphone: for projectors, the console and people's phones."""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from sqlalchemy import select

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.board.cells import Row, bare_board
from openspace.board.models import Topic, placements_where
from openspace.board.rules import chairs_drawn, overlap
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.pitching.models import PITCH, WAITING, Pitch, going_to, pitch_now, queue_of
from openspace.pitching.rules import size

# The parts of pages that show each subject. A part is the template `pitching/_<part>.html`, whose root has the id
# `pitch-<part>`.
PARTS = {"now": ("stage", "air", "reading"), "queue": ("queue", "line", "coming"), "cells": ("minis", "places")}


def part_html(event: Event, part: str) -> str:
    """Render one part as it is now."""
    return _drawn(event, next(subject for subject, parts in PARTS.items() if part in parts), [part])[part]


def draw_pitch(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each part that shows one of the subjects."""
    event = db.session.get_one(Event, event_id)
    for subject in subjects:
        for part, html in _drawn(event, subject, PARTS[subject]).items():
            yield f"pitch-{part}", html


def _drawn(event: Event, subject: str, parts: Iterable[str]) -> dict[str, str]:
    facts = read_once({"now": _now, "queue": _queue, "cells": _cells}[subject], event)
    return {part: render_template(f"pitching/_{part}.html", event=event, **facts) for part in parts}


def _now(event: Event) -> dict[str, Any]:
    pitch = pitch_now(event.id)
    topic = pitch.shown if pitch else None
    going = going_to(topic) if topic else 0
    return {
        "pitch": pitch,
        "topic": topic,
        "placement": pitch.placement if pitch else None,
        "going": going,
        "chairs": chairs_drawn(going, 20),
        "size": size(topic.title if topic else pitch.member.name if pitch else ""),
    }


def _queue(event: Event) -> dict[str, Any]:
    return {"queue": queue_of(event.id)}


def _cells(event: Event) -> dict[str, Any]:
    """What the small board shows: the day on which the topic just hung stands, else the one that is on."""
    pitch = pitch_now(event.id)
    placement = pitch.placement if pitch else None
    day = placement.slot.day if placement else event.day_shown()
    board = [row for row in bare_board(event) if row.cells]
    rows = [row for row in board if row.slot.day == day]
    return {
        "rows": rows,
        "new": placement.cell if placement else None,
        "free": sum(row.free for row in _coming(rows)),
        "coming": [row for row in _coming(board) if row.free],
        "busy": _busy(event, pitch.shown) if pitch and pitch.shown else set(),
    }


def _busy(event: Event, topic: Topic) -> set[int]:
    """The ids of the slots in which the topic's convener has another one."""
    theirs = placements_where(Topic.convener_id == topic.convener_id, Topic.id != topic.id)
    return {slot.id for slot in event.slots if any(overlap(slot, placement.slot) for placement in theirs)}


def _coming(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.slot.ends_at > now()]


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """The personal JSON: `pitch` is the id of the visitor's own place in the queue; 0 for none."""
    waiting = select(Pitch.id).where(Pitch.member_id == asking.id, *WAITING).limit(1) if asking else None
    return {"pitch": (db.session.scalar(waiting) if waiting is not None else None) or 0}


fragments.register(PITCH, draw_pitch, rule=fragments.only("members", "projector"))
fragments.register_personal(personal_json, PITCH)
