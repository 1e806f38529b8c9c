"""Renders announcements for phones and for the hall's screens, at the first load and for each change.

Every page of an event shows those of now. `EventSnapshot.announced` says with each request whether there ever was one,
so that without any nothing is asked, and keys the rendered ones.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from flask import Flask, g, render_template, request
from markupsafe import Markup
from sqlalchemy import select

from openspace.access.snapshots import EventSnapshot, MemberSnapshot
from openspace.access.visitor import visitor
from openspace.announcements.models import MESSAGES, Announcement, current
from openspace.announcements.rules import mark_of, read_in, size_of
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments, log
from openspace.live.fragments import EVERYWHERE, Patch, View
from openspace.web.cache import LruCache
from openspace.web.i18n import language

shown_cache = LruCache(64)


class Shown(NamedTuple):
    """An announcement as phones of one language show it. `cookie` is the name and value of one that was put away."""

    cookie: tuple[str, str]
    ends_at: datetime
    html: str


def phone_html(announcement: Announcement, zone: str) -> str:
    """Render an announcement for phones, in the language of the page."""
    code, text = read_in(announcement.words, language())
    facts = {"code": code, "text": text, "mark": mark_of(announcement.words), "zone": zone}
    return render_template("announcements/_announcement.html", announcement=announcement, **facts)


def message_html(announcement: Announcement, zone: str) -> str:
    """Render an announcement for the hall's screens, in all its languages."""
    facts = {"size": size_of(announcement.words), "zone": zone}
    return render_template("announcements/_message.html", announcement=announcement, **facts)


def here() -> Markup:
    """The announcements for the page that is being drawn; none on pages that a key opens, such as those of screens.

    Those that this browser's reader has put away are left out. The phone remembers them as cookies, so that they do
    not show for a moment before a script takes them away.
    """
    if not visitor or g.get("is_error_page") or "key" in (request.view_args or {}):
        return Markup()
    event = visitor.event_snapshot
    if not event.announced or (visitor.member_id is None and not event.is_public):
        return Markup()
    moment, cookies = now(), request.cookies
    found = (each for each in _shown(event) if each.ends_at > moment and cookies.get(each.cookie[0]) != each.cookie[1])
    return Markup("").join(Markup(each.html) for each in found)  # noqa: S704  # because templates have rendered it


def _shown(event: EventSnapshot) -> list[Shown]:
    def draw() -> list[Shown]:
        on_phones = [each for each in current(event.id) if each.on_phones]
        return [
            Shown((f"announcement-{each.id}", mark_of(each.words)), each.ends_at, phone_html(each, event.zone))
            for each in on_phones
        ]

    found: list[Shown] = shown_cache.get((event.id, event.announced, event.zone, language()), draw)
    return found


def messages() -> list[str]:
    """The announcements for the screen that is being drawn, the newest first."""
    event = visitor.event_snapshot
    return [message_html(each, event.zone) for each in current(event.id) if each.on_screens] if event.announced else []


def draw_announcements(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `announcement-N`. Of one that phones do not show nothing is left."""
    found, zone = _changed(event_id, subjects)
    shown = {each.id: each for each in found if each.on_phones}
    yield from ((name, phone_html(shown[i], zone) if (i := _id(name)) in shown else None) for name in subjects)


def draw_messages(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `message-N`. Of one that screens do not show nothing is left."""
    found, zone = _changed(event_id, subjects)
    shown = {each.id: each for each in found if each.on_screens}
    yield from ((name, message_html(shown[i], zone) if (i := _id(name)) in shown else None) for name in subjects)


def _changed(event_id: int, subjects: Iterable[str]) -> tuple[list[Announcement], str]:
    """Those of the subjects' announcements that are seen now, and the event's zone."""
    ids = {_id(name) for name in subjects}
    zone = db.session.scalar(select(Event.zone).where(Event.id == event_id)) or "UTC"
    return [each for each in current(event_id) if each.id in ids], zone


def _id(subject: str) -> int:
    return int(subject.partition("-")[2])


def personal_json(member: MemberSnapshot | None, channel: str, revision: int) -> dict[str, int]:
    """The personal JSON of every page: `announced`, the revision of the announcements; nothing if there never was one.

    A page that catches up sees by it whether it has missed one.
    """
    return {"announced": visitor.event_snapshot.announced} if visitor.event_snapshot.announced else {}


def init_app(app: Flask) -> None:
    """Let templates show the announcements of now."""
    app.jinja_env.globals |= {
        "announcements": here,
        "announced": lambda: visitor.event_snapshot.announced if visitor else 0,
        "messages": messages,
        "messages_revision": lambda: log.revision(visitor.event_id, MESSAGES),
    }


fragments.register(EVERYWHERE, draw_announcements, rule=fragments.only("members", "public"))
fragments.register(MESSAGES, draw_messages, rule=fragments.only("members", "projector"))
fragments.register_personal(personal_json)
