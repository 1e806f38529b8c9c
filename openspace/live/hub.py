"""The hub: woken after each commit, it tells every room what has changed, once per language.

It reads the log, so a wake-up that is lost, or a change made by another process, costs no more than a heartbeat.
"""

import threading
import time
from collections import Counter
from typing import NamedTuple

from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import OperationalError

from openspace.events.models import Event
from openspace.extensions import db, socketio
from openspace.live import log
from openspace.live.fragments import View, draw


class Room(NamedTuple):
    """Everybody who gets the same packets."""

    event_id: int
    channel: str
    view: View

    @property
    def name(self) -> str:
        """What Socket.IO calls it."""
        return f"{self.event_id}/{self.channel}/{self.view.language}/{self.view.audience}"


class Hub:
    """One per process: who listens here, up to which revision they have been told, and the loop that tells."""

    def __init__(self) -> None:
        self.listeners: Counter[Room] = Counter()
        self._told: dict[tuple[int, str], int] = {}
        self._wake: threading.Event | None = None
        self._tick = self._heartbeat = 0.0

    def start(self, app: Flask) -> None:
        """Begin to tell; called once by the server, after gevent has patched."""
        self._tick, self._heartbeat = app.config["LIVE_TICK"], app.config["LIVE_HEARTBEAT"]
        self._wake = threading.Event()
        socketio.start_background_task(self._run, app)

    def wake(self) -> None:
        """Say that something was committed."""
        if self._wake:
            self._wake.set()

    def enter(self, room: Room, revision: int) -> None:
        """Count a listener in. Its own page stands at `revision` or is about to catch up to it."""
        self._told.setdefault((room.event_id, room.channel), revision)
        self.listeners[room] += 1

    def leave(self, room: Room) -> None:
        """Count a listener out."""
        self.listeners[room] -= 1
        if self.listeners[room] <= 0:
            del self.listeners[room]
            if not any(r[:2] == room[:2] for r in self.listeners):
                self._told.pop(room[:2], None)

    def _run(self, app: Flask) -> None:
        assert self._wake is not None  # because start() has made it
        while True:
            self._wake.wait(self._heartbeat)
            self._wake.clear()
            started = time.monotonic()
            # Partials build addresses, and Flask builds them within a request.
            with app.test_request_context():
                try:
                    self.tell()
                except OperationalError:
                    app.logger.exception("live: the database is away; trying again")
            # What comes within a tick of a packet waits for company; after a quiet time it goes at once.
            time.sleep(max(0.0, self._tick - (time.monotonic() - started)))

    def tell(self) -> None:
        """Send each room what has changed since it was last told."""
        for (event_id, channel), present in log.revisions(self._told).items():
            since = self._told.get((event_id, channel))
            # None: its last listener left while another channel was told.
            if since is None or present <= since:
                continue
            # Moved on before it is told: what one channel meets must not hold up the others, nor itself for ever.
            # A page that missed this packet sees the gap at the next one and asks.
            self._told[event_id, channel] = present
            try:
                self._tell_channel(event_id, channel, since)
            except OperationalError:
                self._told[event_id, channel] = since
                raise
            except Exception:
                current_app.logger.exception("live: %s of event %s could not be told", channel, event_id)

    def _tell_channel(self, event_id: int, channel: str, since: int) -> None:
        revision, subjects = log.subjects_since(event_id, channel, since)
        event = db.session.get_one(Event, event_id)
        for room in [room for room in self.listeners if room[:2] == (event_id, channel)]:
            with force_locale(room.view.language):
                patches = draw(event, channel, subjects, room.view)
            packet = {"channel": channel, "from": since, "to": revision, "patches": patches}
            socketio.emit("changes", packet, to=room.name)
        if (event_id, channel) in self._told:
            self._told[event_id, channel] = revision


hub = Hub()


@sqlalchemy_event.listens_for(db.session, "after_commit")
def wake_hub(session: object) -> None:
    """What is committed is told; what is rolled back is not."""
    if log.take_changed():
        hub.wake()
