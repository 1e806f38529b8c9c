"""Sessions as iCalendar (RFC 5545), with the time zone spelled out."""

from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING

from flask import url_for

from openspace.board.models import Placement
from openspace.events.models import Event
from openspace.extensions import base_url

if TYPE_CHECKING:
    from icalendar import Event as Entry


def calendar(event: Event, placements: Iterable[Placement]) -> bytes:
    """One entry a placement; its UID stays the same however often the topic is edited or moved."""
    from icalendar import Calendar  # here and below because it is large, and most phones never ask

    book = Calendar()
    book.add("prodid", "-//Open Space//open-space board//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", event.name)
    for placement in placements:
        book.add_component(_entry(event, placement))
    book.add_missing_timezones()
    return bytes(book.to_ical())


def _entry(event: Event, placement: Placement) -> "Entry":
    from icalendar import Event as Entry, vText

    topic = placement.topic
    entry = Entry()
    entry.add("uid", f"{event.slug}-{placement.id}@open-space")
    entry.add("dtstamp", placement.placed_at.astimezone(UTC))
    entry.add("dtstart", event.local(placement.slot.starts_at))
    entry.add("dtend", event.local(placement.slot.ends_at))
    entry.add("summary", topic.title)
    entry["location"] = vText(f"{placement.space.number} {placement.space.name}")
    entry.add("url", base_url() + url_for("topics.show", event=event.slug, number=topic.number))
    if topic.text:
        entry.add("description", topic.text)
    return entry
