"""Renders the live part of the hall's screens: what facilitators see of each."""

from collections.abc import Iterable

from flask import render_template

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Listener, Patch, View
from openspace.screens import scenes
from openspace.screens.models import SCREENS, Screen, screens_of
from openspace.web.errors import NotFound, NotJoined


def screen_html(event: Event, screen: Screen) -> str:
    """Render a screen as facilitators see it."""
    facts = {"says": scenes.scene(screen.says), "is_alive": screen.is_alive(now())}
    return render_template("screens/_screen.html", event=event, screen=screen, now=now(), **facts)


def draw_screens(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `screen-N`. Of one that is forgotten nothing is left.

    The screens follow this channel too: of a patch with their own number they hear that they shall ask what to show.
    """
    event = db.session.get_one(Event, event_id)
    html = {f"screen-{screen.number}": screen_html(event, screen) for screen in screens_of(event_id)}
    yield from ((subject, html.get(subject)) for subject in subjects)


def check_may_follow(listener: Listener, channel: str) -> None:
    """Refuse with `NotJoined` whoever is no facilitator and has no projector's key."""
    if channel != SCREENS:
        raise NotFound
    member = db.session.get(Member, listener.member_id) if listener.member_id else None
    if not listener.has_key and not (member and member.is_at_least(Role.FACILITATOR)):
        raise NotJoined


fragments.register(SCREENS, draw_screens, rule=check_may_follow)
