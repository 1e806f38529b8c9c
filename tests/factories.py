"""What tests are made of, built through actions."""

from copy import deepcopy
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from openspace.access import actions as access, seats
from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.models import Topic
from openspace.clock import now
from openspace.contacts import actions as contacts, photos
from openspace.contacts.models import Card
from openspace.events.models import Event, GridChange, Slot
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.organising import actions as events
from openspace.store import sqlite

DAY = date(2026, 6, 4)
# Past, now (11:30–12:30), lunch, next, later.
BLOCKS = [Block(600, 660), Block(690, 750), Block(750, 840, "Lunch", is_break=True), Block(840, 900), Block(930, 990)]
SPACES = [("Велика зала", 40), ("Бібліотека", 16), ("Тераса", 2)]


def an_event(name: str = "Інновації громад", **changes: Any) -> Event:
    """Three days with spaces; slots on the second and the third."""
    given = {
        "starts_on": date(2026, 6, 3),
        "ends_on": date(2026, 6, 5),
        "zone": "Europe/Kyiv",
        "languages": ["uk", "en"],
    }
    event = events.create(name=name, **{**given, **changes})
    events.set_spaces(event, [events.SpaceSheet(None, *space) for space in SPACES])
    for day in event.days[1:]:
        events.set_slots(event, day, [events.SlotSheet(None, block) for block in BLOCKS])
    return event


def a_member(event: Event, name: str = "Олена Ткачук", role: Role = Role.PARTICIPANT) -> Member:
    """Somebody from a community."""
    return access.seat(event, name=name, community="Вербівська громада", role=role)


def a_topic(event: Event, by: Member, title: str = "Кібербезпека", **more: Any) -> Topic:
    """A topic on the market."""
    return board.propose(event, title=title, by=by, **more)


DIGEST = "d" * 32


@cache
def _pictures() -> tuple[bytes, bytes]:
    stream = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(stream, "PNG")
    picture = photos.prepare(stream.getvalue())
    return picture.small, picture.large


def a_card(member: Member, **fields: Any) -> Card:
    """Somebody's card in the book, with a picture; what is not given stays empty."""
    card = contacts.begin(member)
    contacts.write(card, by=member, **fields)
    contacts.put_photo(card, contacts.Picture(DIGEST, *_pictures()), by=member)
    contacts.consent(card, words="I agree", exports_card=False, exports_details=False, by=member)
    return card


def open_slots(event: Event) -> list[Slot]:
    """Today's slots for topics: past, now, next, later."""
    return [slot for slot in event.slots if slot.is_open and slot.day == DAY]


def cell(event: Event, slot: int = 2, space: int = 0) -> dict[str, Any]:
    """A cell of today, as `place` takes it; by default the first one of the coming slot."""
    return {"slot": open_slots(event)[slot], "space": event.spaces[space]}


class Hall:
    """An event with people: organiser, facilitator, convener of topic 1, participant; and a guest of another event."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._clients: dict[str, FlaskClient] = {}
        self._tokens: dict[str, str] = {}
        with app.test_request_context(), sqlite.writing():
            event, other = an_event(), an_event("Seminar", languages=["en"])
            self.slug, self.id, self.code, self.projector = event.slug, event.id, event.join_code, event.projector_key
            people = {
                "organiser": a_member(event, "Команда", Role.ORGANISER),
                "facilitator": a_member(event, "Ірина", Role.FACILITATOR),
                "convener": a_member(event, "Оксана Дячук"),
                "participant": a_member(event),
                "other": a_member(other, "Anna Berger"),
            }
            convener = people["convener"]
            self.keys = {who: member.key for who, member in people.items()}
            self._tokens = {who: seats.give(member, confirmed_at=now()) for who, member in people.items()}
            self.ids = {who: member.id for who, member in people.items()} | {"other event": other.id}
            topic = a_topic(event, convener, "Ґендерно-чутливі питання")
            board.place(topic, **cell(event), by=convener)
            a_topic(event, convener, "Вода в селі")
            self.card_code = a_card(convener).code
            self.cells = [f"{slot.id}-{space.id}" for slot in open_slots(event) for space in event.spaces]
            self.spaces = [space.id for space in event.spaces]
            db.session.commit()

    @classmethod
    def of(cls, app: Flask) -> "Hall":
        """The hall alone in the app's database."""
        hall: Hall = app.extensions["states"].put_back("hall", cls)
        return hall.again()

    def again(self) -> "Hall":
        """The same event and people with new browsers, for whoever has put the database back."""
        return deepcopy(self, {id(self.app): self.app})

    def restore(self) -> None:
        """Undo whatever anybody has done: the database and the browsers are as they were at first."""
        self.__dict__.update(Hall.of(self.app).__dict__)

    def open_to_the_public(self) -> None:
        """Let anybody look at the board."""
        with self.app.app_context(), sqlite.writing():
            db.session.get_one(Event, self.id).is_public = True
            db.session.commit()

    def ask(self, who: str) -> FlaskClient:
        """A browser in which this person is signed in; `stranger` in none."""
        if who not in self._clients:
            client = self._clients[who] = self.app.test_client()
            event_id = self.ids["other event"] if who == "other" else self.id
            if who != "stranger":
                with client.session_transaction() as session:
                    session["seats"] = {str(event_id): self.token(who)}
        return self._clients[who]

    def token(self, who: str) -> str:
        """What the cookie of this person's browser holds: the token of their seat."""
        if who not in self._tokens:
            with self.app.test_request_context(), sqlite.writing():
                self._tokens[who] = seats.give(db.session.get_one(Member, self.ids[who]), confirmed_at=now())
                db.session.commit()
        return self._tokens[who]

    def url(self, rest: str = "") -> str:
        """An address within the event."""
        return f"/{self.slug}/{rest}"

    def grid_change(self) -> int:
        """Let the organiser set the same places again; returns the id of that change, which can be undone."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids["organiser"])
            sheets = [events.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces]
            events.set_spaces(event, sheets, by=by)
            db.session.commit()
            return db.session.query(GridChange.id).filter_by(event_id=self.id).scalar() or 0

    def cell(self, slot: int, space: int) -> str:
        """The key of a cell of today, by the places of its slot and space in their lists."""
        return self.cells[slot * len(SPACES) + space]
