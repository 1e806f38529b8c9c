"""Renders the live parts of a round of dots: of the phones' page, of the console, and of the hall's screens.

Before the end they hold how many people have given, and nothing of what.
"""

from collections.abc import Iterable
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.board.models import Topic
from openspace.convergence.actions import by_number, own_choice
from openspace.convergence.changes import GIVEN
from openspace.convergence.models import (
    DOTS,
    DotRound,
    State,
    givers_now,
    givers_of,
    people_of,
    reopenings_of,
    round_of,
    sheets_of,
    shown_round_of,
)
from openspace.convergence.rules import heap
from openspace.events.models import Event
from openspace.extensions import base_url, db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.news.rules import size
from openspace.news.sessions import openings

# The functions with which templates draw heaps of dots, and say how large a title stands.
TOOLS: dict[str, Any] = {"heap": heap, "size": size}
# What everybody sees, and what facilitators alone see; `convergence/_<part>.html` draws each as `dots-<part>`.
SHOWN, STEERING = ("round", "given", "screen"), "steering"


def parts_html(event: Event, *names: str, **mine: Any) -> dict[str, str]:
    """Render these parts, by their names; `mine` is what else the template is told for one person alone."""
    more = {"event": event, **TOOLS, "address": short_address(event), **mine}
    facts = {name: read_once(_steered if name == STEERING else _shown, event) for name in names}
    return {name: render_template(f"convergence/_{name}.html", **facts[name], **more) for name in names}


def steering_html(event: Event) -> str:
    """Render the keys by which facilitators steer the round."""
    return parts_html(event, STEERING)[STEERING]


def short_address(event: Event) -> str:
    """The address of the members' page, as it is read from the hall's screen."""
    return (base_url() + url_for("dots.show", event=event.slug)).partition("://")[2]


def _shown(event: Event) -> dict[str, Any]:
    return _facts(event, shown_round_of(event.id))


def _steered(event: Event) -> dict[str, Any]:
    found, shown = round_of(event.id), shown_round_of(event.id)
    return {**_facts(event, found), "shows_last": found is not shown}


def _facts(event: Event, found: DotRound | None) -> dict[str, Any]:
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
        "openings": {} if is_over else _openings([each.topic for each in found.shown]),
    }


def _openings(topics: list[Topic]) -> dict[int, str]:
    home = {topic.id: topic.id for topic in topics}
    return openings(home | {part.id: topic.id for topic in topics for part in topic.parts})


def _numbers(event: Event) -> dict[str, int]:
    return {"givers": givers_now(event.id), "people": people_of(event.id)}


def draw_dots(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield patches for the subjects `round` and `given`: all phones get them, so nothing of facilitators' keys."""
    event = db.session.get_one(Event, event_id)
    if subjects == [GIVEN]:
        # In the last seconds this comes with every tick: it reads two numbers, and no topics.
        yield "dots-given", render_template("convergence/_given.html", event=event, **read_once(_numbers, event))
        return
    for name, html in parts_html(event, *SHOWN).items():
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


fragments.register(DOTS, draw_dots, rule=fragments.only("members", "projector"))
fragments.register_personal(personal, DOTS)
