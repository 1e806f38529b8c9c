"""Renders the live parts of the console: steps, what others hold, what waits for a decision, phases, times."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from flask import Flask, g, render_template

from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.changes import HIDDEN, TIMES
from openspace.board.models import hidden_topics
from openspace.clock import now
from openspace.console.actions import HANDS
from openspace.console.models import hands_of
from openspace.console.waiting import waiting
from openspace.convergence.changes import STEERING
from openspace.convergence.fragments import steering_html
from openspace.events.models import Event, slots_on
from openspace.extensions import db
from openspace.journal.models import CONSOLE, STEPS, WAITING, LastSteps, last_steps, steps_of
from openspace.live import fragments, log
from openspace.live.fragments import Listener, Patch, View
from openspace.phases.changes import PHASES
from openspace.phases.fragments import phases_html
from openspace.web.errors import NotFound, NotJoined


class Told(NamedTuple):
    """What undo and redo are about for each facilitator, at a revision of the channel `console`."""

    revision: int
    by_member: dict[int, LastSteps]


def told() -> Told:
    """What the page's buttons undo and redo, read once for a request."""
    if "last_steps" not in g:
        # The revision first, so that a step in between is sent to the page twice rather than never.
        g.last_steps = Told(log.revision(visitor.event_id, CONSOLE), last_steps(visitor.event_id))
    found: Told = g.last_steps
    return found


def part_html(event: Event, subject: str) -> str:
    """Render the part of the console with this name."""
    if subject.startswith(TIMES):
        return times_html(event, date.fromisoformat(subject.removeprefix(f"{TIMES}-")))
    return _PARTS[subject](event)


def times_html(event: Event, day: date) -> str:
    """Render the times and places of a day, with their locks."""
    slots = list(db.session.scalars(slots_on(event, day)))
    return render_template("console/_times.html", event=event, day=day, slots=slots, now=now())


def _steps(event: Event) -> str:
    return render_template("console/_steps.html", event=event, steps=steps_of(event.id))


def _hands(event: Event) -> str:
    return render_template("console/_hands.html", event=event, hands=hands_of(event.id))


def _hidden(event: Event) -> str:
    return render_template("console/_hidden.html", event=event, topics=hidden_topics(event.id))


def _waiting(event: Event) -> str:
    return render_template("console/_waiting.html", event=event, **waiting(event))


_PARTS = {
    STEPS: _steps,
    HANDS: _hands,
    WAITING: _waiting,
    HIDDEN: _hidden,
    PHASES: phases_html,
    STEERING: steering_html,
}


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield the patches of the channel `console`: its subjects are the names of the console's parts."""
    event = db.session.get_one(Event, event_id)
    for subject in subjects:
        yield subject, part_html(event, subject)
    if STEPS in subjects:
        yield "last", render_template("console/_last.html", event=event, last=last_steps(event_id))


def check_may_follow(listener: Listener, channel: str) -> None:
    """Refuse with `NotJoined` whoever is no facilitator."""
    if channel != CONSOLE:
        raise NotFound
    member = db.session.get(Member, listener.member_id) if listener.member_id else None
    if member is None or not member.is_at_least(Role.FACILITATOR):
        raise NotJoined


def init_app(app: Flask) -> None:
    """Let the head of the console's pages name what can be undone."""
    app.jinja_env.globals["last_steps"] = told


fragments.register(CONSOLE, draw, rule=check_may_follow)
