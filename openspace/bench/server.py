"""The real app on demo data, as `openspace bench` measures it: `python -m openspace.bench.server PORT FOLDER TOPICS`.
If TOPICS is not 0, it serves a board of one day with so many topics instead of the demo.

It prints the moment of each commit (CLOCK_MONOTONIC, ns). On `emit K` from standard input it sends K prepared packets
to the largest room of the board, and prints when each began.
"""

import hashlib
import json
import sys

from gevent import monkey

monkey.patch_all()
# Packages of the tests, which a production server does not have. Socket.IO would load them, with 5 MiB.
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
from openspace.live import log  # noqa: E402
from openspace.live.hub import hub  # noqa: E402
from openspace.serving import server  # noqa: E402
from openspace.store import database, transactions  # noqa: E402

# Characters: as long as the patch of a topic after one tap.
PATCH = 684
# For each commit under way, what it changed in the live log, if anything.
changing: list[object] = []


def main(port: int, folder: str, topics: int) -> None:
    """Build the event if there is none, and serve.

    After building, the process starts itself anew, so that its memory is that of a server.
    """
    app = create_app({"DATA": Path(folder), "RATELIMIT_ENABLED": False, "WTF_CSRF_ENABLED": False})
    with app.test_request_context(headers={"Accept-Language": "en"}):
        if not database.is_current():
            build(topics)
            os.execv(sys.executable, [sys.executable, "-m", "openspace.bench.server", *sys.argv[1:]])  # noqa: S606
        ready = people(app)
    # Print only commits with changes for phones, for other tasks commit too.
    sqlalchemy_event.listen(db.session, "before_commit", lambda session: changing.append(log.has_recorded()))
    sqlalchemy_event.listen(db.session, "after_commit", committed)
    gevent.spawn(obey)
    gevent.spawn_later(0, tell, **ready)
    server.serve(app, "127.0.0.1", port)


def build(topics: int) -> None:
    """Create the tables, and the demo event or a board with `topics`."""
    from openspace import demo  # here because a server does not need it
    from openspace.bench import pages

    database.upgrade()
    with transactions.writing():
        if topics:
            pages.event_with(topics)
        else:
            # Without jobs, which would run beside what is measured.
            demo.build(is_illustrated=False)


def people(app: Flask) -> dict[str, object]:
    """Return what the load client needs: the event's slug, and session cookies of its members."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    event = db.session.scalars(select(Event).where(~Event.is_office)).one()
    with transactions.writing():
        members = db.session.scalars(select(Member).where(Member.event_id == event.id)).all()
        # At least 200 seats, for the number of open pages of one seat is limited.
        tokens = [seats.give(member) for member in members for _ in range(-(-200 // len(members)))]
    # With a CSRF token, as the session has after a page with a form.
    token = hashlib.sha1(b"token", usedforsecurity=False).hexdigest()
    cookies = [signer.dumps({"seats": {str(event.id): seat}, "csrf_token": token}) for seat in tokens]
    return {"event": event.slug, "cookies": [f"openspace={cookie}" for cookie in cookies]}


def tell(**facts: object) -> None:
    """Print a line of JSON for the measuring process."""
    print(json.dumps(facts), flush=True)


def committed(session: object) -> None:
    """Print the moment of a commit that changed the live log."""
    if changing.pop():
        tell(commit=time.monotonic_ns())


def obey() -> None:
    """Execute the orders that come as lines on standard input."""
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
