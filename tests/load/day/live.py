"""The live layer of one page: one socket for all its channels, and for each a request that fills every gap.

It does what static/js/live.js, channel.js and socket.js do.
"""

import asyncio
import json
import time
from urllib.parse import urlencode

from tests.load.day.hall import Packet
from tests.load.day.page import Page
from tests.load.day.wire import Away, Broken, Socket

# Seconds: how often a page asks while it has no socket, and after which silence a socket is given up.
POLL, SILENCE = 5.0, 30.0
LONGEST_PAUSE = 5.0


class Channel:
    """One channel of a page. Its revision stands in `page.revisions`."""

    def __init__(self, live: "Live", name: str) -> None:
        self.live, self.name, self.page, self.hall, self.phone = live, name, live.page, live.hall, live.phone
        self.wanted = 0
        self.is_asking = False

    @property
    def revision(self) -> int:
        return self.page.revisions[self.name]

    def take(self, packet: Packet) -> None:
        if self.live.is_left or packet.to <= self.revision:
            return None
        if packet.is_reload:
            return self.phone.reload(self.page)
        if packet.start > self.revision:
            return self.catch_up_to(packet.to)
        if packet.wants_page:
            self.phone.reload(self.page)
        self.page.revisions[self.name] = packet.to
        if packet.patches:
            self.page.take(self.name, list(packet.patches))
        return None

    def catch_up_to(self, revision: int) -> None:
        if revision != self.revision:
            self.wanted = max(self.wanted, revision)
            self.catch_up()

    def catch_up(self) -> None:
        if not (self.is_asking or self.live.is_left or self.phone.is_asleep):
            self.is_asking = True
            self.hall.spawn(self._ask())

    async def _ask(self) -> None:
        try:
            await self._hear(time.monotonic())
        except (Away, Broken, TimeoutError):
            pass
        finally:
            self.is_asking = False

    async def _hear(self, asked: float) -> None:
        facts = self.page.live
        query = {
            "channel": self.name,
            "since": self.revision,
            "language": facts["language"],
            "key": facts.get("key", ""),
        }
        path = f"{facts['url']}?{urlencode(query)}"
        answer = await self.phone.request("catch-up", "GET", path, headers=["Accept: */*"], patience=8)
        if self.live.is_left:
            return None
        if answer.status in (403, 404):
            self.phone.refused("catch-up", answer, path)
        content = answer.json() if answer.status == 200 else {"reload": answer.status in (403, 404)}
        if content.get("reload") or content.get("version", facts["version"]) != facts["version"]:
            self.hall.counts["told to load anew by a catch-up"] += 1
            return self.phone.reload(self.page)
        self.phone.take_mine(content.get("mine") or {}, asked)
        self.live.hear(content.get("mine") or {})
        self.take(Packet(content))
        if self.revision < self.wanted and not self.page.reloads:
            asyncio.get_running_loop().call_later(0.2, self.catch_up)
        return None


class Live:
    """All channels of one page."""

    def __init__(self, phone, page: Page) -> None:
        self.phone, self.page, self.hall = phone, page, phone.hall
        self.channels = {name: Channel(self, name) for name in page.revisions}
        # Announcements come unasked, and are asked for only when one was missed.
        self.asked = [channel for name, channel in self.channels.items() if name != "announcements"]
        self.socket: Socket | None = None
        self.is_left = self.is_linked = False
        self.tries = 0
        self.poll: asyncio.TimerHandle | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.began = self.pinged = time.monotonic()

    def start(self, *, is_back: bool = False) -> None:
        if not self.is_left:
            self._keep_polling()
            self.hall.spawn(self._open())
            if is_back:
                self.catch_up()

    def catch_up(self) -> None:
        for channel in self.asked:
            channel.catch_up()

    def hear(self, stand: dict) -> None:
        """Whatever says how far the announcements are tells whether one was missed."""
        if "announced" in stand and "announcements" in self.channels:
            self.channels["announcements"].catch_up_to(stand["announced"])

    def _keep_polling(self) -> None:
        if self.poll is None and not self.is_left:
            again = POLL + self.phone.chance.random()
            self.poll = asyncio.get_running_loop().call_later(again, self._polled, again)

    def _polled(self, again: float) -> None:
        self.catch_up()
        self.poll = asyncio.get_running_loop().call_later(again, self._polled, again)

    def _stop_polling(self) -> None:
        if self.poll:
            self.poll.cancel()
        self.poll = None

    async def _open(self) -> None:
        if self.is_left or self.socket:
            return None
        if self.phone.is_away or self.phone.is_asleep:
            await asyncio.sleep(0.05)
            return self._failed()
        headers = [*self.phone.headers(), f"Origin: {self.hall.base}"]
        self.socket = socket = Socket("/socket.io/?EIO=4&transport=websocket", headers, self._take, self._ended)
        self.began = self.pinged = time.monotonic()
        try:
            await socket.open(self.hall.port)
        except OSError as error:
            self.socket = None
            self.hall.problem("no 5xx", f"no socket: {error}", who=repr(self.phone))
            return self._failed()
        if self.is_left and self.socket is socket:
            socket.goodbye()
        return None

    def _failed(self) -> None:
        self.catch_up()
        self._open_later()

    def _open_later(self) -> None:
        """Try again, each time later, as socket.io does."""
        if self.is_left or self.timer:
            return
        wait = min(LONGEST_PAUSE, 1.0 * 2**self.tries)
        wait += wait * 0.8 * self.phone.chance.choice((-1, 1)) * self.phone.chance.random()
        self.tries += 1
        self.timer = asyncio.get_running_loop().call_later(min(LONGEST_PAUSE, wait), self._retry)

    def _retry(self) -> None:
        self.timer = None
        if not self.is_left:
            self.hall.spawn(self._open())

    def _take(self, text: bytes, size: int, moment: float) -> None:
        """Take one text of the socket: of Engine.IO by its first character, of Socket.IO by its second."""
        if self.hall.is_counting:
            self.phone.weight["socket down"] += size
        if text == b"2":
            self.pinged = moment
            self.socket.say("3")
        elif text[:1] == b"0":
            facts = self.page.live
            auth = {"event": facts["event"], "channels": [c.name for c in self.asked], "language": facts["language"]}
            self.socket.say("40" + json.dumps({**auth, "key": facts.get("key", "")}, separators=(",", ":")))
        elif text[:2] == b"42":
            self._take_event(self.hall.read(text), moment)
        elif text[:2] in (b"41", b"44"):
            self._shut_out(text)

    def _take_event(self, packet: Packet, moment: float) -> None:
        if packet.name == "joined":
            self._joined(packet.content)
        elif packet.name == "later":
            self.socket.cut()
        elif packet.name == "told":
            self.hall.spawn(self._read_notices())
        elif packet.name == "changes" and packet.channel in self.channels:
            if self.hall.is_counting and packet.patches:
                self.phone.weight["packets"] += 1
                self.hall.arrived(packet, self.phone, moment)
            self.channels[packet.channel].take(packet)
            self.hear(packet.content)

    def _joined(self, stand: dict) -> None:
        if self.hall.is_counting:
            self.hall.kinds["socket, until joined"].times.append(time.monotonic() - self.began)
        self.tries, self.is_linked = 0, True
        self._stop_polling()
        if stand["version"] != self.page.live["version"]:
            self.phone.reload(self.page)
        self.hear(stand)
        for name, revision in stand["revisions"].items():
            self.channels[name].catch_up_to(revision)

    def _shut_out(self, text: bytes) -> None:
        self.hall.counts["sockets refused"] += 1
        if not (self.phone.is_out or any(map(self.hall.is_gone_channel, self.channels))):
            self.hall.problem(
                "sockets", "a seated phone was refused its room", who=repr(self.phone), said=text.decode()
            )
        self.socket.cut()

    async def _read_notices(self) -> None:
        path = self.page.live["url"].removesuffix("live") + "me/notices"
        try:
            answer = await self.phone.request("notices", "GET", path, headers=["Accept: */*"])
            self.phone.refused("notices", answer, path)
        except (Away, Broken, TimeoutError):
            pass

    def _ended(self, socket: Socket) -> None:
        if self.socket is not socket:
            return
        self.socket = None
        was_linked, self.is_linked = self.is_linked, False
        if socket.refused:
            self.hall.problem("sockets", "a handshake was refused", said=socket.refused, who=repr(self.phone))
        if was_linked and not self.is_left:
            self.hall.counts["sockets lost"] += 1
            self._keep_polling()
            self.catch_up()
        self._open_later()

    def drop(self, *, quietly: bool) -> None:
        if self.socket:
            self.socket.leave() if quietly else self.socket.cut()

    def freeze(self) -> None:
        self._stop_polling()
        if self.socket:
            self.socket.freeze()

    def thaw(self) -> None:
        """Awake: the page asks, and a socket that has been silent for too long is given up."""
        self.catch_up()
        if self.socket is None:
            self._keep_polling()
            self._open_later()
        elif time.monotonic() - self.pinged > SILENCE:
            self.hall.counts["sockets given up after sleep"] += 1
            self.socket.cut()
        else:
            self.socket.thaw()

    def leave(self) -> None:
        self.is_left = True
        self._stop_polling()
        if self.timer:
            self.timer.cancel()
        if self.socket:
            self.socket.goodbye()
