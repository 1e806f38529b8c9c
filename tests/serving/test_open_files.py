"""A server that may open few files: it raises what it may, says what is left, and goes on serving pages."""

import contextlib
import resource
import socket
import subprocess
from pathlib import Path
from urllib.request import urlopen

import gevent.event
import gevent.pool
import pytest

from openspace.serving import waiting
from openspace.serving.handler import Server
from tests.serving.lines import connected
from tests.system.conftest import OPENSPACE, free_port, start

IDLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@contextlib.contextmanager
def under(tmp_path: Path, limits: str):
    """A server started by a shell that has set these limits; yields its process and port."""
    port, shell = free_port(), tmp_path / "openspace"
    shell.write_text(f'#!/bin/sh\n{limits}\nexec "{OPENSPACE}" "$@"\n')
    shell.chmod(0o755)
    process = start(tmp_path, port, command=shell)
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def most_files(process: subprocess.Popen) -> int:
    limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
    return next(int(line.split()[3]) for line in limits if line.startswith("Max open files"))


def test_the_soft_limit_is_raised_to_the_hard_one(tmp_path):
    with under(tmp_path, "ulimit -Sn 1024; ulimit -Hn 8192") as (process, _):
        assert most_files(process) == 8192

    assert "lets this server open" not in process.stdout.read()


def test_with_few_files_idle_connections_go_before_they_run_out(tmp_path):
    with under(tmp_path, "ulimit -n 512") as (process, port), contextlib.ExitStack() as opened:
        idle = [opened.enter_context(contextlib.closing(connected(port))) for _ in range(700)]
        for line in idle:
            line.sendall(IDLE)

        for _ in range(5):
            assert urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200

    said = process.stdout.read()
    assert "lets this server open 512 files: 336 phones" in said
    assert "Too many open files" not in said


def test_with_few_files_phones_that_listen_leave_room_for_pages(tmp_path):
    with under(tmp_path, "ulimit -n 128") as (_, port), contextlib.ExitStack() as opened:
        heads = [upgrade(opened, port) for _ in range(150)]

        assert urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200

    assert b"101" in heads[0]
    assert b"503" in heads[-1]
    assert sum(b" 101 " in head for head in heads) in range(40, 60)


def upgrade(opened: contextlib.ExitStack, port: int) -> bytes:
    line = opened.enter_context(contextlib.closing(connected(port)))
    line.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    return line.recv(100)


@pytest.fixture(autouse=True)
def _enough_for_the_test_itself():
    """The test holds the other end of 700 connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_connection_that_becomes_idle_while_the_server_stops_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(waiting, "_hangs_up_idle", False)
    one, other = socket.socketpair()
    waiting.hang_up_idle()

    with one, other:
        assert not waiting.watch(one, pytest.fail)


@pytest.mark.parametrize("what", ["a byte", "its end", "its deadline"])
def test_an_idle_connection_is_woken_once_by(what, monkeypatch):
    monkeypatch.setattr(waiting, "IDLE_SECONDS", 0.05 if what == "its deadline" else 60)
    one, other = socket.socketpair()
    woken = gevent.event.Event()
    with one, other:
        assert waiting.watch(one, woken.set)
        assert one in waiting._idle
        if what == "a byte":
            other.send(b"G")
        elif what == "its end":
            other.close()

        assert woken.wait(5)
        assert one.recv(1) == (b"G" if what == "a byte" else b"")
        assert one not in waiting._idle
        woken.clear()
        gevent.sleep(0.1)
        assert not woken.is_set()


def test_a_worker_with_a_pool_asks_for_open_files_too(monkeypatch):
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        server = Server(listener, None, spawn=gevent.pool.Pool(5))
        assert not server.full()

        monkeypatch.setattr(waiting, "has_room", lambda lines: False)

        assert server.full()
