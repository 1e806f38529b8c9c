"""Real server processes for the tests of the live layer."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.forks import Forked
from tests.live.phone import Phone
from tests.system.conftest import free_port

ME = "Олена Ткачук"


@dataclass
class Serving:
    """A running server process."""

    process: Forked
    port: int
    event: str
    cookies: dict[str, str]
    cells: list[str]
    settings: dict = field(default_factory=dict)

    def phone(self, **more) -> Phone:
        return Phone(self.port, self.cookies[ME], **more)

    def joined(self, **more) -> Phone:
        return self.phone(**more).join(self.event)

    def order(self, **order) -> None:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def ask(
        self, path: str, *, method: str = "GET", fields: str = "", who: str = ME, **headers: str
    ) -> tuple[int, str]:
        """Send an HTTP request as a person; returns status and body."""
        headers |= {"Cookie": self.cookies[who], "Accept": headers.get("Accept", "application/json")}
        request = Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers)
        if method != "GET":
            request.data = fields.encode()
            request.add_header("Content-Type", "application/x-www-form-urlencoded")
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except OSError as error:
            if not hasattr(error, "code"):
                raise
            return error.code, error.read().decode()

    def metric(self, name: str) -> float:
        lines = self.ask("/metrics")[1].splitlines()
        return next(float(line.split()[-1]) for line in lines if line.split()[0] == name)

    def memory(self) -> float:
        """Return the resident memory of the server in MiB."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait(20)
        return self.process.stderr.read()


def serving(data: Path, port: int = 0, **settings) -> Serving:
    """Start a server process on a data folder, with a hall in its database unless there is something."""
    if "SQLALCHEMY_DATABASE_URI" not in settings and not (data / "openspace.sqlite").exists():
        shutil.copytree(hall_on_disk(), data, dirs_exist_ok=True)
    process = _served(DATA=str(data), port=port or free_port(), **settings)
    for line in process.stdout:
        if line.startswith('{"port"'):
            return Serving(process, settings=settings, **json.loads(line))
    raise RuntimeError(process.stderr.read())


@cache
def hall_on_disk() -> Path:
    """A data folder with a hall in an SQLite database, built once."""
    data = Path(tempfile.mkdtemp(prefix="openspace-hall-"))
    assert _served(DATA=str(data), port=0).wait(60) == 0
    return data


def _served(**settings) -> Forked:
    return Forked("tests.live.serve", json.dumps(settings))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that pings phones at short intervals."""
    started = serving(tmp_path_factory.mktemp("live"), PING_INTERVAL=1, PING_TIMEOUT=1, parked_seconds=4)
    yield started
    print(started.stop()[-3000:])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    """Starts servers that are stopped with the test."""
    started: list[Serving] = []

    def begin(data: Path = tmp_path, **settings) -> Serving:
        started.append(serving(data, **settings))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.wait()
