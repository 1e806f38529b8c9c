"""`openspace bench`: measures the live layer and the pages from the outside, on the real app in its own process."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator

from openspace.bench.app import App
from openspace.bench.comparison import comparison
from openspace.bench.load import Missing, Percentiles

__all__ = ["Missing", "run"]
SIZES = (200, 1000, 2000, 4000)


def run(*, compare: bool) -> Iterator[str]:
    """Yield the lines of the report; `compare` adds Node's socket.io and a bare server."""
    yield from _app_table()
    yield from _pages()
    yield from _bursts()
    yield from _sizes()
    if compare:
        yield ""
        yield from comparison(SIZES)


def _app_table() -> Iterator[str]:
    yield "A tap, through the real app, ms p50 / p99 / max: from its commit to the last byte at each phone; its own"
    yield "answer; the processor for all of it. All phones connecting at once, the processor for that; memory a phone"
    yield f"{'phones':>7} {'commit to phones':>22} {'answer':>22} {'CPU ms':>7} {'storm s':>8} {'CPU s':>6} {'KiB':>5}"
    for phones in SIZES:
        app = App()
        memory, cpu = app.server.memory(), app.server.cpu()
        storm = app.client(f"connect {phones}")
        cpu = app.server.cpu() - cpu
        memory = (app.server.memory() - memory) * 1024 / phones
        times, answers, each = app.changes(phones)
        yield (
            f"{phones:>7} {times!s:>22} {answers!s:>22} {each * 1000:>7.1f} {storm['seconds']:>8.2f} {cpu:>6.2f} "
            f"{memory:>5.1f}"
        )
        app.stop()


def _pages() -> Iterator[str]:
    yield ""
    yield "Requests over four lines: ms p50 / p99 / max, a second, the server's processor for 1,000"
    app = App()
    fresh = app.server.memory()
    _, body, _ = app.ask()
    revision = json.loads(body)["revision"]
    app.connection.request("GET", f"/{app.event}/", headers={"Cookie": app.cookies[0], "Accept-Language": "uk"})
    answer = app.connection.getresponse()
    answer.read()
    requests = {
        "the board": (f"/{app.event}/", "-"),
        "the board, not changed": (f"/{app.event}/", answer.headers["ETag"]),
        "a catch-up": (f"/{app.event}/live?channel=board&since={revision - 20}&language=uk", "-"),
    }
    for name, (path, etag) in requests.items():
        # A warm-up: the first request of each of the 200 people renders their personal part.
        app.client(f"fetch 200 4 {path} {etag}")
        cpu = app.server.cpu()
        facts = app.client(f"fetch 1000 4 {path} {etag}")
        cpu = app.server.cpu() - cpu
        times = f"{facts['p50']:.1f} / {facts['p99']:.1f} / {facts['max']:.1f}"
        yield f"{name:>24} {times:>20} {1000 / facts['seconds']:>6.0f}/s {cpu:>6.2f} s"
    cpu = app.server.cpu()
    app.client("connect 4000")
    cpu = app.server.cpu() - cpu
    app.changes(4000, count=10)
    yield f"memory of the server: {fresh:.0f} MiB fresh, {app.server.memory():.0f} MiB after these and 4,000 phones"
    app.stop()


def _bursts() -> Iterator[str]:
    yield ""
    app = App()
    yield from _topics_at_once(app, people=200, listening=2000)
    yield from _openings(app)
    yield from _reconnections(app)
    app.stop()


def _topics_at_once(app: App, *, people: int, listening: int) -> Iterator[str]:
    app.client(f"connect {listening}")
    cpu, times = app.server.cpu(), []
    app.client.hear(10**9, 6)

    def post(person: int) -> None:
        time.sleep(random.random() * 2)  # noqa: S311  # not for secrets
        line = http.client.HTTPConnection("127.0.0.1", app.server.port)
        started = time.perf_counter()
        fields = f"title=Topic+{person}&language=uk"
        status, _, _ = app.ask("topics", method="POST", fields=fields, who=person, over=line)
        times.append((time.perf_counter() - started) * 1000 if status == 201 else -1.0)

    threads = [threading.Thread(target=post, args=(person,)) for person in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    commits = [app.server.read()["commit"] for _ in times]
    _, heard = app.client.heard()
    cpu = app.server.cpu() - cpu
    late = (max(heard) - max(commits)) / 1e6
    yield f"{people} topics posted within 2 s while {listening} listen: answers {Percentiles(times)} ms,"
    yield f"  {times.count(-1.0)} refused; {len(heard) / listening:.0f} packets to each phone; all had all"
    yield f"  {late:.0f} ms after the last commit; {cpu:.2f} s of processor"
    app.client("close")


def _openings(app: App) -> Iterator[str]:
    slowest: list[float] = []
    cpu = app.server.cpu()
    for _ in range(10):
        began = time.perf_counter()
        facts = app.client(f"fetch 200 50 /{app.event}/ -")
        slowest.append(facts["max"])
        time.sleep(max(0.0, 1 - (time.perf_counter() - began)))
    cpu = app.server.cpu() - cpu
    yield f"2,000 phones open the board within 10 s: the slowest after {max(slowest):.0f} ms, {cpu:.2f} s of processor"


def _reconnections(app: App) -> Iterator[str]:
    facts = app.client("connect 4000")
    took = f"{facts['p50']:.0f} / {facts['p99']:.0f} / {facts['max']:.0f}"
    yield f"4,000 phones reconnect at once: joined after {took} ms"
    revision = json.loads(app.ask()[1])["revision"]
    cpu = app.server.cpu()
    facts = app.client(f"fetch 4000 200 /{app.event}/live?channel=board&since={revision - 20}&language=uk -")
    cpu = app.server.cpu() - cpu
    took = f"{facts['p50']:.0f} / {facts['p99']:.0f} / {facts['max']:.0f}"
    yield f"  and all catch up: {facts['seconds']:.2f} s, {took} ms, {cpu:.2f} s of processor"


def _sizes() -> Iterator[str]:
    yield ""
    for topics in (10, 300):
        app = App(topics)
        _, _, each = app.changes(500)
        yield f"a change with 500 phones listening, {topics} topics on the board: {each * 1000:.1f} ms of processor"
        app.stop()
