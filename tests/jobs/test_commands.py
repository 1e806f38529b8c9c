"""`openspace run` and `openspace worker` as they are started for real, without the kinds of the tests."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text

from openspace import children
from tests.jobs.conftest import until
from tests.system.conftest import OPENSPACE, free_port, start

# A kind that nobody knows: that its first attempt failed shows that somebody took it.
ENQUEUE = (
    "INSERT INTO job (kind, arguments, state, progress, reason, created_at, attempt, beat, failures, is_cancelled)"
    " VALUES ('of an older version', '{}', 'waiting', 0, '', '2026-06-04', 0, 0, 0, false)"
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    made = {**os.environ, "OPENSPACE_DATA": str(tmp_path)}
    made.pop("DATABASE_URL", None)
    return made


def take(data: Path) -> None:
    """Enqueue a job, and wait until somebody has taken it."""
    engine = create_engine(f"sqlite:///{data / 'openspace.sqlite'}", poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(ENQUEUE))
    until(lambda: scalar(engine, "SELECT failures FROM job") == 1)


def scalar(engine, query: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(text(query))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen]:
    process = start(tmp_path, free_port())
    yield process
    process.kill()
    process.wait()


def test_a_server_has_its_jobs_done_beside_it(server, tmp_path):
    assert psutil.Process(server.pid).children() == []

    take(tmp_path)

    [worker] = psutil.Process(server.pid).children()
    assert worker.cmdline()[1:] == ["-m", "openspace.serving.worker"]


def test_a_worker_keeps_nothing_open_of_its_server(tmp_path):
    ours, theirs = socket.socketpair()
    # As the one on which gunicorn listens.
    listening = socket.create_server(("127.0.0.1", 0))
    listening.set_inheritable(True)
    child = children.start(["-m", "openspace.serving.worker"], theirs, dict(os.environ), is_heard=True)
    try:
        assert listens(child), "there is something to close"
        until(lambda: not listens(child))
    finally:
        children.end(child)
        for each in (ours, theirs, listening):
            each.close()


def listens(process: int) -> bool:
    return any(line.status == psutil.CONN_LISTEN for line in psutil.Process(process).net_connections())


def test_a_worker_on_its_own_works_until_it_is_told_to_stop(environment, tmp_path):
    subprocess.run([OPENSPACE, "db", "upgrade"], env=environment, check=True)
    process = subprocess.Popen([OPENSPACE, "worker", "--at-once", "2"], env=environment)

    take(tmp_path)
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
