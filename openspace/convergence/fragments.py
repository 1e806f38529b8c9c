"""Renders the live parts of a round of dots: of the phones' page and of the console.

Before the end they hold how many people have given, and nothing of what.
"""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from sqlalchemy import select

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.board.models import Topic
from openspace.convergence.actions import by_number, own_choice
from openspace.convergence.changes import ROUND
from openspace.convergence.models import (
    DOTS,
    DotRound,
    State,
    givers_of,
    people_of,
    reopenings_of,
    round_of,
    sheets_of,
)
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.news.sessions import openings

# The template `convergence/_<part>.html` draws each as an element with the id `dots-<part>`.
PARTS = ("round", "given", "steering")


def parts_html(event: Event, *names: str, **mine: Any) -> dict[str, str]:
    """Render these of `PARTS`, by their names; `mine` is what else the template is told for one person alone."""
    facts = {**read_once(_facts, event), **mine}
    return {name: render_template(f"convergence/_{name}.html", event=event, **facts) for name in names}


def _facts(event: Event) -> dict[str, Any]:
    found = round_of(event.id)
    if found is None:
        return {"round": None, "state": None, "givers": 0, "people": people_of(event.id)}
    is_over = found.counted_at is not None
    return {
        "round": found,
        "state": found.state,
        "givers": givers_of(found),
        "people": people_of(event.id),
        "sheets": sheets_of(found),
        "ranking": found.ranking if is_over else [],
        "reopened": reopenings_of(found) if is_over else {},
        "openings": {} if is_over else _openings([each.topic for each in found.topics]),
    }


def _openings(topics: list[Topic]) -> dict[int, str]:
    home = {topic.id: topic.id for topic in topics}
    return openings(home | {part.id: topic.id for topic in topics for part in topic.parts})


def draw_dots(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield patches for the subjects `round` and `given`."""
    event = db.session.get_one(Event, event_id)
    names = PARTS if ROUND in subjects else ("given", "steering")
    for name, html in parts_html(event, *names).items():
        yield f"dots-{name}", html


def personal(member: MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """What the member has given in a round that is open, for their own phone alone."""
    if member is None:
        return {}
    event_id = db.session.scalar(select(Member.event_id).where(Member.id == member.id))
    return {"dots": own(member.id, round_of(event_id or 0))}


def own(member_id: int, found: DotRound | None) -> dict[str, Any]:
    """A member's choice as scripts know it: the round, its version, and dots by the numbers of topics."""
    choice = own_choice(found, member_id) if found and found.state is not State.OVER else None
    if found is None or choice is None:
        return {"round": found.number if found else 0, "version": 0, "chosen": {}}
    return {"round": found.number, "version": choice.version, "chosen": by_number(found, choice)}


fragments.register(DOTS, draw_dots, rule=fragments.only("members"))
fragments.register_personal(personal, DOTS)
