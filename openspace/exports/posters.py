"""What hangs on walls and doors: the poster to join, a sign for each space, and the day's plan for each door."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import force_locale, gettext

from openspace.access.codes import event_long_code
from openspace.board.cells import Row, board_on
from openspace.clock import now
from openspace.events.models import Event, Space
from openspace.exports import typesetting
from openspace.exports.readers import at_one_revision
from openspace.extensions import base_url
from openspace.web import qr
from openspace.web.i18n import clock_time, day as day_in_words, days, weekday


def posters(event: Event, day: date) -> bytes:
    """The posters of an event with the plans of this day, in its first language, as PDF. Refuses with `NotTypeset`."""
    with force_locale(event.languages[0]):
        words = {**_about(event, day), **at_one_revision(lambda: _doors(event, day))}
        pictures = {f"{space['code']}.svg": qr.svg(space["address"]) for space in words["spaces"]}
        entrance = url_for("access.join", event=event.slug, code=event_long_code(event))
        pictures["join.svg"] = qr.svg(base_url() + entrance)
        return typesetting.pdf("posters", words, pictures)


def _about(event: Event, day: date) -> dict[str, Any]:
    as_of = f"{day_in_words(event.local(now()).date())}, {clock_time(now(), event.zone)}"
    return {
        "language": event.languages[0],
        "title": event.name,
        "when": days(event.starts_on, event.ends_on),
        "city": event.city,
        "invitations": [_invitation(language) for language in event.languages[:2]],
        "is-open": event.is_join_open,
        "join-alt": gettext("QR code to join"),
        "link": f"{base_url()}/{event.join_code}".partition("://")[2],
        "day": typesetting.headline(weekday(day)),
        "as-of": gettext("As of %(time)s.", time=as_of),
        "fresh": gettext("The code always shows how it stands now."),
        "what-is-here": gettext("Point your camera here: what is on in this space, now and later."),
        "meet-here": gettext("A butterfly place. Point your camera here: who is around."),
        "nothing": gettext("Nothing is planned here on this day yet. Bring your topic."),
    }


def _invitation(language: str) -> dict[str, str]:
    with force_locale(language):
        return {
            "language": language,
            "seat": gettext("Take a seat in the circle"),
            "camera": gettext("Point your camera here, give your name, and you are in."),
            "type": gettext("Or type:"),
        }


def _doors(event: Event, day: date) -> dict[str, Any]:
    rows = board_on(event, day)
    return {"spaces": [_door(event, space, rows) for space in event.open_spaces]}


def _door(event: Event, space: Space, rows: list[Row]) -> dict[str, Any]:
    return {
        "number": space.number,
        "name": space.name,
        "tint": space.tint,
        "is-butterfly": space.is_butterfly,
        "code": f"space-{space.number}",
        "address": base_url() + url_for("board.space", event=event.slug, space_id=space.id),
        "alt": gettext("QR code of this space"),
        "plan": [entry for row in rows if (entry := _entry(event, space, row))],
    }


def _entry(event: Event, space: Space, row: Row) -> dict[str, str] | None:
    """What the plan says of one slot; a line to write on if nothing hangs there yet, None if the space is closed."""
    when = f"{clock_time(row.slot.starts_at, event.zone)}–{clock_time(row.slot.ends_at, event.zone)}"
    entry = {"when": when, "title": row.slot.title, "language": event.languages[0], "by": ""}
    topic = next((cell.placement.topic for cell in row.cells if cell.space.id == space.id and cell.placement), None)
    if topic is None:
        return entry if not row.slot.is_open or space.takes(row.slot) else None
    title = typesetting.broken(topic.title, topic.language)
    by = "" if topic.is_programme else topic.convener.name
    return {"when": when, "title": title, "language": topic.language, "by": by}
