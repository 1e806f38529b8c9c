"""What conference apps cost that ask for the programme every minute: `python -m tests.load.schedule [TOPICS]`.

It asks a server over one open connection: with the ETag of what the app has, which is answered by 304; with one of days
ago, which gets the whole file, kept in memory; and after each change of the board, for which the file is made anew. It
prints requests per second, and the server's processor time for one.
"""

import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from openspace.bench.app import App

OLD = '"of days ago"'


def get(app: App, kind: str, etag: str) -> Any:
    """Ask for the programme as an app does that has this ETag; returns the answer's status, length and headers."""
    headers = {"Cookie": app.cookies[0], "Accept-Encoding": "gzip", "If-None-Match": etag}
    app.connection.request("GET", f"/{app.event}/exports/schedule.{kind}", headers=headers)
    answer = app.connection.getresponse()
    return answer.status, len(answer.read()), answer.headers


def rename(app: App, number: int) -> None:
    """Give the first topic a title that it never had."""
    assert app.ask("topics/1", method="PUT", fields=f"title=Topic+{number}&language=uk")[0] < 400


def measure(app: App, name: str, rounds: int, ask: Callable[[], Any]) -> None:
    """Print a row: requests per second, milliseconds of the processor for one, and the last answer."""
    began, processor = time.perf_counter(), app.server.cpu()
    for _ in range(rounds):
        status, size, _ = ask()
    seconds, processor = time.perf_counter() - began, app.server.cpu() - processor
    print(f"{name:<28} {rounds / seconds:>6.0f}/s {processor / rounds * 1000:>7.2f} ms   {status}, {size} bytes")


def main() -> None:
    """Both forms, with an ETag that holds, an old one, and a board that changes."""
    app, numbers = App(int(sys.argv[1]) if len(sys.argv) > 1 else 300), count()
    for kind in ("xml", "json"):
        etag = get(app, kind, OLD)[2]["ETag"]
        measure(app, f"{kind}, its own ETag", 2000, lambda kind=kind, etag=etag: get(app, kind, etag))
        measure(app, f"{kind}, an old ETag", 500, lambda kind=kind: get(app, kind, OLD))
        measure(app, f"{kind}, after a change", 20, lambda kind=kind: rename(app, next(numbers)) or get(app, kind, OLD))
    measure(app, "a change alone", 20, lambda: rename(app, next(numbers)) or (0, 0, {}))
    app.stop()


if __name__ == "__main__":
    main()
