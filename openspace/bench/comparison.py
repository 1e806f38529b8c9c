"""Ready packets to everybody: what this server makes of the machine, what Node's socket.io does, and a bare one."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from openspace.bench.app import App
from openspace.bench.load import HERE, Client, Percentiles, Server, free_port

PACED, PAUSE = 30, 0.08


class FanOut(NamedTuple):
    """What was measured of one server."""

    latency: Percentiles
    per_second: float
    cpu: float
    bytes: float
    storm: dict[str, Any]
    storm_cpu: float
    memory: float


def fan_out(server: Server, client: Client, phones: int) -> FanOut:
    """Connect so many phones at once, send them packets one by one, then as many as go."""
    memory, cpu = server.memory(), server.cpu()
    storm = client(f"connect {phones}")
    storm_cpu = server.cpu() - cpu
    if storm["count"] < phones:
        raise RuntimeError(f"only {storm['count']} of {phones} could join")
    time.sleep(0.5)
    memory = (server.memory() - memory) * 1024 / phones
    _emit(server, client, phones, max(4, 20_000 // phones))
    times: list[float] = []
    for _ in range(PACED):
        began, heard, _ = _emit(server, client, phones, 1)
        times += [(at - began[0]) / 1e6 for at in heard]
        time.sleep(PAUSE)
    count = max(10, min(400, 150_000 // phones))
    cpu = server.cpu()
    began, heard, facts = _emit(server, client, phones, count)
    cpu = server.cpu() - cpu
    deliveries = len(heard)
    per_second = deliveries / (max(heard) - began[0]) * 1e9
    thousands = deliveries / 1000
    return FanOut(Percentiles(times), per_second, cpu / thousands, facts["bytes"] / thousands, storm, storm_cpu, memory)


def _emit(server: Server, client: Client, phones: int, count: int) -> tuple[list[int], Any, dict[str, Any]]:
    client.hear(phones * count)
    server.order(f"emit {count}")
    began = server.read()["began"]
    facts, heard = client.heard()
    if len(heard) != phones * count:
        raise RuntimeError(f"{len(heard)} of {phones * count} packets arrived")
    return began, heard, facts


def comparison(sizes: tuple[int, ...]) -> Iterator[str]:
    """The lines of a table, with ratios of this server to the others."""
    yield ""
    yield "Ready packets of 700 bytes to all, ms p50 / p99 / max; deliveries a second, processor for 1,000 of them, the"
    yield "storm's processor, memory a phone; in brackets this one as a ratio to that"
    yield f"{'phones':>7} {'':>10} {'ms':>20} {'a second':>9} {'CPU s':>7} {'storm':>6} {'KiB':>5}"
    with tempfile.TemporaryDirectory() as folder:
        node = _node(Path(folder))
        for phones in sizes:
            ours = _ours(phones)
            yield _row(phones, "this", ours)
            for name, words, hello in (("node", node, "40"), ("bare", [sys.executable, str(HERE / "bare.py")], "")):
                if words is None:
                    continue
                port = free_port()
                server = Server([*words, str(port)], port, cwd=folder)
                client = Client(port, cookies=["x=y"], hello=hello)
                theirs = fan_out(server, client, phones)
                yield _row(phones, name, theirs) + _ratios(ours, theirs)
                client.stop()
                server.stop()
    if node is None:
        yield "node and npm are not on this machine: no comparison with the reference implementation"


def _ours(phones: int) -> FanOut:
    app = App()
    try:
        return fan_out(app.server, app.client, phones)
    finally:
        app.stop()


def _node(folder: Path) -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    fetched = subprocess.run([npm, "install", "--silent", "socket.io@4.8"], cwd=folder, check=False)
    if fetched.returncode:
        return None
    shutil.copy(HERE / "node.js", folder)
    return [node, "node.js"]


def _row(phones: int, name: str, found: FanOut) -> str:
    return (
        f"{phones:>7} {name:>10} {found.latency!s:>20} {found.per_second:>9.0f} {found.cpu:>7.4f} "
        f"{found.storm_cpu:>6.2f} {found.memory:>5.1f}"
    )


def _ratios(ours: FanOut, theirs: FanOut) -> str:
    return (
        f"  (p50 {ours.latency.p50 / theirs.latency.p50:.2f}, p99 {ours.latency.p99 / theirs.latency.p99:.2f}, "
        f"a second {ours.per_second / theirs.per_second:.2f}, CPU {ours.cpu / theirs.cpu:.2f}, "
        f"storm {ours.storm_cpu / max(theirs.storm_cpu, 0.01):.2f})"
    )
