"""The hub sends what has changed to the open pages of its process. Each commit wakes it.

It reads changes from the log, not from the wake-up. So a lost wake-up only delays them, until the next heartbeat.
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
from openspace.live.fragments import EVERYWHERE, Listener, View, drawing_all_views, may_follow
from openspace.live.packets import packet
from openspace.web import metrics

# How many pages a second are asked to reconnect when the server stops.
BACK_PER_SECOND = 500
# Seconds between two reminders of the revision that each room has: see `Hub.remind`.
REMINDED_EVERY = 20.0
# How many pages one process lets in: of one browser, with one projector key, and of all visitors without a seat. The
# limits keep places free for members.
MOST_OF_A_SEAT, MOST_OF_A_PROJECTOR, MOST_OF_STRANGERS = 30, 200, 4000
# The channels that the hub follows for every page, whichever ones the page names.
_UNASKED = (NOTICES, EVERYWHERE)


class Room(NamedTuple):
    """The pages that get the same packets: those that follow one channel of one event with one view."""

    event_id: int
    channel: str
    view: View

    @property
    def name(self) -> str:
        """The name of the room in Socket.IO."""
        return f"{self.event_id}/{self.channel}/{self.view.language}/{self.view.audience}"


class OpenPage(NamedTuple):
    """An open page: the rooms of its channels, the key or seat that let it in, and the audience it belongs to.

    `seat` is the hash of its browser's token, `audience` that of its `Listener`.
    """

    rooms: tuple[Room, ...]
    projector_key: str
    seat: str
    audience: str

    @property
    def event_id(self) -> int:
        """The id of the event whose channels the page follows."""
        return self.rooms[0].event_id


class Hub:
    """The open pages of a process, the revision that was sent of each channel, and the loop that sends changes.

    `outlet` is what sends them: Socket.IO's server by default, or an object with its `emit` and `disconnect`.
    """

    def __init__(self, outlet: Any = None) -> None:
        self._outlet = outlet
        self.doors: dict[str, Door] = {}
        self.rooms: Counter[Room] = Counter()
        self._pages: dict[str, OpenPage] = {}
        self._pages_of: Counter[str] = Counter()
        self._sent: dict[tuple[int, str], int] = {}
        self._wake: threading.Event | None = None
        self._tick = self._heartbeat = 0.0

    def start(self, app: Flask) -> None:
        """Start the loop that sends changes. The server calls it once, after gevent has patched Python's modules."""
        self._tick, self._heartbeat = app.config["LIVE_TICK"], app.config["LIVE_HEARTBEAT"]
        self._wake = threading.Event()
        socketio.start_background_task(self._run, app)

    @property
    def outlet(self) -> Any:
        """What sends to the pages: Socket.IO's server, or what the hub was made with."""
        return self._outlet or socketio.server

    def wake(self) -> None:
        """Let the loop look at the log now."""
        if self._wake:
            self._wake.set()

    def enter(self, sid: str, page: OpenPage, door: Door) -> dict[str, int]:
        """Add an open page. Returns by channel the revision from which it is sent changes; it asks for earlier ones."""
        event_id = page.event_id
        for room in page.rooms:
            if room[:2] not in self._sent:
                self._sent[room[:2]] = log.revision(*room[:2])
        known = self.doors.setdefault(door.slug, door)
        # The page was let in by older facts than those known here: check all pages again at once.
        if known.revision > door.revision:
            self._sent[event_id, DOOR] = door.revision
            self.wake()
        self._sent.setdefault((event_id, DOOR), door.revision)
        for channel in _UNASKED:
            if (event_id, channel) not in self._sent:
                self._sent[event_id, channel] = log.revision(event_id, channel)
        self._pages[sid] = page
        self._pages_of[page.seat or page.projector_key] += 1
        self.rooms.update(page.rooms)
        metrics.CONNECTIONS.inc()
        return {room.channel: self._sent[room[:2]] for room in page.rooms}

    def leave(self, sid: str) -> None:
        """Remove a page that was closed."""
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
            # Without pages the hub does not follow this channel, so what it knows of the door would become stale.
            self._sent.pop((event_id, DOOR), None)
            for channel in _UNASKED:
                self._sent.pop((event_id, channel), None)
            self.doors = {slug: door for slug, door in self.doors.items() if door.event_id != event_id}

    def _leave_room(self, room: Room) -> bool:
        """Remove a page from one of its rooms. Returns whether the room is empty now."""
        self.rooms[room] -= 1
        if self.rooms[room]:
            return False
        del self.rooms[room]
        if room.channel not in _UNASKED and not any(other[:2] == room[:2] for other in self.rooms):
            self._sent.pop(room[:2], None)
        return True

    def accepts(self, page: OpenPage) -> bool:
        """Whether the process may let this page in, by the limits for its browser, projector key, or all strangers."""
        most = MOST_OF_A_SEAT if page.seat else MOST_OF_A_PROJECTOR if page.projector_key else MOST_OF_STRANGERS
        return self._pages_of[page.seat or page.projector_key] < most

    def seats(self) -> dict[int, set[str]]:
        """The seats (hashes of tokens) of the browsers that have a page open here, by event id."""
        found: dict[int, set[str]] = {}
        for page in self._pages.values():
            if page.seat:
                found.setdefault(page.event_id, set()).add(page.seat)
        return found

    def phones(self, event_id: int) -> int:
        """How many browsers have a page of the event open here, those of the hall's screens left out."""
        pages = self._pages.items()
        return len({page.seat or sid for sid, page in pages if page.event_id == event_id and not page.projector_key})

    def announced(self, event_id: int) -> int:
        """The revision that was sent of the event's channel `EVERYWHERE`."""
        return self._sent.get((event_id, EVERYWHERE), 0)

    def ask_to_reconnect(self) -> float:
        """Ask all pages to reconnect, each at a random moment. Returns the seconds within which they will."""
        within = 1 + len(self._pages) / BACK_PER_SECOND
        for room in {page.rooms[0] for page in self._pages.values()}:
            self.outlet.emit("later", {"within": within}, to=room.name)
        return within

    def _run(self, app: Flask) -> None:
        assert self._wake is not None  # because start() has made it
        reminded = time.monotonic()
        # Templates build addresses, for which Flask needs a request context. To make one is slow, so the loop keeps it.
        with app.test_request_context():
            while True:
                self._wake.wait(self._heartbeat)
                self._wake.clear()
                started = time.monotonic()
                try:
                    # Closing the session asks the database too, and may raise when that is away.
                    with closing(db.session):
                        self.send_changes()
                except SQLAlchemyError as error:
                    app.logger.error("live: the database is away, trying again: %s", error)
                if started - reminded > REMINDED_EVERY:
                    reminded = started
                    self.remind()
                # Changes soon after a packet are collected for one tick; after a quiet time they are sent at once.
                time.sleep(max(0.0, self._tick - (time.monotonic() - started)))

    def send_changes(self) -> None:
        """Send each room the changes that the log has beyond those sent before."""
        for (event_id, channel), present in log.revisions(self._sent).items():
            since = self._sent.get((event_id, channel))
            # None: the channel's last page was closed while another channel was being sent.
            if since is None or present <= since:
                continue
            # Noted before sending: an error in one channel must not hold up the others, nor be repeated for ever.
            # A page that misses this packet sees the gap at the next one and catches up.
            self._sent[event_id, channel] = present
            try:
                self._send_channel(event_id, channel, since, present)
            except SQLAlchemyError:
                self._sent[event_id, channel] = since
                raise
            except Exception:
                current_app.logger.exception("live: changes of %s of event %s could not be sent", channel, event_id)

    def remind(self) -> None:
        """Send each room an empty packet with its revision, by which a page sees whether it missed a packet.

        It also has the revision of the channel `EVERYWHERE`, if something was ever sent there.
        """
        for room in list(self.rooms):
            revision = self._sent.get(room[:2])
            # None: its last page closed while another room was told.
            if revision is None:
                continue
            content = {"channel": room.channel, "from": revision, "to": revision, "patches": []}
            if announced := self.announced(room.event_id):
                content["announced"] = announced
            self.outlet.emit("changes", content, to=room.name)

    def _send_channel(self, event_id: int, channel: str, since: int, present: int) -> None:
        if channel == DOOR:
            self._check_pages(event_id)
            return
        if channel == NOTICES:
            self._notify(event_id, since)
            return
        started = time.perf_counter()
        with drawing_all_views():
            for room in self._rooms_for(event_id, channel):
                drawn = packet(event_id, channel, since, present, room.view)
                self.outlet.emit("changes", drawn.content, to=room.name)
        metrics.CHANGES.inc(present - since)
        metrics.FAN_OUT.observe(time.perf_counter() - started)

    def _rooms_for(self, event_id: int, channel: str) -> list[Room]:
        """The rooms to which a channel's packets go. Those for `EVERYWHERE` together reach each page of the event.

        A page that is in two of these gets that packet twice, and takes it once.
        """
        if channel == EVERYWHERE:
            return list({page.rooms[0] for page in self._pages.values() if page.event_id == event_id})
        return [room for room in self.rooms if room[:2] == (event_id, channel)]

    def _notify(self, event_id: int, since: int) -> None:
        """Send `told` to the pages of members who got a notice after revision `since`; each page fetches its own."""
        subjects = log.subjects_since(event_id, NOTICES, since)
        ids = [int(name.partition("-")[2]) for name in subjects.names] if subjects else None
        seats = seats_of(event_id, ids)
        for sid, page in list(self._pages.items()):
            if page.event_id == event_id and page.seat in seats:
                self.outlet.emit("told", {}, to=sid)

    def _check_pages(self, event_id: int) -> None:
        """Read the event's door anew. Disconnect each page that is let in no longer, or in another audience, or that
        follows a channel for which its member has lost the role."""
        event = db.session.get_one(Event, event_id)
        door = door_of(event.slug)
        assert door is not None  # because its event was just read
        self.doors[event.slug] = door
        self._sent[event_id, DOOR] = door.revision
        is_for_all: dict[tuple[str, str], bool] = {}
        for sid, page in list(self._pages.items()):
            if page.event_id != event_id:
                continue
            found = door.listener(projector_key=page.projector_key, seat=page.seat)
            # A page that now belongs to another audience reconnects, and is let into the right rooms.
            if found is None or found.audience != page.audience or not _may_stay(page, found, is_for_all):
                self.outlet.disconnect(sid)


def _may_stay(page: OpenPage, listener: Listener, is_for_all: dict[tuple[str, str], bool]) -> bool:
    """Whether the listener may still follow all channels of the page.

    `is_for_all` remembers of a channel whether any of its audience may: only for others each page is asked about.
    """
    for room in page.rooms:
        kind = (room.channel, page.audience)
        if kind not in is_for_all:
            is_for_all[kind] = may_follow(Listener(page.event_id, page.audience), room.channel)
        if not is_for_all[kind] and not may_follow(listener, room.channel):
            return False
    return True


hub = Hub()


@sqlalchemy_event.listens_for(db.session, "after_commit")
def wake_hub(session: object) -> None:
    """Wake the hub if the transaction that was just committed has changed the log."""
    if log.take_changed():
        hub.wake()
