"""The hub: woken after each commit, it tells every room what has changed, once per language.

It reads the log, so a wake-up that is lost, or a change made by another process, costs no more than a heartbeat.
"""

import threading
import time
from collections import Counter
from contextlib import closing
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import SQLAlchemyError

from openspace.access.doors import DOOR, Door, door_of, seats_of
from openspace.access.notices import NOTICES
from openspace.events.models import Event
from openspace.extensions import db, socketio
from openspace.live import log
from openspace.live.fragments import View
from openspace.live.packets import packet
from openspace.web import metrics

# So many phones come back within each second of the time that a stopping server gives them.
BACK_PER_SECOND = 500
REMINDED_EVERY = 20.0
# How many pages may be open in one process, so that members always find room.
MOST_OF_A_SEAT, MOST_OF_A_PROJECTOR, MOST_OF_STRANGERS = 30, 200, 4000


class Room(NamedTuple):
    """Everybody who gets the same packets."""

    event_id: int
    channel: str
    view: View

    @property
    def name(self) -> str:
        """What Socket.IO calls it."""
        return f"{self.event_id}/{self.channel}/{self.view.language}/{self.view.audience}"


class OpenPage(NamedTuple):
    """An open page: a room for each of its channels, what lets it in, and as whom (`Listener.audience`) it was let in.

    `seat` is the hash of its browser's token.
    """

    rooms: tuple[Room, ...]
    projector_key: str
    seat: str
    audience: str

    @property
    def event_id(self) -> int:
        """The event of all its rooms."""
        return self.rooms[0].event_id


class Hub:
    """One per process: who listens here, up to which revision they have been told, and the loop that tells.

    `outlet` is what it tells them through: Socket.IO's server, or what emits and disconnects as that does.
    """

    def __init__(self, outlet: Any = None) -> None:
        self._outlet = outlet
        self.doors: dict[str, Door] = {}
        self.rooms: Counter[Room] = Counter()
        self._pages: dict[str, OpenPage] = {}
        self._pages_of: Counter[str] = Counter()
        self._told: dict[tuple[int, str], int] = {}
        self._wake: threading.Event | None = None
        self._tick = self._heartbeat = 0.0

    def start(self, app: Flask) -> None:
        """Begin to tell; called once by the server, after gevent has patched."""
        self._tick, self._heartbeat = app.config["LIVE_TICK"], app.config["LIVE_HEARTBEAT"]
        self._wake = threading.Event()
        socketio.start_background_task(self._run, app)

    @property
    def outlet(self) -> Any:
        """Through what it tells."""
        return self._outlet or socketio.server

    def wake(self) -> None:
        """Say that something was committed."""
        if self._wake:
            self._wake.set()

    def enter(self, sid: str, page: OpenPage, door: Door) -> dict[str, int]:
        """Count a page in. Returns by channel the revision after which it is told; what is before, it asks for."""
        event_id = page.event_id
        for room in page.rooms:
            if room[:2] not in self._told:
                self._told[room[:2]] = log.revision(*room[:2])
        known = self.doors.setdefault(door.slug, door)
        # Whoever was let in by an older door is looked at again at once.
        if known.revision > door.revision:
            self._told[event_id, DOOR] = door.revision
            self.wake()
        self._told.setdefault((event_id, DOOR), door.revision)
        if (event_id, NOTICES) not in self._told:
            self._told[event_id, NOTICES] = log.revision(event_id, NOTICES)
        self._pages[sid] = page
        self._pages_of[page.seat or page.projector_key] += 1
        self.rooms.update(page.rooms)
        metrics.CONNECTIONS.inc()
        return {room.channel: self._told[room[:2]] for room in page.rooms}

    def leave(self, sid: str) -> None:
        """Count a page out."""
        page = self._pages.pop(sid, None)
        if page is None:
            return
        metrics.CONNECTIONS.dec()
        owner = page.seat or page.projector_key
        self._pages_of[owner] -= 1
        if not self._pages_of[owner]:
            del self._pages_of[owner]
        emptied = [room for room in page.rooms if self._leave_room(room)]
        event_id = page.event_id
        if emptied and not any(other.event_id == event_id for other in self.rooms):
            # Nobody hears any more when the door closes on somebody: so it must not be remembered.
            self._told.pop((event_id, DOOR), None)
            self._told.pop((event_id, NOTICES), None)
            self.doors = {slug: door for slug, door in self.doors.items() if door.event_id != event_id}

    def _leave_room(self, room: Room) -> bool:
        """Count a page out of one of its rooms; returns whether that is empty now."""
        self.rooms[room] -= 1
        if self.rooms[room]:
            return False
        del self.rooms[room]
        if room.channel != NOTICES and not any(other[:2] == room[:2] for other in self.rooms):
            self._told.pop(room[:2], None)
        return True

    def has_room_for(self, page: OpenPage) -> bool:
        """Whether one more page may be open here: of one browser, of one projector's key, or of all strangers."""
        most = MOST_OF_A_SEAT if page.seat else MOST_OF_A_PROJECTOR if page.projector_key else MOST_OF_STRANGERS
        return self._pages_of[page.seat or page.projector_key] < most

    def seats(self) -> dict[int, set[str]]:
        """The seats of the browsers that have a page open here, by event."""
        found: dict[int, set[str]] = {}
        for page in self._pages.values():
            if page.seat:
                found.setdefault(page.event_id, set()).add(page.seat)
        return found

    def send_away(self) -> float:
        """Tell all phones to come back, not all at once, and return the seconds over which they will."""
        within = 1 + len(self._pages) / BACK_PER_SECOND
        for room in {page.rooms[0] for page in self._pages.values()}:
            self.outlet.emit("later", {"within": within}, to=room.name)
        return within

    def _run(self, app: Flask) -> None:
        assert self._wake is not None  # because start() has made it
        reminded = time.monotonic()
        # Partials build addresses, and Flask builds them within a request: one for all, for to make it is dear.
        with app.test_request_context():
            while True:
                self._wake.wait(self._heartbeat)
                self._wake.clear()
                started = time.monotonic()
                try:
                    # To close it asks the database too, and that may just have gone.
                    with closing(db.session):
                        self.tell()
                except SQLAlchemyError as error:
                    app.logger.error("live: the database is away, trying again: %s", error)
                if started - reminded > REMINDED_EVERY:
                    reminded = started
                    self.remind()
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
                self._tell_channel(event_id, channel, since, present)
            except SQLAlchemyError:
                self._told[event_id, channel] = since
                raise
            except Exception:
                current_app.logger.exception("live: %s of event %s could not be told", channel, event_id)

    def remind(self) -> None:
        """Say to each room where it stands: a page that missed a packet, and heard of nothing since, sees the gap."""
        for room in list(self.rooms):
            stand = self._told[room[:2]]
            self.outlet.emit(
                "changes", {"channel": room.channel, "from": stand, "to": stand, "patches": []}, to=room.name
            )

    def _tell_channel(self, event_id: int, channel: str, since: int, present: int) -> None:
        if channel == DOOR:
            self._look_again(event_id)
            return
        if channel == NOTICES:
            self._call(event_id, since)
            return
        started = time.perf_counter()
        for room in [room for room in self.rooms if room[:2] == (event_id, channel)]:
            drawn = packet(event_id, channel, since, present, room.view)
            self.outlet.emit("changes", drawn.content, to=room.name)
        metrics.CHANGES.inc(present - since)
        metrics.FAN_OUT.observe(time.perf_counter() - started)

    def _call(self, event_id: int, since: int) -> None:
        """Tell the phones of those for whom a notice waits so, and nobody else; each fetches its own."""
        subjects = log.subjects_since(event_id, NOTICES, since)
        ids = [int(name.partition("-")[2]) for name in subjects.names] if subjects else None
        seats = seats_of(event_id, ids)
        for sid, page in list(self._pages.items()):
            if page.event_id == event_id and page.seat in seats:
                self.outlet.emit("told", {}, to=sid)

    def _look_again(self, event_id: int) -> None:
        event = db.session.get_one(Event, event_id)
        door = door_of(event.slug)
        assert door is not None  # because its event was just read
        self.doors[event.slug] = door
        self._told[event_id, DOOR] = door.revision
        for sid, page in list(self._pages.items()):
            if page.event_id != event_id:
                continue
            found = door.listener(projector_key=page.projector_key, seat=page.seat)
            # Who is somebody else now comes back through the entrance, and is let in there as whom they are.
            if found is None or found.audience != page.audience:
                self.outlet.disconnect(sid)


hub = Hub()


@sqlalchemy_event.listens_for(db.session, "after_commit")
def wake_hub(session: object) -> None:
    """What is committed is told; what is rolled back is not."""
    if log.take_changed():
        hub.wake()
