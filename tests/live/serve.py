"""A real server for tests of the live layer, on a hall full of people, driven by lines of JSON.

    python -m tests.live.serve '{"DATA": "/tmp/x", "port": 8000}'

With 0 as port it only puts the hall into the database. Else it prints one line with what a client needs, and then
obeys: {"emit": 1000, "size": 100} sends so many numbered packets to everybody on the board, {"enqueue": "count",
"arguments": {}} enqueues a job, {"cancel": 1} cancels one. The clock stands at the moment of the other tests.
"""

import json
import sys

from gevent import monkey

monkey.patch_all()

from pathlib import Path  # noqa: E402  # gevent patches first

import gevent  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402

import tests.jobs.kinds  # noqa: E402, F401  # declares them
from openspace import clock, create_app  # noqa: E402
from openspace.access import seats  # noqa: E402
from openspace.access.models import Member  # noqa: E402
from openspace.events.models import Event  # noqa: E402
from openspace.extensions import db, socketio  # noqa: E402
from openspace.jobs import queue  # noqa: E402
from openspace.live import engine, websocket  # noqa: E402
from openspace.live.hub import hub  # noqa: E402
from openspace.serving import (  # noqa: E402
    receiving,
    server,
    waiting,
)
from openspace.store import database, sqlite, transactions  # noqa: E402
from tests.conftest import MOMENT  # noqa: E402
from tests.factories import Hall  # noqa: E402


def main(told: str) -> None:
    """Serve with these settings until the process is stopped."""
    settings = json.loads(told)
    settings["DATA"] = Path(settings["DATA"])
    clock.held = MOMENT
    port = settings.pop("port")
    websocket.PARKED_SECONDS = settings.pop("parked_seconds", websocket.PARKED_SECONDS)
    engine.INTRODUCED_WITHIN = settings.pop("introduced_within", engine.INTRODUCED_WITHIN)
    engine.MOST_STRANGERS = settings.pop("most_strangers", engine.MOST_STRANGERS)
    if settings.pop("stock", False):
        engine.TESTED = ((0, 0), (0, 1))
    for module in (waiting, receiving):
        for name, value in settings.pop(module.__name__.rpartition(".")[2], {}).items():
            setattr(module, name, value)
    app = create_app({"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False, "SECRET_KEY": "tests", **settings})
    with app.app_context():
        database.upgrade()
        is_new = not db.session.query(Event).count()
    if is_new:
        Hall(app)
    if not port:
        return
    gevent.spawn(obey, app)
    gevent.spawn_later(0, tell, app, port)
    server.serve(app, "127.0.0.1", port)


def tell(app, port: int) -> None:
    """Print what a client needs: the event, and the cookie of each person."""
    signer = app.session_interface.get_signing_serializer(app)
    with app.app_context():
        event = db.session.query(Event).order_by(Event.id).first()
        members = db.session.query(Member).filter_by(event_id=event.id)
        with sqlite.writing():
            tokens = {member.name: seats.give(member) for member in members}
            db.session.commit()
        cookies = {name: "openspace=" + signer.dumps({"seats": {str(event.id): t}}) for name, t in tokens.items()}
        cells = [f"{slot.id}-{space.id}" for slot in event.slots if slot.is_open for space in event.spaces]
        print(json.dumps({"port": port, "event": event.slug, "cookies": cookies, "cells": cells}), flush=True)


def obey(app) -> None:
    """Execute the orders that come as lines of JSON on standard input."""
    for line in FileObjectThread(sys.stdin):
        order = json.loads(line)
        if "emit" not in order:
            change_queue(app, **order)
            continue
        for number in range(order["emit"]):
            packet = {"channel": "test", "number": number, "fill": "ї" * order.get("size", 0)}
            for room in list(hub.rooms):
                socketio.emit("numbered", packet, to=room.name)
            if number % 50 == 49:
                gevent.sleep(order.get("pause", 0))


def change_queue(app, enqueue: str = "", arguments: dict | None = None, cancel: int = 0, **more) -> None:
    """Enqueue a job, or cancel one."""
    with app.app_context(), transactions.writing():
        if enqueue:
            queue.enqueue(enqueue, arguments or {}, **more)
        else:
            queue.cancel(cancel)


if __name__ == "__main__":
    main(sys.argv[1])
