"""Applying: two hundred pairs of cities hand in within the last minute, twenty of them within its last second.

    .venv/bin/python -m tests.load.applying

A real server with the demo. Each has written before; each changes an answer and hands in, on a connection of its own.
All that was answered with yes must stand there, each with a number of its own.
"""

import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import urlencode

from openspace import create_app
from openspace.applications import actions
from openspace.applications.models import Application
from openspace.applications.rules import State
from openspace.clock import now
from openspace.extensions import db
from openspace.programmes.models import Call
from openspace.store import transactions
from tests.applications.conftest import CITIES, CONTACT
from tests.system.conftest import command, free_port, start

PAIRS, AT_THE_END, SECONDS = 200, 20, 60.0


class Pair:
    """Who applies, with a connection and a token for forms."""

    def __init__(self, port: int, root: str) -> None:
        self._there, self._root = HTTPConnection("127.0.0.1", port, timeout=60), root
        self._there.request("GET", f"{root}q1")
        answer = self._there.getresponse()
        self._cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        self._token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())[1]

    def send(self, path: str, **fields: str) -> tuple[int, float]:
        """Send a form; returns the status and the seconds until the answer."""
        headers = {"Cookie": self._cookie, "X-CSRFToken": self._token, "Accept": "application/json"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.monotonic()
        self._there.request("PUT", f"{self._root}{path}", urlencode(fields), headers)
        answer = self._there.getresponse()
        answer.read()
        return answer.status, time.monotonic() - begun


def prepare(data: Path) -> list[str]:
    """Begin the applications and write all that is needed; returns the addresses of their pages."""
    with create_app({"DATA": data}).test_request_context(), transactions.writing():
        call = db.session.query(Call).one()
        roots = []
        for number in range(PAIRS):
            link = actions.begin(call, name=f"Людина {number}", language="uk")
            answers = {question["name"]: "Відповідь." for question in call.questions}
            actions.write(link, {**CITIES, **CONTACT, **answers, "declared": "Олена Ткачук"}, {})
            roots.append(f"/programmes/{call.office.slug}/apply/{link.key}/")
        return roots


def end_soon(data: Path) -> float:
    """Let the call close when the last minute is over; returns that moment."""
    with create_app({"DATA": data}).test_request_context(), transactions.writing():
        call = db.session.query(Call).one()
        call.closes_at = now() + timedelta(seconds=SECONDS)
        return call.closes_at.timestamp()


def hand_in(pair: Pair, at: float) -> list[tuple[int, float]]:
    """Change an answer and hand in at a moment; returns the status and the seconds of both answers."""
    time.sleep(max(0.0, at - time.time()))
    return [pair.send("q1", q1="Остання думка.", seen_q1="1"), pair.send("handed-in")]


def main() -> None:
    """Run it, and print what was measured."""
    data, port = Path(tempfile.mkdtemp()), free_port()
    command("demo", data=data, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}")
    roots, chance = prepare(data), Random(1)
    before = handed_in(data)
    server = start(data, port)
    try:
        with ThreadPoolExecutor(PAIRS) as pool:
            pairs = list(pool.map(lambda root: Pair(port, root), roots))
            end = end_soon(data)
            moments = [end - chance.random() * (1 if number < AT_THE_END else SECONDS) for number in range(PAIRS)]
            answers = [each for work in pool.map(hand_in, pairs, moments) for each in work]
    finally:
        server.terminate()
        server.wait(10)
    numbers = handed_in(data) - before
    times = sorted(seconds for _, seconds in answers)
    refused = [status for status, _ in answers if status >= 400]
    print(f"{PAIRS} pairs, {len(answers)} requests, {len(refused)} refused {sorted(set(refused))}")
    late = times[len(times) * 99 // 100]
    print(f"answers: median {median(times):.2f} s, 99 % {late:.2f} s, longest {times[-1]:.2f} s")
    print(f"handed in: {len(numbers)}, each with a number of its own")
    assert len(numbers) == PAIRS - sum(status >= 400 for status, _ in answers[1::2])


def handed_in(data: Path) -> set[int | None]:
    """The numbers of the applications that are handed in."""
    with create_app({"DATA": data}).test_request_context():
        return {number for (number,) in db.session.query(Application.number).filter_by(state=State.HANDED_IN)}


if __name__ == "__main__":
    main()
