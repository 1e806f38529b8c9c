"""Measures the board page with few and with many topics: queries, milliseconds and bytes, within this process."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event as sqlalchemy_event

from openspace import create_app
from openspace.access import actions as access, seats
from openspace.access.models import Member, Role
from openspace.board import actions as board, fragments
from openspace.clock import now
from openspace.events.models import Event
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.organising import actions as events, event_actions
from openspace.store import database, transactions

ROUNDS = 40


def board_page(large: int) -> Iterator[str]:
    """Yield the lines of a table for the board page with 10 topics and with `large`."""
    yield f"{'topics':>8} {'queries':>8} {'cached ms':>10} {'uncached ms':>12} {'bytes':>8}"
    for topics in (10, large):
        with tempfile.TemporaryDirectory() as folder:
            app = create_app({"DATA": Path(folder), "RATELIMIT_ENABLED": False})
            yield _row(app, topics)


def _row(app: Flask, topics: int) -> str:
    with app.app_context():
        database.upgrade()
        with transactions.writing():
            event, member = event_with(topics)
            address, token, ident = f"/{event.slug}/", seats.give(member), event.id
    client = app.test_client()
    with client.session_transaction() as session:
        session["seats"] = {str(ident): token}

    def get() -> Any:
        return client.get(address, headers={"Accept-Encoding": "br"})

    size = len(get().data)
    cached = _median(get)
    uncached = _median(get, before=fragments.day_cache.clear)
    return f"{topics:>8} {_queries(app, get):>8} {cached:>10.2f} {uncached:>12.2f} {size:>8}"


def event_with(topics: int) -> tuple[Event, Member]:
    """Create an event with six slots today and spaces to place all topics; returns it and its facilitator."""
    today = now().date()
    event = event_actions.create(name="Bench", starts_on=today, ends_on=today, zone="Europe/Kyiv", languages=["uk"])
    event.starts_on -= timedelta(days=1)
    event.ends_on += timedelta(days=1)
    slots = 6
    spaces = -(-topics // slots)
    member = access.seat(event, name="Олена Ткачук", community="Вербівська громада", role=Role.FACILITATOR)
    _spaces(event, spaces)
    events.set_slots(
        event, event.today(), [events.SlotSheet(None, Block(540 + 70 * n, 600 + 70 * n)) for n in range(slots)]
    )
    cells = [(slot, space) for slot in event.slots for space in event.spaces]
    for number, (slot, space) in enumerate(cells[:topics]):
        topic = board.propose(event, title=f"Тема {number}: міжмуніципальне співробітництво", by=member)
        board.place(topic, slot=slot, space=space, by=member, anyway=True)
        board.mark(event.id, topic.number, kind="go", by=member)
    return event, member


def _spaces(event: Event, count: int) -> None:
    """Set more spaces than a form allows."""
    limit, events.MAX_SPACES = events.MAX_SPACES, max(count, events.MAX_SPACES)
    events.set_spaces(event, [events.SpaceSheet(None, f"Зала {n}", 20) for n in range(1, count + 1)])
    events.MAX_SPACES = limit


def _median(work: Callable[[], Any], before: Callable[[], Any] = lambda: None) -> float:
    """The median time of `work` in milliseconds; `before` runs before each round and is not measured."""
    times = []
    for _ in range(ROUNDS):
        before()
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _queries(app: Flask, work: Callable[[], Any]) -> int:
    statements: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    fragments.day_cache.clear()
    with app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", count)
    work()
    sqlalchemy_event.remove(engine, "before_cursor_execute", count)
    return len(statements)
