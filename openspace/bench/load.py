"""Starts a server and a load client as processes, each on its own processor if there are two."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from array import array
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Missing(Exception):
    """A program that a measurement needs is not installed."""


class Percentiles:
    """The median, 99th percentile and maximum of times in milliseconds."""

    def __init__(self, times: list[float]) -> None:
        ordered = sorted(times) or [0.0]
        self.p50, self.p99 = (ordered[int((len(ordered) - 1) * share)] for share in (0.5, 0.99))
        self.max = ordered[-1]

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p99:.1f} / {self.max:.1f}"


class Server:
    """A server process that is measured and takes orders on its standard input."""

    def __init__(self, words: list[str], port: int, **settings: Any) -> None:
        self.port = port
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        # `preexec_fn` is safe: this process has no threads.
        self.process = subprocess.Popen(words, text=True, preexec_fn=lambda: pin(0), **pipes, **settings)  # noqa: PLW1509
        self.ready = self.read()
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)

    def read(self) -> dict[str, Any]:
        """Wait for the next line of JSON that the server prints, and return it."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                facts: dict[str, Any] = json.loads(line)
                return facts
        raise RuntimeError("the server has ended")

    def order(self, words: str) -> None:
        """Send the server a line."""
        assert self.process.stdin
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def cpu(self) -> float:
        """Return the processor seconds of the server so far, from the clock that Linux keeps for each process."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self) -> float:
        """Return the resident memory of the server in MiB."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self) -> None:
        """Kill the process and wait for its end."""
        self.process.kill()
        self.process.wait()


class Client:
    """The load client in C (`client.c`), which plays all the phones."""

    built: Path | None = None

    def __init__(self, port: int, *, cookies: list[str], hello: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        cookie_file = self.folder / "cookies"
        cookie_file.write_text("\n".join(cookies))
        words = [str(self._build()), str(port), str(cookie_file), hello]
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        # `preexec_fn` is safe: this process has no threads.
        self.process: Any = subprocess.Popen(words, text=True, preexec_fn=lambda: pin(1), **pipes)  # noqa: PLW1509

    @classmethod
    def _build(cls) -> Path:
        if cls.built is None:
            compiler = shutil.which("cc") or shutil.which("gcc")
            if compiler is None:
                raise Missing("a C compiler (cc): the load client must be faster than what it measures")
            cls.built = Path(tempfile.mkdtemp()) / "client"
            subprocess.run([compiler, "-O2", "-o", str(cls.built), str(HERE / "client.c")], check=True)
        return cls.built

    def send(self, order: str) -> None:
        """Send an order; `answer` reads its result."""
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the result of the last order, and return it."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the load client has ended")
        facts: dict[str, Any] = json.loads(line)
        return facts

    def __call__(self, order: str) -> dict[str, Any]:
        self.send(order)
        return self.answer()

    def hear(self, count: int, seconds: float = 60) -> None:
        """Let the client wait for `count` packets, for at most `seconds`; `heard` returns them."""
        self.send(f"hear {count} {seconds} {self.folder / 'heard'}")

    def heard(self) -> tuple[dict[str, Any], list[int]]:
        """Wait for the end of `hear`; returns its counts, and the moment of each packet (CLOCK_MONOTONIC, ns)."""
        facts = self.answer()
        numbers = array("q")
        numbers.frombytes((self.folder / "heard").read_bytes())
        return facts, list(numbers[::3])

    def stop(self) -> None:
        """Kill the process and wait for its end."""
        self.process.kill()
        self.process.wait()


def pin(processor: int) -> None:
    """Bind this process to one processor, if there are several."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {processor})


def free_port() -> int:
    """Return a port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
