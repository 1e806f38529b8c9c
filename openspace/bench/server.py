"""The real app on demo data, as `openspace bench` measures it: `python -m openspace.bench.server PORT FOLDER TOPICS`.
With TOPICS it is not the demo but a board of one day with so many.

It prints the moment of each commit (CLOCK_MONOTONIC, ns), and obeys one order on standard input: `emit K` writes K
ready packets to the board's largest room and prints when each began.
"""

import hashlib
import json
import sys

from gevent import monkey

monkey.patch_all()
# Where nobody tests they are not installed. Socket.IO's client, with which the tests listen, would load them: 5 MiB.
sys.modules |= dict.fromkeys(("requests", "websocket"))  # type: ignore[arg-type]  # None: "it is not there"

import os  # noqa: E402  # gevent patches first
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402
from sqlalchemy import event as sqlalchemy_event, select  # noqa: E402

from openspace import create_app  # noqa: E402
from openspace.access import seats  # noqa: E402
from openspace.access.models import Member  # noqa: E402
from openspace.events.models import Event  # noqa: E402
from openspace.extensions import db, socketio  # noqa: E402
from openspace.live.hub import hub  # noqa: E402
from openspace.serving import server  # noqa: E402
from openspace.store import database, sqlite  # noqa: E402

# As long as a sheet that somebody has just taken a chair at.
PATCH = 684
# What the commits under way have changed.
changing: list[object] = []


def main(port: int, folder: str, topics: int) -> None:
    """Serve until told to stop; what is built first is built in a life of its own, that memory may be measured."""
    app = create_app({"DATA": Path(folder), "RATELIMIT_ENABLED": False, "WTF_CSRF_ENABLED": False})
    with app.test_request_context(headers={"Accept-Language": "en"}):
        if not database.is_current():
            build(topics)
            os.execv(sys.executable, [sys.executable, "-m", "openspace.bench.server", *sys.argv[1:]])  # noqa: S606
        ready = people(app)
    # Only what is told to phones: other tasks commit too. Registered after the hub's own, yet before its greenlet runs.
    sqlalchemy_event.listen(db.session, "before_commit", lambda session: changing.append(session.info.get("changed")))
    sqlalchemy_event.listen(db.session, "after_commit", committed)
    gevent.spawn(obey)
    gevent.spawn_later(0, tell, **ready)
    server.serve(app, "127.0.0.1", port)


def build(topics: int) -> None:
    """The demo, or a board of one day with so many topics."""
    from openspace import demo  # here because a server does without
    from openspace.bench import pages

    database.upgrade()
    with sqlite.writing():
        if topics:
            pages.event_with(topics)
        else:
            demo.build()
        db.session.commit()


def people(app: Flask) -> dict[str, object]:
    """The event's address, and a cookie for each of its people."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    event = db.session.scalars(select(Event)).one()
    with sqlite.writing():
        members = db.session.scalars(select(Member).where(Member.event_id == event.id)).all()
        # Enough for thousands of phones: of one browser only some pages may be open.
        tokens = [seats.give(member) for member in members for _ in range(-(-200 // len(members)))]
        db.session.commit()
    # With the token that a phone has been given by the page on which its owner sat down.
    token = hashlib.sha1(b"token", usedforsecurity=False).hexdigest()
    cookies = [signer.dumps({"seats": {str(event.id): seat}, "csrf_token": token}) for seat in tokens]
    return {"event": event.slug, "cookies": [f"openspace={cookie}" for cookie in cookies]}


def tell(**facts: object) -> None:
    """A line for whoever measures."""
    print(json.dumps(facts), flush=True)


def committed(session: object) -> None:
    """A line for each commit of a change."""
    if changing.pop():
        tell(commit=time.monotonic_ns())


def obey() -> None:
    """Do what the lines on standard input say."""
    for line in FileObjectThread(sys.stdin):
        order, _, count = line.partition(" ")
        if order == "emit":
            room = hub.rooms.most_common(1)[0][0]
            began = []
            for _ in range(int(count)):
                began.append(time.monotonic_ns())
                socketio.emit("changes", {"fill": "x" * PATCH}, to=room.name)
                gevent.sleep(0)
            tell(began=began)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
