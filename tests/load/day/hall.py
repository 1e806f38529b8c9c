"""What all phones share: where the server is, what has been counted, and what went wrong."""

import asyncio
import json
import random
import time
import traceback
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.load.day.ledger import Ledger
from tests.load.day.page import TOPIC, Page, Patch

# Seconds without a write on a topic, before a tap on it is timed on other phones; and until when a change that is
# heard is taken for that tap's.
QUIET, LOST = 1.5, 3.0
# Seconds after which all that was under way has been acknowledged.
GRACE = 2.0


@dataclass
class Kind:
    """What was counted of one kind of request."""

    times: array = field(default_factory=lambda: array("d"))
    statuses: Counter = field(default_factory=Counter)
    down: int = 0
    up: int = 0


@dataclass
class Watch:
    """A tap that is being waited for on other phones."""

    by: object
    at: float
    seen: set = field(default_factory=set)


class Packet:
    """Changes of one channel, or another event of a socket; read once for all phones that are sent the same bytes."""

    def __init__(self, content: dict, name: str = "changes") -> None:
        self.name, self.content, self.channel = name, content or {}, (content or {}).get("channel", "")
        self.is_reload = bool(self.content.get("reload"))
        self.start, self.to = self.content.get("from", 0), self.content.get("to", float("inf"))
        patches = self.content.get("patches", [])
        self.patches: list[Patch] = [(ident, text) for ident, text in patches if ident != "page"]
        self.wants_page = len(self.patches) < len(patches)
        self.topics = {int(number) for _, text in self.patches if text for number in TOPIC.findall(text)}


class Hall:
    """The event, from the outside."""

    def __init__(self, port: int, seed: int, *, patience: float = 1.0) -> None:
        self.port, self.base, self.seed = port, f"http://127.0.0.1:{port}", seed
        # How much longer everybody waits than people do; more than one on a machine that is busy otherwise.
        self.patience = patience
        self.ledger = Ledger()
        # Set by the rehearsal: learns which cells there are, also after the grid has changed.
        self.learn_cells = None
        self.slug = self.code = ""
        self.days: list[str] = []
        # Its place in `days`, and the day of each slot by its id.
        self.today = 0
        self.day_of: dict[str, str] = {}
        # Topics that the programme fixes, and those that are taken down or were a moment ago.
        self.items: set[int] = set()
        self.gone: dict[int, float] = {}
        self.began = time.monotonic()
        # Whether the figures are of the day.
        self.is_counting = False
        self.kinds: dict[str, Kind] = defaultdict(Kind)
        self.answered: list[tuple[float, str, float]] = []
        self.counts: Counter = Counter()
        self.problems: list[dict] = []
        self.bugs: list[str] = []
        # When packets were heard, and how many seconds after the tap.
        self.heard: list[tuple[float, float]] = []
        self.watches: dict[int, Watch] = {}
        self.touched: dict[int, float] = {}
        self.packets: dict[bytes, Packet] = {}
        self.lag = array("d")
        self.tasks: set[asyncio.Task] = set()
        # Whose page it was, as it stood, and the text of a fresh one of the same revisions.
        self.pairs: list[tuple[str, Page, str]] = []

    @property
    def grace(self) -> float:
        return GRACE * self.patience

    @property
    def clock(self) -> float:
        """Seconds since the day began."""
        return time.monotonic() - self.began

    def address(self, rest: str) -> str:
        return f"/{self.slug}/{rest}"

    def chance(self, *words: object) -> random.Random:
        """Randomness of its own for whatever these words name; the same for the same seed."""
        return random.Random(" ".join(map(str, (self.seed, *words))))

    def spawn(self, work) -> None:
        """Do it beside; what goes wrong in it is not lost."""
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _guarded(self, work) -> None:
        try:
            await work
        except Exception:
            self.bug()

    def bug(self) -> None:
        """Note what went wrong in the rehearsal itself: what it reports then is worth nothing."""
        self.bugs.append(traceback.format_exc())

    def problem(self, check: str, what: str, **facts: object) -> None:
        """Note an invariant that does not hold."""
        self.problems.append({"check": check, "what": what, "at": round(self.clock, 2), **facts})

    def is_gone(self, topic: int) -> bool:
        return self.gone.get(topic, 0) > time.monotonic()

    def is_gone_channel(self, channel: str) -> bool:
        return channel.startswith("topic-") and self.is_gone(int(channel.removeprefix("topic-")))

    def count(self, kind: str, answer) -> None:
        self.answered.append((self.clock, kind, answer.seconds))
        found = self.kinds[kind]
        found.times.append(answer.seconds)
        found.statuses[answer.status] += 1
        found.down += answer.received
        found.up += answer.sent

    def read(self, text: bytes) -> Packet:
        packet = self.packets.get(text)
        if packet is None:
            if len(self.packets) > 400:
                self.packets.clear()
            name, *content = json.loads(text[2:])
            packet = self.packets[text] = Packet(content[0] if content else {}, name)
            packet.topics |= self._topics_with(ident for ident, _ in packet.patches)
        return packet

    def _topics_with(self, idents: Iterable[str]) -> set[int]:
        """The topics whose numbers these elements hold: `going-7` is on the market, `going-3-2` in a cell."""
        cells = {topic.cell: topic.number for topic in self.ledger.topics.values() if topic.cell}
        places = (ident.removeprefix("going-") for ident in idents if ident.startswith("going-"))
        return {int(place) if place.isdigit() else cells.get(place, 0) for place in places}

    # From a tap to another phone.

    def touch(self, topic: int) -> bool:
        """Note a write on a topic; returns whether none was under way just before."""
        moment = time.monotonic()
        was_quiet = moment - self.touched.get(topic, -QUIET) >= QUIET and topic not in self.watches
        self.touched[topic] = moment
        self.watches.pop(topic, None)
        return was_quiet

    def watch(self, topic: int, by: object) -> None:
        """A tap is about to be sent: time it on all other phones, unless something else happens to the topic."""
        if self.touch(topic):
            self.watches[topic] = Watch(by, time.monotonic())

    def arrived(self, packet: Packet, phone: object, moment: float) -> None:
        for topic in packet.topics if packet.channel == "board" else ():
            watch = self.watches.get(topic)
            if watch is None or watch.by is phone or phone in watch.seen:
                continue
            if moment - watch.at > LOST:
                del self.watches[topic]
                continue
            watch.seen.add(phone)
            if moment >= watch.at:
                self.heard.append((moment - self.began, moment - watch.at))

    async def feel_lag(self) -> None:
        """Note how late this process is itself: what it times is late by as much."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.05)
            self.lag.append(max(0.0, time.monotonic() - before - 0.05))
