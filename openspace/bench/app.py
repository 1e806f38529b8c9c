"""Runs the real app in its own process, connects phones to it and writes to it."""

import http.client
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from openspace.bench.load import Client, Percentiles, Server, free_port

TAPS, PAUSE = 30, 0.08
FORM = "application/x-www-form-urlencoded"


class App:
    """The real app on the demo event, or on a board with `topics`, and a load client."""

    def __init__(self, topics: int = 0) -> None:
        port = free_port()
        words = [sys.executable, "-m", "openspace.bench.server", str(port), tempfile.mkdtemp(), str(topics)]
        self.server = Server(words, port)
        self.event, self.cookies = self.server.ready["event"], self.server.ready["cookies"]
        hello = {"event": self.event, "channel": "board", "language": "uk"}
        self.client = Client(port, cookies=self.cookies, hello="40" + json.dumps(hello))
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(
        self, path: str = "", *, method: str = "GET", fields: str = "", who: int = 0, over: Any = None
    ) -> tuple[int, bytes, Any]:
        """Send a request as person number `who`; returns status, body, headers."""
        connection = over or self.connection
        # A new key each time, as phones send with their writes.
        key = secrets.token_hex(16)
        headers = {
            "Cookie": self.cookies[who],
            "Accept": "application/json",
            "Content-Type": FORM,
            "Idempotency-Key": key,
        }
        connection.request(method, f"/{self.event}/{path}", fields or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def taps(self) -> Iterator[tuple[str, str]]:
        """Yield path and fields of requests that take one chair and give it back in turn: each is one change."""
        placed = [
            cell["topic"]["number"]
            for slot in json.loads(self.ask()[1])["slots"]
            for cell in slot["cells"]
            if cell["topic"]
        ]
        while True:
            yield f"topics/{placed[-1]}/interest", "kind=look"
            yield f"topics/{placed[-1]}/interest", "kind=go"

    def changes(self, phones: int, count: int = TAPS) -> tuple[Percentiles, Percentiles, float]:
        """Send `count` taps while `phones` listen.

        Returns the times from a commit to each phone, those of the tap's own answer, and processor seconds a tap.
        """
        if self.client("close") == {} and self.client(f"connect {phones}")["count"] < phones:
            raise RuntimeError("not all could join")
        taps, times, answers = self.taps(), [], []
        for path, fields in (next(taps), next(taps)):
            self._tap(path, fields, phones)
        time.sleep(0.3)
        cpu = self.server.cpu()
        for _, (path, fields) in zip(range(count), taps, strict=False):
            committed, heard, seconds = self._tap(path, fields, phones)
            times += [(at - committed) / 1e6 for at in heard]
            answers.append(seconds * 1000)
            time.sleep(PAUSE)
        return Percentiles(times), Percentiles(answers), (self.server.cpu() - cpu) / count

    def _tap(self, path: str, fields: str, phones: int) -> tuple[int, Any, float]:
        self.client.hear(phones)
        started = time.perf_counter()
        status, _, _ = self.ask(path, method="PUT", fields=fields)
        seconds = time.perf_counter() - started
        if status != 200:
            raise RuntimeError(f"a tap was answered with {status}")
        committed = self.server.read()["commit"]
        return committed, self.client.heard()[1], seconds

    def stop(self) -> None:
        """Stop the load client and the server."""
        self.client.stop()
        self.server.stop()
