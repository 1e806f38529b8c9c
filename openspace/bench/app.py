"""The real app in a process of its own, and people who write to it."""

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
    """The real app, and people who write to it."""

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
        """A request: status, body, headers."""
        connection = over or self.connection
        # Under a key of its own, as each write of a phone.
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
        """One and the same chair, taken and given back: one change of the board each time."""
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
        """Taps while so many listen: from commit to each phone, the tap's own answer, seconds of processor each."""
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
        """End both."""
        self.client.stop()
        self.server.stop()
