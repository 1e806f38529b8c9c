"""Servers that start a worker when there is work, and only then."""

import os
import shutil
import signal
import time

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.jobs import kinds
from tests.jobs.conftest import begun, until
from tests.jobs.test_worker import is_alive
from tests.live.conftest import Serving, hall_on_disk, start  # noqa: F401  # a fixture

SETTINGS = {"JOBS_WORKER": "tests.jobs.worker", "JOBS_HEARTBEAT": 0.5, "JOBS_IDLE": 0.5, "JOBS_PAUSE": 0}
NOBODY_LOOKS = 60


class Queue:
    """What stands in the database of a server."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, poolclass=NullPool)
        with self.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS ledger"))
            connection.execute(text(kinds.LEDGER))

    def ledger(self) -> list[int]:
        with self.engine.connect() as connection:
            return sorted(connection.scalars(text("SELECT number FROM ledger")))

    def states(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(text("SELECT state FROM job ORDER BY id")))


@pytest.fixture(autouse=True)
def event_that_is_over(tmp_path) -> None:
    """The hall's event was last year: of one that is near, a server has a sheet for power cuts made."""
    shutil.copytree(hall_on_disk(), tmp_path, dirs_exist_ok=True)
    with create_engine(f"sqlite:///{tmp_path / 'openspace.sqlite'}", poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE event SET starts_on = '2020-06-03', ends_on = '2020-06-05'"))


@pytest.fixture
def server(start, tmp_path) -> Serving:  # noqa: F811  # the fixture
    return start(**SETTINGS)


@pytest.fixture
def queue(tmp_path) -> Queue:
    return Queue(f"sqlite:///{tmp_path / 'openspace.sqlite'}")


def workers(server: Serving) -> list[int]:
    return [child.pid for child in psutil.Process(server.process.pid).children()]


def test_a_worker_comes_with_the_work_and_goes_without(server, queue):
    time.sleep(2 * SETTINGS["JOBS_HEARTBEAT"])
    assert workers(server) == []
    before = server.memory()

    for number in (1, 2):
        server.order(enqueue="count", arguments={"number": number})
        until(lambda: len(queue.ledger()) == number)  # noqa: B023
        assert len(workers(server)) == 1
        until(lambda: workers(server) == [])

    assert queue.ledger() == [1, 2]
    assert server.memory() - before < 5


def test_work_is_begun_and_cancelled_at_once_though_nobody_looks(start, queue, tmp_path):  # noqa: F811
    server = start(**SETTINGS | {"JOBS_HEARTBEAT": NOBODY_LOOKS, "JOBS_IDLE": NOBODY_LOOKS})
    server.order(enqueue="count", arguments={"number": 1})
    until(lambda: queue.ledger() == [1])

    server.order(enqueue="linger", arguments={"number": 2, "until": str(tmp_path / "end")})
    until(lambda: begun(tmp_path))
    server.order(cancel=2)

    until(lambda: queue.states() == ["done", "cancelled"])


def test_phones_hear_at_once_of_what_a_job_has_changed(start, queue):  # noqa: F811
    server = start(**SETTINGS | {"LIVE_HEARTBEAT": NOBODY_LOOKS})
    phone = server.joined()

    server.order(enqueue="change the board", event_id=1)

    phone.until(lambda: any('"subject"' in text or '"page"' in text for text in phone.texts), 20)


def test_a_killed_worker_is_replaced_and_its_job_done(server, queue, tmp_path):
    server.order(enqueue="linger", arguments={"number": 3, "until": str(tmp_path / "end")})
    (child,) = until(lambda: begun(tmp_path))

    os.kill(workers(server)[0], signal.SIGKILL)
    # What it had begun ends with it, a moment later.
    until(lambda: not is_alive(child))
    (tmp_path / "end").touch()

    until(lambda: queue.ledger() == [3])
    assert len(begun(tmp_path)) == 2


def test_a_killed_server_leaves_no_worker_behind_and_the_next_one_does_the_job(start, queue, tmp_path):  # noqa: F811
    server = start(**SETTINGS)
    server.order(enqueue="linger", arguments={"number": 4, "until": str(tmp_path / "end")})
    until(lambda: begun(tmp_path))
    left = [*workers(server), *begun(tmp_path)]

    server.process.kill()
    server.process.wait()

    until(lambda: not any(map(is_alive, left)))
    (tmp_path / "end").touch()
    start(**SETTINGS)
    until(lambda: queue.ledger() == [4])


def test_no_worker_is_started_where_work_is_done_elsewhere(start, queue):  # noqa: F811
    server = start(**SETTINGS, JOBS_HERE=False)

    server.order(enqueue="count", arguments={"number": 5})

    until(lambda: queue.states() == ["waiting"])
    time.sleep(3 * SETTINGS["JOBS_HEARTBEAT"])
    assert workers(server) == []


def test_of_two_servers_on_a_machine_one_starts_workers_and_then_the_other(start, postgres):  # noqa: F811
    url = another_database(postgres)
    servers = [start(SQLALCHEMY_DATABASE_URI=url, **SETTINGS) for _ in range(2)]
    queue = Queue(url)

    servers[1].order(enqueue="count", arguments={"number": 1, "seconds": 0.5})
    until(lambda: sum(len(workers(server)) for server in servers) == 1)
    until(lambda: queue.ledger() == [1])
    in_office = next(server for server in servers if workers(server))
    assert sum(len(workers(server)) for server in servers) == 1

    in_office.process.kill()
    in_office.process.wait()
    other = servers[1 - servers.index(in_office)]
    other.order(enqueue="count", arguments={"number": 2})

    until(lambda: queue.ledger() == [1, 2])


def test_the_queue_is_seen_by_who_watches_the_server(start, queue):  # noqa: F811
    server = start(**SETTINGS, JOBS_HERE=False)
    server.order(enqueue="count", arguments={"number": 5})
    until(lambda: queue.states() == ["waiting"])

    assert server.metric('openspace_jobs{state="waiting"}') == 1
    assert server.metric('openspace_jobs{state="running"}') == server.metric('openspace_jobs{state="failed"}') == 0


def another_database(url: str) -> str:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS servers WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE servers"))
    return url.replace("/postgres?", "/servers?")
