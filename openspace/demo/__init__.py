"""Builds the demo event «Інновації громад» through the actions that people use too."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import delete, update

from openspace import clock
from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.models import Topic
from openspace.board.notices import TopicNotice
from openspace.clock import now
from openspace.demo import cards, commitments, dots, hall, notes, programmes, stories
from openspace.events.models import Event, Slot, Space
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.organising import actions as events, event_actions, programme

HERE = Path(__file__).parent
ZONE = "Europe/Kyiv"
MEMBERS = 200
SPACES = [
    ("Велика зала", 40),
    ("Зала «Дніпро»", 24),
    ("Зала «Карпати»", 24),
    ("Бібліотека", 16),
    ("Тераса", 20),
    ("Намет у дворі", 20),
    ("Кавʼярня", 12),
]
# Where people meet without a topic.
FOYER = ("Фоє", 30)
TRAINING = "Тренінг: складна розмова з відвідувачем"
WORKING_GROUP = "Робоча група: карта міст-побратимів"
# How many minutes of the running slot have passed when the demo opens, as on the screens of the design.
ELAPSED = 24
# If the running slot began more minutes ago, it is nearly over, and all times are moved.
LATEST = 35


class Demo(NamedTuple):
    """The demo event, one member of each role to sign in as, and the organiser of a programme beside it."""

    event: Event
    organiser: Member
    facilitator: Member
    participant: Member
    lead: Member


def _blocks(*, first_day: bool = False, last_day: bool = False) -> list[Block]:
    lunch = Block(750, 840, "Обід, Тераса й Кавʼярня", is_break=True)
    if first_day:
        return [Block(600, 690, "Відкриття: усі в колі, базар тем"), Block(690, 750), lunch, *_afternoon()]
    if last_day:
        return [Block(600, 660), Block(690, 750), lunch, Block(840, 900), Block(930, 1020, "Закриття: коло обіцянок")]
    return [
        Block(600, 660),
        Block(690, 750),
        lunch,
        *_afternoon(),
        Block(1020, 1050, "Вечірні новини: усі в колі, Велика зала"),
    ]


def _afternoon() -> list[Block]:
    return [Block(840, 900), Block(930, 990)]


def _shift(moment: datetime) -> int:
    """By how many minutes all times are moved, so that a slot of today runs now and no day passes midnight."""
    minute = moment.hour * 60 + moment.minute
    for start in (690, 840, 930, 600):
        if start <= minute < start + LATEST:
            return 0
    for start in (690, 600, 840, 930):
        shift = (minute - ELAPSED - start) // 5 * 5
        if 600 + shift >= 0 and 1020 + shift < 24 * 60:
            return shift
    # Too near midnight: the first or the last slot begins about now.
    return (minute - (600 if minute < 720 else 930)) // 5 * 5


def build(*, zone: str = ZONE, is_illustrated: bool = True) -> Demo:
    """Make the event with its second day today and a slot on now. The caller commits.

    Jobs draw the photos and films of illustrated stories, and prepare them.
    """
    chance = random.Random("Інновації громад")  # noqa: S311  # because it draws examples, not secrets
    moment = now()
    event = _event(moment, zone)
    shift = _shift(event.local(moment))
    organiser, facilitator, people = _people(event, chance)
    for index, day in enumerate(event.days):
        blocks = _blocks(first_day=index == 0, last_day=index == 3)
        sheets = [
            events.SlotSheet(None, b._replace(start=b.start + shift, end=b.end + shift, hour="first")) for b in blocks
        ]
        events.set_slots(event, day, sheets)
    # Everything was written five minutes ago, so that no topic is marked as new.
    with clock.frozen_at(moment - timedelta(minutes=5)):
        topics = _topics(event, people)
        items = _place(event, topics, organiser)
        _mark_interest([*topics, *items], people, chance)
        cards.put([*people, facilitator, organiser], _parts(), chance)
        stories.put(event, people, topics, chance, is_illustrated=is_illustrated)
        # Examples, not secrets.
        notes.put(topics, people, random.Random("notes"), is_illustrated=is_illustrated)  # noqa: S311
        commitments.put(event, topics, people)
        # Those of the first day.
        dots.put(event, topics[26:32], people[:60], by=facilitator)
        _read_all_notices(event)
        hall.ask(event, topics, people[1:6])
    with clock.frozen_at(moment - timedelta(seconds=20)):
        hall.read_out(topics[-6:-3], people[7:8], by=facilitator)
    return Demo(event, organiser, facilitator, people[0], programmes.put(moment))


def _event(moment: datetime, zone: str) -> Event:
    today = event_actions.create(
        name="Інновації громад",
        city="Київ",
        starts_on=moment.date(),
        ends_on=moment.date(),
        zone=zone,
        languages=["uk", "en", "de"],
    )
    first = today.today() - timedelta(days=1)
    today.starts_on, today.ends_on = first, first + timedelta(days=3)
    sheets = [events.SpaceSheet(None, name, chairs) for name, chairs in SPACES]
    events.set_spaces(today, [*sheets, events.SpaceSheet(None, *FOYER, is_butterfly=True)])
    return today


def _people(event: Event, chance: random.Random) -> tuple[Member, Member, list[Member]]:
    parts = _parts()
    organiser = access.seat(event, name="Команда програми", role=Role.ORGANISER)
    facilitator = access.seat(event, name="Ірина Мельник", community="Фасилітація", role=Role.FACILITATOR)
    names = _names(parts, chance)
    people = [access.join(event, name="Олена Ткачук", community="Вербівська громада")]
    people += [access.join(event, name=guest["name"], community=guest["community"]) for guest in parts["guests"]]
    while len(people) < MEMBERS - 2:
        people.append(access.join(event, name=names.pop(), community=chance.choice(parts["communities"])))
    return organiser, facilitator, people


def _parts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "people.json").read_text())
    return found


def _names(parts: dict[str, Any], chance: random.Random) -> list[str]:
    names = [
        f"{first} {last}" for first in parts["first_names_f"] + parts["first_names_m"] for last in parts["last_names"]
    ]
    names.remove("Олена Ткачук")
    chance.shuffle(names)
    return names


def _topics(event: Event, people: list[Member]) -> list[Topic]:
    sheets = json.loads((HERE / "topics.json").read_text())
    return [
        board.propose(event, title=sheet["title"], text=sheet["text"], language=sheet["language"], by=people[index * 4])
        for index, sheet in enumerate(sheets)
    ]


def _place(event: Event, topics: list[Topic], organiser: Member) -> list[Topic]:
    """Place 26 topics on the second day, six on the first, eight on the third; the rest stays on the market.

    Returns the programme items that were placed among them.
    """
    by_day: dict[int, list[Slot]] = {}
    for slot in event.slots:
        if slot.is_open:
            by_day.setdefault((slot.day - event.starts_on).days, []).append(slot)
    spaces = list(event.spaces)
    items = [
        programme.add_item(event, title=TRAINING, slot=by_day[1][2], space=spaces[0], by=organiser),
        programme.add_item(event, title=WORKING_GROUP, slot=by_day[2][1], space=spaces[1], by=organiser),
    ]
    second = [
        (slot, space)
        for slot in by_day[1]
        for space in spaces
        if (slot, space) not in {(by_day[1][2], spaces[0]), (by_day[1][3], spaces[4])}
    ]
    first = [(by_day[0][1], space) for space in spaces[:6]]
    third = [(slot, space) for slot in by_day[2][2:4] for space in spaces[:4]]
    for topic, (slot, space) in zip(topics, [*second, *first, *third], strict=False):
        board.place(topic, slot=slot, space=space, by=organiser, anyway=True)
    return items


def _read_all_notices(event: Event) -> None:
    """Delete the notices about placed topics, so that nobody has any when the demo opens."""
    db.session.execute(delete(TopicNotice))
    db.session.execute(update(Member).where(Member.event_id == event.id).values(notices_at=None))


def _mark_interest(topics: list[Topic], people: list[Member], chance: random.Random) -> None:
    for topic in topics:
        space: Space | None = topic.placements[0].space if topic.placements else None
        wanted = int((space.chairs if space else 20) * chance.uniform(0.35, 1.0))
        crowd = chance.sample(people, wanted + 2)
        for person in crowd[:wanted]:
            board.mark(topic.event_id, topic.number, kind="go", by=person)
        for person in crowd[wanted:]:
            board.mark(topic.event_id, topic.number, kind="look", by=person)
    db.session.flush()
