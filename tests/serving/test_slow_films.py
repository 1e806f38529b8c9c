"""Films for phones on bad networks: by the embedded server and by gunicorn, from a disk and from S3."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from openspace.serving import workers
from tests.serving.lines import answer, connected, lines
from tests.store.conftest import s3_server
from tests.system.conftest import command, free_port

__all__ = ["s3_server"]

SIZE = 12 * 2**20
# Seconds that each block of an answer has, where others have 15.
PATIENCE = 1.0
# More than the connections to the database, of which SQLAlchemy opens 15.
MANY = 40


class Cinema:
    """A server process, and the path of its film."""

    def __init__(self, kind: str, folder: Path, **variables: str) -> None:
        self.port = free_port()
        waiting = json.dumps({"TRANSFER_SECONDS": PATIENCE, "SLOWEST_RATE": 2**30})
        variables |= {"OPENSPACE_DATA": str(folder), "SECRET_KEY": "tests", "WAITING": waiting}
        words = ["tests.serving.film", str(self.port)]
        if kind == "gunicorn":
            variables["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
            bind = f"127.0.0.1:{self.port}"
            words = ["gunicorn", "--config", workers.__file__, "--bind", bind, "tests.serving.film:app"]
        command("db", "upgrade", data=folder)
        self.process = subprocess.Popen([sys.executable, "-m", *words], env=os.environ | variables)
        self.path = self._wait()

    def _wait(self) -> str:
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.ask("/film").decode()
            except OSError:
                assert time.monotonic() < deadline, "the server does not come up"
                time.sleep(0.1)

    def ask(self, path: str, **headers: str) -> bytes:
        with urlopen(Request(f"http://127.0.0.1:{self.port}{path}", headers=headers), timeout=20) as answered:
            return answered.read()

    def request(self, **headers: str) -> bytes:
        sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"GET {self.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{sent}\r\n".encode()

    def memory(self) -> float:
        """The resident memory of the process and its children in MiB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        pages = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in (self.process.pid, *children)]
        return sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module", params=["embedded-disk", "gunicorn-disk", "embedded-s3"])
def cinema(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cinema]:
    kind, _, place = request.param.partition("-")
    variables = {}
    if place == "s3":
        variables = {"OPENSPACE_MEDIA": "s3://media/films", **request.getfixturevalue("s3_server")}
    started = Cinema(kind, tmp_path_factory.mktemp("cinema"), **variables)
    yield started
    started.process.terminate()
    started.process.wait(20)


def test_a_slow_reader_that_goes_on_gets_all_of_it(cinema):
    begun, taken = time.monotonic(), 0
    with connected(cinema.port, receive=4096) as line:
        line.sendall(cinema.request())
        while part := line.recv(65536):
            taken += len(part)
            if time.monotonic() - begun < 5 * PATIENCE:
                # Takes 5 s for as much as the kernels keep, and a part of the rest.
                time.sleep(len(part) / 2**20)

    assert taken > SIZE
    assert time.monotonic() - begun > 3 * PATIENCE


def test_who_takes_nothing_is_cut(cinema):
    with connected(cinema.port, receive=4096) as line:
        line.sendall(cinema.request())
        time.sleep(3 * PATIENCE)
        got = answer(line)

    assert 0 < len(got) < SIZE
    assert b'openspace_refused_total{reason="slow reader"}' in cinema.ask("/metrics")


def test_many_slow_readers_cost_a_block_each_and_keep_nobody_waiting(cinema):
    cinema.ask(cinema.path)
    before = cinema.memory()
    with lines(cinema.port, MANY, cinema.request(), receive=4096) as waiting:
        worst = 0.0
        # Each reads a little, and so is not cut.
        for _ in range(10):
            for line in waiting:
                line.recv(4096)
            asked = time.monotonic()
            assert b"current" in cinema.ask("/healthz")
            worst = max(worst, time.monotonic() - asked)
        grown = cinema.memory() - before

    assert worst < 2
    # The films are 480 MiB. On a loaded machine 37 have been measured with a bucket, less than 30 else.
    assert grown < 64


def test_a_part_is_answered_with_the_headers_of_a_file_and_not_of_a_page(cinema):
    connection = HTTPConnection("127.0.0.1", cinema.port, timeout=20)
    connection.request("GET", cinema.path, headers={"Range": "bytes=256-511", "Accept-Encoding": "gzip, br"})
    answered = connection.getresponse()
    body = answered.read()
    connection.request("HEAD", cinema.path)
    head = connection.getresponse()

    assert (answered.status, body) == (206, bytes(range(256)))
    assert answered.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answered.headers["Content-Range"] == f"bytes 256-511/{SIZE}"
    assert answered.headers["Content-Encoding"] is None
    assert answered.headers["Set-Cookie"] is None
    assert (head.status, head.headers["Content-Length"], head.read()) == (200, str(SIZE), b"")
