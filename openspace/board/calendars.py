"""Sessions as iCalendar (RFC 5545). Times are in UTC, which all calendar programs read in the same way."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import url_for

from openspace.board.appointments import Cancelled, place_in_words
from openspace.board.models import Placement, Topic
from openspace.events.models import Event
from openspace.extensions import base_url

if TYPE_CHECKING:
    from icalendar import Event as Entry


def calendar(event: Event, placements: Iterable[Placement], cancelled: Iterable[Cancelled] = ()) -> bytes:
    """A calendar with one entry for each placement, and one with the status CANCELLED for each that was taken off.

    The UID of an entry is unique, and stays when the topic is edited, moved, or taken off and hung again.
    """
    from icalendar import Calendar  # here and below because it is large, and most phones never ask

    book = Calendar()
    book.add("prodid", "-//Open Space//open-space board//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", event.name)
    book.add("x-wr-timezone", event.zone)
    for each in placements:
        slot, place = each.slot, place_in_words(each.space)
        book.add_component(_entry(each.topic, each.uid, slot.starts_at, slot.ends_at, place, status="CONFIRMED"))
    for gone in cancelled:
        book.add_component(_entry(gone.topic, gone.uid, gone.starts_at, gone.ends_at, gone.place, status="CANCELLED"))
    return bytes(book.to_ical())


def _entry(topic: Topic, uid: str, starts_at: datetime, ends_at: datetime, place: str, *, status: str) -> "Entry":
    from icalendar import Event as Entry, vText

    entry = Entry()
    entry.add("uid", uid)
    # Without a METHOD the stamp is when the entry was last changed (RFC 5545, 3.8.7.2).
    entry.add("dtstamp", topic.changed_at)
    entry.add("last-modified", topic.changed_at)
    entry.add("sequence", topic.edits)
    entry.add("status", status)
    entry.add("dtstart", starts_at)
    entry.add("dtend", ends_at)
    entry.add("summary", topic.title)
    entry["location"] = vText(place)
    entry.add("url", base_url() + url_for("topics.show", event=topic.event.slug, number=topic.number))
    if topic.text:
        entry.add("description", topic.text)
    return entry
