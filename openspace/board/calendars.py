"""Sessions as iCalendar (RFC 5545). Times are in the event's zone, which comes along as VTIMEZONE."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import url_for

from openspace.board.appointments import Cancelled, place_in_words
from openspace.board.models import Placement, Topic
from openspace.events.models import Event
from openspace.extensions import base_url

if TYPE_CHECKING:
    from icalendar import Alarm, Event as Entry

# How far around the event its VTIMEZONE reaches.
NEAR = timedelta(days=366)


def calendar(
    event: Event,
    placements: Iterable[Placement],
    cancelled: Iterable[Cancelled] = (),
    *,
    name: str = "",
    alarm: int | None = None,
) -> bytes:
    """A calendar with one entry for each placement, and one with the status CANCELLED for each that was taken off.

    The UID of an entry is unique, and stays when the topic is edited, moved, or taken off and hung again. `alarm` is
    how many minutes before it each entry reminds; `name` is what calendar programs call it, or else the event's name.
    """
    from icalendar import Calendar, vText  # here and below because it is large, and most phones never ask

    book = Calendar()
    book.add("prodid", "-//Open Space//open-space board//EN")
    book.add("version", "2.0")
    # RFC 7986, section 5.1, and what came before it.
    for property_name in ("name", "x-wr-calname"):
        book[property_name] = vText(name or event.name)
    book.add("x-wr-timezone", event.zone)
    # How often programs that subscribe look again: RFC 7986, section 5.7, and what came before it.
    book.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT15M")
    for each in placements:
        slot, place = each.slot, place_in_words(each.space)
        entry = _entry(each.topic, each.uid, slot.starts_at, slot.ends_at, place, status="CONFIRMED")
        if alarm is not None:
            entry.add_component(_alarm(each.topic, alarm))
        book.add_component(entry)
    for gone in cancelled:
        book.add_component(_entry(gone.topic, gone.uid, gone.starts_at, gone.ends_at, gone.place, status="CANCELLED"))
    # Of the years around the event, instead of all since 1970.
    book.add_missing_timezones(first_date=event.starts_on - NEAR, last_date=event.ends_on + NEAR)
    return bytes(book.to_ical())


def _alarm(topic: Topic, minutes: int) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", topic.title)
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm


def _in_zone(event: Event, moment: datetime) -> datetime:
    """The moment in the event's zone; in UTC when that local time comes twice, for then the first would be meant."""
    local = event.local(moment)
    return moment.astimezone(UTC) if local.fold else local


def _entry(topic: Topic, uid: str, starts_at: datetime, ends_at: datetime, place: str, *, status: str) -> "Entry":
    from icalendar import Event as Entry, vText

    entry = Entry()
    entry.add("uid", uid)
    # Without a METHOD the stamp is when the entry was last changed (RFC 5545, 3.8.7.2).
    entry.add("dtstamp", topic.changed_at)
    entry.add("last-modified", topic.changed_at)
    entry.add("sequence", topic.edits)
    entry.add("status", status)
    entry.add("dtstart", _in_zone(topic.event, starts_at))
    entry.add("dtend", _in_zone(topic.event, ends_at))
    entry.add("summary", topic.title)
    entry["location"] = vText(place)
    entry.add("url", base_url() + url_for("topics.show", event=topic.event.slug, number=topic.number))
    if topic.text:
        entry.add("description", topic.text)
    return entry
