"""A child process is handed open files and tells its progress; once a file has come it can open nothing any more."""

import json
import os
import socket
import tempfile
import time
from pathlib import Path

import pytest

from openspace.media import Refused, message, process
from tests.media import kinds


def call(name: str, *given, monkeypatch, **more) -> process.Made:
    """Run a function of `kinds.py` in a child."""
    monkeypatch.setattr(process, "COMMAND", [kinds.__file__])
    return process.run(f"kinds.{name}", *given, **more)


@pytest.fixture
def run(monkeypatch):
    return lambda name, *given, **more: call(name, *given, monkeypatch=monkeypatch, **more)


def test_a_child_reads_and_writes_the_open_files_that_it_is_handed(run):
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(b"0123456789")
        source.flush()

        made = run("copy", b"<", source, target, written=1, begin=4)

        target.seek(0)
        assert target.read() == b"<456789"
        assert made == ({"size": 7}, [b"7"])


def test_a_child_tells_its_progress_once_for_each_percent(run):
    told = []

    run("count", progress=told.append)

    assert told == [0, 50, 100]


def test_a_child_can_open_no_file_and_no_socket(run):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        # There is somebody to hear.
        socket.create_connection(("127.0.0.1", port)).close()
        listening.accept()[0].close()

        facts = run("break_out", port=port).facts

        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert facts == dict.fromkeys(["file", "socket", "pair", "pipe", "memory", "copy"], "refused")


def test_a_child_without_leave_to_write_cannot_make_a_file_larger(run):
    with tempfile.TemporaryFile() as target, pytest.raises(Refused, match="full"):
        run("fill", target, size=10)


def test_no_file_becomes_larger_than_allowed(run):
    with tempfile.TemporaryFile() as target:
        with pytest.raises(Refused, match="full"):
            run("fill", target, size=2**20 + 1, written=1)

        assert os.fstat(target.fileno()).st_size == 2**20


@pytest.mark.parametrize("name", ["say_nonsense", "say_deep_nonsense", "say_half", "say_nothing_more", "crash"])
def test_what_a_taken_over_child_says_is_no_answer(run, name):
    with pytest.raises(Refused, match="killed"):
        run(name)


def test_a_child_that_sleeps_is_killed_in_time(run):
    begun = time.monotonic()

    with pytest.raises(Refused, match="killed"):
        run("sleep", seconds=1)

    assert 2.9 < time.monotonic() - begun < 6


def test_a_child_ends_with_who_has_started_it(tmp_path):
    told = tmp_path / "pid"
    parent = os.fork()
    if not parent:
        process.COMMAND = [kinds.__file__]
        with told.open("wb") as target:
            process.run("kinds.sleep", target, seconds=60, written=1)
        os._exit(0)
    until(lambda: told.exists() and told.read_text())
    child = Path("/proc") / told.read_text()
    assert child.exists()

    os.kill(parent, 9)
    os.waitpid(parent, 0)

    until(lambda: not child.exists() or "Z" in (child / "stat").read_text().rpartition(")")[2])


def until(is_so) -> None:
    ends = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_message_comes_out_as_it_went_in():
    assert message.unpacked(message.packed({"a": "\n"}, [b"x\ny", b""])) == (
        {"a": "\n", "sizes": [3, 0]},
        [b"x\ny", b""],
    )
    for cut in (b"", b"{}", b"[]\n", b'{"sizes": [2]}\nx', b'{"sizes": [-1]}\n', json.dumps([[]] * 3).encode()):
        with pytest.raises(ValueError, match=r"message|Expecting"):
            message.unpacked(cut)
