"""Renders the live parts of the console: the steps that were made, what others hold, and the phases of the day."""

from collections.abc import Iterable
from typing import Any

from flask import render_template

from openspace.access.models import Member, Role
from openspace.console.models import hands_of
from openspace.events.models import Event
from openspace.extensions import db
from openspace.journal.models import CONSOLE, STEPS, steps_of
from openspace.live import fragments
from openspace.live.fragments import Listener, Patch, View
from openspace.phases.changes import PHASES
from openspace.phases.fragments import phases_html
from openspace.web.errors import NotFound, NotJoined


def part_html(event: Event, subject: str) -> str:
    """Render the part of the console with this name."""
    if subject == PHASES:
        return phases_html(event)
    facts: dict[str, Any] = {"steps": steps_of(event.id)} if subject == STEPS else {"hands": hands_of(event.id)}
    return render_template(f"console/_{subject}.html", event=event, **facts)


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield the patches of the channel `console`: its subjects are the names of the console's parts."""
    event = db.session.get_one(Event, event_id)
    for subject in subjects:
        yield subject, part_html(event, subject)


def check_may_follow(listener: Listener, channel: str) -> None:
    """Refuse with `NotJoined` whoever is no facilitator."""
    if channel != CONSOLE:
        raise NotFound
    member = db.session.get(Member, listener.member_id) if listener.member_id else None
    if member is None or not member.is_at_least(Role.FACILITATOR):
        raise NotJoined


fragments.register(CONSOLE, draw, rule=check_may_follow)
