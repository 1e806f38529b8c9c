"""The list of sessions to be printed: as a list, and as a matrix of times and spaces for each day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext

from openspace.events.models import Slot, Space
from openspace.exports import typesetting
from openspace.exports.session_tables import address_of, communities_of, names_of
from openspace.exports.sessions import Part, Session, SessionList
from openspace.web.i18n import clock_time, day as day_in_words, language, listed as in_a_row, tongue, weekday

# In seconds of processor and in MiB: 300 topics with long texts take 2 s and 440 MiB.
LONGEST, LARGEST = 20, 1024


def as_list(listed: SessionList) -> bytes:
    """The list as PDF, with a heading for each day. Refuses with `NotTypeset`."""
    words = {
        **_about(listed),
        "heads": [gettext("Time"), gettext("Place"), gettext("Topic")],
        "days": [
            {"title": typesetting.headline(weekday(day)), "sessions": [_line(listed, each) for each in sessions]}
            for day, sessions in listed.by_day().items()
        ],
        "market": [_said(listed, session) for session in listed.sessions if not session.placement],
    }
    return typesetting.pdf("sessions", words, seconds=LONGEST, memory=LARGEST)


def as_matrix(listed: SessionList) -> bytes:
    """A page with the matrix of each day as PDF, then the market. Refuses with `NotTypeset`."""
    words = {
        **_about(listed),
        "days": [_day(listed, day, sessions) for day, sessions in listed.by_day().items()],
        "market": [_in_cell(session) for session in listed.sessions if not session.placement],
    }
    return typesetting.pdf("programme", words, seconds=LONGEST, memory=LARGEST)


def _about(listed: SessionList) -> dict[str, Any]:
    event, read_at = listed.event, listed.event.local(listed.read_at)
    as_of = f"{day_in_words(read_at.date())}, {clock_time(read_at, event.zone)}"
    return {
        "language": language(),
        "title": event.name,
        "state": gettext("The board as of %(time)s, change %(number)s", time=as_of, number=listed.revision),
        "market-title": gettext("On the market"),
        "nothing": gettext("No topic hangs on these days in these places."),
    }


def _line(listed: SessionList, session: Session) -> dict[str, Any]:
    assert session.placement
    slot, space = session.placement.slot, session.placement.space
    place = {"number": space.number, "tint": space.tint, "place": space.name}
    return {**_said(listed, session), **place, "when": _when(listed, slot)}


def _said(listed: SessionList, session: Session) -> dict[str, Any]:
    """What is said of a topic besides its time and place."""
    topic, parts = session.topic, listed.choice.parts
    facts = [tongue(topic.language)] if Part.LANGUAGE in parts else []
    if Part.INTEREST in parts:
        facts.append(ngettext("%(num)s goes", "%(num)s go", session.going))
        facts.append(ngettext("%(num)d person will look in", "%(num)d people will look in", session.looking))
    return {
        **_in_cell(session),
        "by": str(in_a_row([names_of(session.conveners), communities_of(session.conveners)]).unescape()),
        "facts": ", ".join(facts),
        "text": topic.text.splitlines() if Part.TEXT in parts else [],
        **({"link": address_of(session)} if Part.ADDRESS in parts else {}),
    }


def _in_cell(session: Session) -> dict[str, str]:
    topic = session.topic
    title = typesetting.broken(topic.title, topic.language)
    return {"state": "taken", "title": title, "language": topic.language, "by": names_of(session.conveners)}


def _day(listed: SessionList, day: date, sessions: Sequence[Session]) -> dict[str, Any]:
    """The matrix of one day: its slots, and the spaces that were chosen or in which something hangs."""
    held = {each.placement.space for each in sessions if each.placement}
    chosen = [
        space for space in listed.event.spaces if space.number in listed.choice.spaces or not listed.choice.spaces
    ]
    spaces = sorted({*held, *chosen}, key=lambda space: space.number)
    return {
        "title": typesetting.headline(weekday(day)),
        "spaces": [{"number": space.number, "name": space.name} for space in spaces],
        "rows": [_row(listed, slot, spaces, sessions) for slot in listed.event.slots if slot.day == day],
    }


def _row(listed: SessionList, slot: Slot, spaces: Sequence[Space], sessions: Sequence[Session]) -> dict[str, Any]:
    hung = {each.placement.space_id: each for each in sessions if each.placement and each.placement.slot_id == slot.id}

    def cell(space: Space) -> dict[str, str]:
        if space.id in hung:
            return _in_cell(hung[space.id])
        return {"state": "free" if space.takes(slot) else "closed"}

    zone = listed.event.zone
    return {
        "start": clock_time(slot.starts_at, zone),
        "until": gettext("until %(time)s", time=clock_time(slot.ends_at, zone)),
        "from-to": _when(listed, slot),
        "title": slot.title,
        "cells": [cell(space) for space in spaces] if slot.is_open else [],
    }


def _when(listed: SessionList, slot: Slot) -> str:
    return f"{clock_time(slot.starts_at, listed.event.zone)}–{clock_time(slot.ends_at, listed.event.zone)}"
