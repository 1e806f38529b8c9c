"""Fifty people claim one cell at once, from several processes: one wins, and nobody loses what they wrote."""

import multiprocessing
import threading
from collections import Counter

from openspace import clock, create_app
from openspace.access import seats
from openspace.board.models import Placement, Topic
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import a_member

PROCESSES, EACH = 5, 10


def claim(moment, config, address, event_id, tokens, cell, together, results) -> None:
    """One process: as many people as tokens of their seats, each in a thread, all posting at the same moment."""
    clock.held = moment
    app = create_app(config)

    def post(token: str) -> None:
        client = app.test_client()
        with client.session_transaction() as session:
            session["seats"] = {str(event_id): token}
        fields = {"title": f"Тема від {token}", "language": "uk", "cell": cell}
        together.wait(60)
        answer = client.post(address, data=fields, headers={"Accept": "application/json"})
        again = None
        if answer.status_code == 409:
            again = client.post(
                address, data={**fields, "cell": ""}, headers={"Accept": "application/json"}
            ).status_code
        results.put((answer.status_code, len(answer.get_json().get("free", [])), again))

    threads = [threading.Thread(target=post, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_fifty_claim_one_cell_and_one_wins(hall):
    app = hall.app
    with app.app_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        tokens = [seats.give(a_member(event, f"Людина {n}")) for n in range(PROCESSES * EACH)]
        before = db.session.query(Topic).count()
        db.session.commit()
        db.engine.dispose()
    config = {name: app.config[name] for name in ("DATA", "SQLALCHEMY_DATABASE_URI", "SECRET_KEY", "WTF_CSRF_ENABLED")}
    config |= {"RATELIMIT_ENABLED": False, "TESTING": True}
    context = multiprocessing.get_context("forkserver")
    # So that the app is imported once, and not in each process.
    context.set_forkserver_preload([__name__])
    together, results = context.Barrier(PROCESSES * EACH), context.Queue()
    parts = [tokens[n * EACH : (n + 1) * EACH] for n in range(PROCESSES)]
    processes = [
        context.Process(
            target=claim,
            args=(clock.held, config, hall.url("topics"), hall.id, part, hall.cell(3, 0), together, results),
        )
        for part in parts
    ]
    for process in processes:
        process.start()
    answers = [results.get(timeout=90) for _ in tokens]
    for process in processes:
        process.join(30)

    assert Counter(status for status, _, _ in answers) == {201: 1, 409: 49}
    assert {free for status, free, _ in answers if status == 409} == {3}
    assert Counter(again for status, _, again in answers if status == 409) == {201: 49}
    with app.app_context():
        placed = [placement.cell for placement in db.session.query(Placement)]
        assert placed.count(hall.cell(3, 0)) == 1
        assert db.session.query(Topic).count() == before + 50
