"""An event's programme for conference apps: the schedule of c3voc, as XML and JSON (https://c3voc.de/wiki/schedule).

Both forms come from one `Schedule`, which is the same for whoever asks: it names no time of the request and no reader.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from flask import url_for
from flask_babel import force_locale, gettext
from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from openspace.board.appointments import place_in_words
from openspace.board.models import Placement, Topic, placements_where
from openspace.events.models import Event, Slot, Space
from openspace.extensions import base_url, db
from openspace.text import for_xml

SCHEMA = "https://c3voc.de/schedule/schema.json"
# The steps of the grid that apps draw. Slots may begin at any minute.
STEP = "00:05"
# In characters, of the title within an entry's `slug`.
LONGEST_SLUG = 40
# Numbers of entries are below this, so that apps can keep them in 32 bits.
NUMBERS = 2**31 - 1
# The names of zones that the schema of the JSON form takes.
_ZONE = re.compile("[A-Z][a-z]+/[A-Z][a-z]+|UTC$")


@dataclass(frozen=True)
class Person:
    """A convener. `guid` is the same in all entries of the person."""

    name: str
    guid: str


@dataclass(frozen=True)
class Entry:
    """A placement, or a slot that the organisers have filled. `guid` and `number` stay when it moves or is renamed."""

    guid: str
    number: int
    title: str
    text: str
    language: str
    kind: str
    track: str
    room: str
    starts_at: datetime
    ends_at: datetime
    url: str
    persons: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Day:
    """A day of the event, with what begins on it or in the night after it; `rooms` has no room without entries."""

    index: int
    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[Entry]]


@dataclass(frozen=True)
class Schedule:
    """The programme of an event. `rooms` are the names and identifiers of all its spaces; times are in its zone."""

    slug: str
    title: str
    zone: str
    url: str
    rooms: dict[str, str]
    days: tuple[Day, ...]

    @property
    def acronym(self) -> str:
        """The event's slug as both schemas want it: at least four of a-z, 0-9 and underscores."""
        plain = self.slug.replace("-", "_")
        return plain if len(plain) >= 4 else f"{plain}_{self.days[0].date.year}"

    @property
    def version(self) -> str:
        """A hash of all that the schedule says, in 12 hexadecimal digits: another one when anything has changed."""
        return sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()[:12]

    def slug_of(self, entry: Entry) -> str:
        """A name for addresses, unique in the schedule."""
        words = slugify(entry.title, max_length=LONGEST_SLUG, word_boundary=True)
        return f"{self.acronym}-{entry.number:010d}{'-' * bool(words)}{words}"


def schedule_of(event: Event, *, with_persons: bool) -> Schedule:
    """Return the programme of an event; conveners are in it only `with_persons`.

    Labels are in the event's first language, because an app shows one file to all.
    """
    persons = _persons(event) if with_persons else {}
    with force_locale(event.languages[0]):
        placements = placements_where(Topic.event_id == event.id)
        filled = [slot for slot in event.slots if slot.title]
        entries = [(each.slot.day, _placed(event, each, persons.get(each.topic_id, ()))) for each in placements]
        entries += [(slot.day, _filled(event, slot)) for slot in filled]
        spaces = {each.id: each for each in (*event.spaces, *(placement.space for placement in placements))}
        rooms = {place_in_words(space): _guid(event, f"space-{space.id}") for space in _by_number(spaces.values())}
        if filled:
            rooms[gettext("All places")] = _guid(event, "all places")
    numbered = _numbered([entry for _, entry in entries])
    by_day = [(day, entry) for (day, _), entry in zip(entries, numbered, strict=True)]
    days = [
        _day(event, index, day, rooms, [entry for its_day, entry in by_day if its_day == day])
        for index, day in enumerate(_days(event, by_day), 1)
    ]
    return Schedule(event.slug, event.name, event.zone, _address("board.show", event), rooms, tuple(days))


def as_xml(schedule: Schedule, address: str, release: str) -> bytes:
    """Return the schedule as XML in UTF-8. `address` is where the file is, `release` the version of this program."""
    root = ET.Element("schedule")
    ET.SubElement(root, "generator", name="Open Space", version=release)
    facts: dict[str, str] = {
        "title": schedule.title,
        "acronym": schedule.acronym,
        "start": schedule.days[0].date.isoformat(),
        "end": schedule.days[-1].date.isoformat(),
        "days": str(len(schedule.days)),
        "timeslot_duration": STEP,
        "url": schedule.url,
        "time_zone_name": schedule.zone,
    }
    _add(root, url=address, version=schedule.version)
    _add(ET.SubElement(root, "conference"), **facts)
    for day in schedule.days:
        span = {"start": day.starts_at.isoformat(), "end": day.ends_at.isoformat()}
        part = ET.SubElement(root, "day", {"index": str(day.index), "date": day.date.isoformat(), **span})
        for name, entries in day.rooms.items():
            room = ET.SubElement(part, "room", name=for_xml(name), guid=schedule.rooms[name])
            for entry in entries:
                _add_entry(room, schedule, entry)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(room: ET.Element, schedule: Schedule, entry: Entry) -> None:
    element = ET.SubElement(room, "event", id=str(entry.number), guid=entry.guid)
    _add(element, **_plain(schedule, entry), subtitle="", description="", origin_url=entry.url)
    persons = ET.SubElement(element, "persons")
    for person in entry.persons:
        ET.SubElement(persons, "person", guid=person.guid).text = for_xml(person.name)


def as_json(schedule: Schedule, release: str) -> dict[str, Any]:
    """Return the schedule as the document of the JSON form. `release` is the version of this program."""
    conference: dict[str, Any] = {
        "acronym": schedule.acronym,
        "title": schedule.title,
        "start": schedule.days[0].date.isoformat(),
        "end": schedule.days[-1].date.isoformat(),
        "daysCount": len(schedule.days),
        "timeslot_duration": STEP,
        "url": schedule.url,
        "rooms": [{"name": name, "guid": guid} for name, guid in schedule.rooms.items()],
        "days": [_day_as_json(schedule, day) for day in schedule.days],
    }
    if _ZONE.match(schedule.zone):
        conference["time_zone_name"] = schedule.zone
    content = {"version": schedule.version, "base_url": base_url(), "conference": conference}
    return {"$schema": SCHEMA, "generator": {"name": "Open Space", "version": release}, "schedule": content}


def _day_as_json(schedule: Schedule, day: Day) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(),
        "day_end": day.ends_at.isoformat(),
        "rooms": {name: [_entry_as_json(schedule, each) for each in entries] for name, entries in day.rooms.items()},
    }


def _entry_as_json(schedule: Schedule, entry: Entry) -> dict[str, Any]:
    more = {
        "id": entry.number,
        "guid": entry.guid,
        "end": entry.ends_at.isoformat(),
        "subtitle": "",
        "links": [],
        "persons": [asdict(person) for person in entry.persons],
    }
    return {**_plain(schedule, entry), **more}


def _plain(schedule: Schedule, entry: Entry) -> dict[str, str]:
    """What both forms have of an entry, under the same names."""
    return {
        "room": entry.room,
        "title": entry.title,
        "type": entry.kind,
        "date": entry.starts_at.isoformat(),
        "start": f"{entry.starts_at:%H:%M}",
        "duration": _duration(entry),
        "abstract": entry.text,
        "slug": schedule.slug_of(entry),
        "track": entry.track,
        "language": entry.language,
        "url": entry.url,
    }


def _placed(event: Event, placement: Placement, persons: tuple[Person, ...]) -> Entry:
    topic = placement.topic
    kind, track = ("workshop", gettext("Programme")) if topic.is_programme else ("discussion", gettext("Open space"))
    return Entry(
        guid=_guid(event, placement.uid),
        number=_number(placement.uid),
        title=topic.title,
        text=topic.text,
        language=topic.language,
        kind=kind,
        track=track,
        room=place_in_words(placement.space),
        starts_at=event.local(placement.slot.starts_at),
        ends_at=event.local(placement.slot.ends_at),
        url=_address("topics.show", event, number=topic.number),
        persons=persons,
    )


def _filled(event: Event, slot: Slot) -> Entry:
    name = f"slot-{slot.id}"
    return Entry(
        guid=_guid(event, name),
        number=_number(f"{event.uid_base}/{name}"),
        title=slot.title,
        text="",
        language=event.languages[0],
        kind="other" if slot.is_break else "meeting",
        track=gettext("Break") if slot.is_break else gettext("Programme"),
        room=gettext("All places"),
        starts_at=event.local(slot.starts_at),
        ends_at=event.local(slot.ends_at),
        url=_address("board.show", event, day=slot.day),
    )


def _persons(event: Event) -> dict[int, tuple[Person, ...]]:
    """The conveners by the topic's id."""
    parts = selectinload(Topic.parts).joinedload(Topic.convener)
    topics = select(Topic).where(Topic.event_id == event.id).options(joinedload(Topic.convener), parts)
    return {
        topic.id: tuple(Person(member.name, _guid(event, f"member-{member.id}")) for member in topic.conveners)
        for topic in db.session.scalars(topics)
    }


def _guid(event: Event, name: str) -> str:
    """An identifier (UUID 5) that no other installation gives out, and that this one gives out for one thing alone."""
    return str(uuid5(NAMESPACE_URL, f"{event.uid_base}/{name}"))


def _number(name: str) -> int:
    """A positive number, nearly always another one for another name."""
    return int.from_bytes(sha256(name.encode()).digest()[:8]) % NUMBERS + 1


def _numbered(entries: list[Entry]) -> list[Entry]:
    """The entries, of which none has the number of another one: of two, the one with the later identifier moves on."""
    taken: set[int] = set()
    found: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda each: each.guid):
        number = entry.number
        while number in taken:
            number = number % NUMBERS + 1
        taken.add(number)
        found[entry.guid] = entry if number == entry.number else Entry(**{**vars(entry), "number": number})
    return [found[entry.guid] for entry in entries]


def _days(event: Event, entries: Iterable[tuple[date, Entry]]) -> list[date]:
    """The days of the event, and any other one on which something is placed."""
    return sorted({*event.days, *(day for day, _ in entries)})


def _day(event: Event, index: int, day: date, rooms: Iterable[str], entries: list[Entry]) -> Day:
    midnight = datetime.combine(day, datetime.min.time(), event.tz)
    starts_at = min((entry.starts_at for entry in entries), default=midnight, key=datetime.timestamp)
    ends_at = max((entry.ends_at for entry in entries), default=midnight + timedelta(days=1), key=datetime.timestamp)
    ordered = sorted(entries, key=lambda each: (each.starts_at.timestamp(), each.guid))
    held = {name: [entry for entry in ordered if entry.room == name] for name in rooms}
    return Day(index, day, starts_at, ends_at, {name: each for name, each in held.items() if each})


def _by_number(spaces: Iterable[Space]) -> list[Space]:
    return sorted(spaces, key=lambda space: space.number)


def _address(endpoint: str, event: Event, **values: Any) -> str:
    return base_url() + url_for(endpoint, event=event.slug, **values)


def _duration(entry: Entry) -> str:
    """Hours and minutes, as 01:30; a day is 24:00."""
    # In UTC: between two times of one zone Python would count as if clocks were never changed.
    span = entry.ends_at.astimezone(UTC) - entry.starts_at.astimezone(UTC)
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    return f"{hours:02d}:{minutes:02d}"


def _add(parent: ET.Element, **texts: str) -> None:
    for name, words in texts.items():
        ET.SubElement(parent, name).text = for_xml(words)
