"""Dots: two hundred people give five dots each in the last ten seconds; seconds until the picture is there.

    .venv/bin/python -m tests.load.dots

A real server with the demo. Each person sends each dot as phones do, all of their dots with a version, on a connection
of their own. A browser has the hall's screen open. The sum of the result must be that of the dots that were accepted.
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

from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select

from openspace import create_app
from openspace.access import seats
from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.convergence import actions
from openspace.convergence.candidates import candidates
from openspace.convergence.models import DotRound
from openspace.extensions import db
from openspace.store import transactions
from tests.browser import installed
from tests.system.conftest import FLAGS, command, free_port, linked, start

PEOPLE, DOTS, SECONDS = 200, 5, 10.0
# The demo has a round of yesterday.
LAST = select(DotRound).order_by(DotRound.number.desc()).limit(1)


class Person:
    """A member with a connection, a cookie and a token for forms."""

    def __init__(self, port: int, slug: str, cookie: str) -> None:
        self._there = HTTPConnection("127.0.0.1", port, timeout=30)
        self._path, self._cookie = f"/{slug}/dots", cookie
        self._there.request("GET", self._path, headers={"Cookie": cookie})
        answer = self._there.getresponse()
        # It has got the value by which forms are known as its own.
        self._cookie = (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
        page = answer.read().decode()
        self._round = re.search(r'name="round" value="(\d+)"', page)[1]
        self._token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def give(self, dots: dict[int, int]) -> tuple[int, float]:
        """Send all dots; returns the status and the seconds until the answer."""
        fields = {
            "round": self._round,
            "version": int(time.time() * 1000),
            **{f"topic-{n}": each for n, each in dots.items()},
        }
        headers = {"Cookie": self._cookie, "X-CSRFToken": self._token, "Accept": "application/json"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.monotonic()
        self._there.request("PUT", f"{self._path}/choice", urlencode(fields), headers)
        answer = self._there.getresponse()
        answer.read()
        return answer.status, time.monotonic() - begun


def prepare(data: Path) -> tuple[list[str], list[int]]:
    """Open a window; returns the cookies of the people, and the topics' numbers."""
    app = create_app({"DATA": data})
    with app.test_request_context(), transactions.writing():
        by = db.session.scalars(select(Member).where(Member.role == Role.FACILITATOR).limit(1)).one()
        event = by.event
        topics = [topic for topic, _ in candidates(event)]
        found = actions.prepare(event, actions.Plan(DOTS, True, 60, 5), topics, by=by)
        actions.start(found, by=by)
        members = db.session.scalars(select(Member).where(Member.event_id == event.id).limit(PEOPLE)).all()
        tokens = [seats.give(member, confirmed_at=now()) for member in members]
        event_id, numbers = event.id, [topic.number for topic in topics]
    return [_cookie(app, event_id, token) for token in tokens], numbers


def end_soon(data: Path) -> float:
    """Let the window end when the last seconds are over; returns the end."""
    with create_app({"DATA": data}).test_request_context(), transactions.writing():
        found = db.session.scalars(LAST).one()
        found.ends_at = now() + timedelta(seconds=SECONDS)
        return found.ends_at.timestamp()


def _cookie(app, event_id: int, token: str) -> str:
    client = app.test_client()
    with client.session_transaction() as session:
        session["seats"] = {str(event_id): token}
    name = app.config["SESSION_COOKIE_NAME"]
    return f"{name}={client.get_cookie(name).value}"


def taps(person: Person, numbers: list[int], end: float, seed: int) -> list[tuple[int, float]]:
    """Tap dots at random moments of the last seconds; returns the status and the seconds of each answer.

    As on phones, what is tapped while an answer is awaited goes together with the next request.
    """
    chance, dots, found = Random(seed), {}, []
    moments = sorted(end - chance.random() * SECONDS for _ in range(DOTS))
    while moments:
        time.sleep(max(0.0, moments[0] - time.time()))
        while moments and moments[0] <= time.time():
            moments.pop(0)
            number = chance.choice(numbers)
            dots = {**dots, number: dots.get(number, 0) + 1}
        found.append(person.give(dots))
    return found


def main() -> None:
    """Run it, and print what was measured."""
    data, port = Path(tempfile.mkdtemp()), free_port()
    lines = command("demo", data=data, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}")
    links = dict(line.split(": ", 1) for line in lines.splitlines() if ": " in line)
    slug = links["participant"].partition("/me/")[0].rpartition("/")[2]
    server = start(data, port)
    try:
        cookies, numbers = prepare(data)
        with sync_playwright() as playwright, ThreadPoolExecutor(PEOPLE) as pool:
            screen = playwright.chromium.launch(executable_path=installed(), args=FLAGS).new_page()
            screen.goto(f"{links['projector']}/dots")
            linked(screen)
            people = list(pool.map(lambda cookie: Person(port, slug, cookie), cookies))
            end = end_soon(data)
            given = [pool.submit(taps, person, numbers, end, seed) for seed, person in enumerate(people)]
            expect(screen.locator(".pile").first).to_be_visible(timeout=120_000)
            seen = time.time() - end
            answers = [each for work in given for each in work.result()]
        report(data, answers, seen)
    finally:
        server.terminate()


def report(data: Path, answers: list[tuple[int, float]], seen: float) -> None:
    """Print the figures, and check that what was accepted is what was counted."""
    times = sorted(seconds for _, seconds in answers)
    refused = [status for status, _ in answers if status != 204]
    print(f"{PEOPLE * DOTS} taps in {len(answers)} requests, {len(refused)} refused {sorted(set(refused))}")
    print(
        f"answers: median {median(times):.2f} s, 99 % {times[len(times) * 99 // 100]:.2f} s, longest {times[-1]:.2f} s"
    )
    print(f"the picture {seen:.1f} s after the end of the window, of which 2 s are for dots on their way")
    with create_app({"DATA": data}).test_request_context():
        found = db.session.scalars(LAST).one()
        print(f"counted: {found.dots} dots of {found.givers} people")
        assert refused or found.dots == PEOPLE * DOTS


if __name__ == "__main__":
    main()
