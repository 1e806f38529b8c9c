"""Kinds of jobs for tests. What is done is written into the table `ledger`, which the tests make."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from openspace.board.models import BOARD
from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.live import log
from openspace.web.errors import Busy, Closed

LEDGER = "CREATE TABLE IF NOT EXISTS ledger (number INTEGER, process INTEGER)"


def write_down(number: int) -> None:
    db.session.execute(
        text("INSERT INTO ledger (number, process) VALUES (:number, :process)"),
        {"number": number, "process": os.getppid()},
    )


@job("count", title="Count")
def count(run: Run, *, number: int, seconds: float = 0.0) -> None:
    """Take some time, and write the number down."""
    time.sleep(seconds)
    with run.finishing():
        write_down(number)


@job("count often", title="Count", attempts=50)
def count_often(run: Run, *, number: int, seconds: float = 0.0) -> None:
    count(run, number=number, seconds=seconds)


@job("linger", title="Linger", seconds=60)
def linger(run: Run, *, number: int, until: str) -> None:
    """Say that it has begun, wait for a file, and write the number down."""
    run.progress(40)
    Path(until).with_suffix(f".{os.getpid()}").touch()
    while not Path(until).exists():
        time.sleep(0.01)
    with run.finishing():
        write_down(number)


@job("write and fail", title="Fail", attempts=1)
def write_and_fail(run: Run, *, number: int) -> None:
    with run.finishing():
        write_down(number)
        raise RuntimeError("a mistake")


@job("fail twice", title="Fail", attempts=3)
def fail_twice(run: Run, *, number: int, counter: str) -> None:
    with open(counter, "a") as file:
        file.write("x")
    if Path(counter).stat().st_size < 3:
        raise Busy
    with run.finishing():
        write_down(number)


@job("refuse", title="Refuse")
def refuse(run: Run) -> None:
    raise Closed


@job("eat memory", title="Eat", memory=64, attempts=1)
def eat_memory(run: Run) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(2**20))


@job("use processor", title="Use", processor=1, attempts=1)
def use_processor(run: Run) -> None:
    while True:
        pass


@job("take long", title="Take long", seconds=1, attempts=1)
def take_long(run: Run, *, started: str) -> None:
    """Start something that outlives it, unless it is ended with it."""
    child = subprocess.Popen(["sleep", "600"])
    Path(started).write_text(str(child.pid))
    time.sleep(60)


@job("die", title="Die", attempts=2)
def die(run: Run) -> None:
    os._exit(3)


@job("change the board", title="Change")
def change_the_board(run: Run) -> None:
    with run.finishing():
        log.record(run.event_id, BOARD, "page")


@job("look around", title="Look around")
def look_around(run: Run, *, told: str) -> None:
    Path(told).write_text(os.readlink("/proc/self/fd/0"))


@job("nothing", title="Nothing")
def nothing(run: Run) -> None:
    pass


@job("take hours", title="Take hours", seconds=7200)
def take_hours(run: Run) -> None:
    pass


@job("leave something behind", title="Leave", seconds=30)
def leave_something_behind(run: Run) -> None:
    """Start a process out of the worker's reach, which holds the job's pipe open, and write nonsense into that."""
    for descriptor in range(3, 40):
        with suppress(OSError):
            os.write(descriptor, b"no word of ours\n")
    if os.fork() == 0:
        os.setsid()
        time.sleep(10)
        os._exit(0)
