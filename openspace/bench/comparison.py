"""Compares this server with Node's socket.io and a bare server at sending prepared packets to all phones."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from openspace.bench.app import App
from openspace.bench.load import HERE, Client, Percentiles, Server, free_port

# The servers take turns, because the speed of a shared machine changes: ratios are computed within a round.
ROUNDS, PACED, PAUSE, DELIVERIES = 5, 6, 0.08, 30_000


class Round(NamedTuple):
    """The measurements of one server in one turn: milliseconds, deliveries a second, processor seconds for 1,000."""

    latency: Percentiles
    per_second: float
    cpu: float


class Contender:
    """A server, and all its phones, which connected at once."""

    def __init__(self, name: str, server: Server, client: Client, phones: int) -> None:
        self.name, self.server, self.client, self.phones = name, server, client, phones
        self.times: list[float] = []
        self.rounds: list[Round] = []
        memory, cpu = server.memory(), server.cpu()
        joined = client(f"connect {phones}")["count"]
        self.storm = server.cpu() - cpu
        if joined < phones:
            raise RuntimeError(f"only {joined} of {phones} could join")
        time.sleep(0.5)
        self.memory = (server.memory() - memory) * 1024 / phones
        self._emit(max(4, 20_000 // phones))

    def take_turn(self) -> None:
        """Send packets one by one, then as many as possible, and note the measurements."""
        times = []
        for _ in range(PACED):
            began, heard = self._emit(1)
            times += [(at - began[0]) / 1e6 for at in heard]
            time.sleep(PAUSE)
        self.times += times
        cpu = self.server.cpu()
        began, heard = self._emit(max(4, DELIVERIES // self.phones))
        cpu = self.server.cpu() - cpu
        per_second = len(heard) / (max(heard) - began[0]) * 1e9
        self.rounds.append(Round(Percentiles(times), per_second, cpu / len(heard) * 1000))

    def _emit(self, count: int) -> tuple[list[int], list[int]]:
        self.client.hear(self.phones * count)
        self.server.order(f"emit {count}")
        began = self.server.read()["began"]
        _, heard = self.client.heard()
        if len(heard) != self.phones * count:
            raise RuntimeError(f"{len(heard)} of {self.phones * count} packets arrived")
        return began, heard

    def row(self) -> str:
        """Return the server's line of the table."""
        per_second, cpu = median(r.per_second for r in self.rounds), median(r.cpu for r in self.rounds)
        return (
            f"{self.phones:>7} {self.name:>10} {Percentiles(self.times)!s:>20} {per_second:>9.0f} {cpu:>7.4f} "
            f"{self.storm:>6.2f} {self.memory:>5.1f}"
        )


def comparison(sizes: tuple[int, ...]) -> Iterator[str]:
    """Yield the lines of a table for each number of phones, with the ratios of this server to the others."""
    yield ""
    yield "Ready packets of 700 bytes to all, the servers in turns: ms p50 / p99 / max; deliveries a second, processor"
    yield "for 1,000 of them; the storm's processor, memory a phone; in brackets this one as a ratio to that"
    yield f"{'phones':>7} {'':>10} {'ms':>20} {'a second':>9} {'CPU s':>7} {'storm':>6} {'KiB':>5}"
    with tempfile.TemporaryDirectory() as folder:
        others = {"node": _node(Path(folder)), "bare": [sys.executable, str(HERE / "bare.py")]}
        for phones in sizes:
            with ExitStack() as running:
                app = App()
                running.callback(app.stop)
                ours = Contender("this", app.server, app.client, phones)
                theirs = [_other(name, words, folder, phones, running) for name, words in others.items() if words]
                for _ in range(ROUNDS):
                    for each in (ours, *theirs):
                        each.take_turn()
                yield ours.row()
                for each in theirs:
                    yield each.row() + _ratios(ours, each)
    if others["node"] is None:
        yield "node and npm are not on this machine: no comparison with the reference implementation"


def _other(name: str, words: list[str], folder: str, phones: int, running: ExitStack) -> Contender:
    port = free_port()
    server = Server([*words, str(port)], port, cwd=folder)
    running.callback(server.stop)
    client = Client(port, cookies=["x=y"], hello="40" if name == "node" else "")
    running.callback(client.stop)
    return Contender(name, server, client, phones)


def _node(folder: Path) -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    fetched = subprocess.run([npm, "install", "--silent", "socket.io@4.8"], cwd=folder, check=False)
    if fetched.returncode:
        return None
    shutil.copy(HERE / "node.js", folder)
    return [node, "node.js"]


def _ratios(ours: Contender, theirs: Contender) -> str:
    def ratio(of: Callable[[Round], float]) -> float:
        return median(of(mine) / of(other) for mine, other in zip(ours.rounds, theirs.rounds, strict=True))

    return (
        f"  (p50 {ratio(lambda r: r.latency.p50):.2f}, p99 {ratio(lambda r: r.latency.p99):.2f}, "
        f"a second {ratio(lambda r: r.per_second):.2f}, CPU {ratio(lambda r: r.cpu):.2f}, "
        f"storm {ours.storm / max(theirs.storm, 0.01):.2f})"
    )
