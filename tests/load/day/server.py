"""The product as whoever installs it starts it, on the demo event, and what it costs the machine."""

import os
import re
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psutil

from tests.system.conftest import OPENSPACE, command, free_port, zone_at_noon

FILES = 16384
ROLES = ("organiser", "facilitator", "participant", "projector")


class Server:
    """`openspace run` on a free port of this machine. Its data are in a folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data, self.port, self.log = data, free_port(), data / "server.log"
        self.base = f"http://127.0.0.1:{self.port}"
        lines = command(
            "demo", "--zone", zone_at_noon(), data=data, OPENSPACE_BASE_URL=self.base, DATABASE_URL=""
        ).splitlines()
        # The photos and films of the demo are made beforehand: they are no part of the day.
        command("worker", "--at-once", "2", "--until-done", data=data, DATABASE_URL="")
        links = (line.partition(": ") for line in lines)
        self.links = {role: re.sub(r"^https?://[^/]+", "", link) for role, _, link in links if role in ROLES}
        self.peak = self.files = 0
        self._ends = threading.Event()

    def start(self) -> None:
        """Start it, and let this process hold as many connections as its phones' browsers do."""
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard) if hard > 0 else FILES, hard))
        environment = {
            **os.environ,
            "OPENSPACE_DATA": str(self.data),
            "OPENSPACE_BASE_URL": self.base,
            "DATABASE_URL": "",
        }
        with self.log.open("w") as log:
            words = [OPENSPACE, "run", "--port", str(self.port)]
            self.process = subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT)
        self.ps = psutil.Process(self.process.pid)
        self._wait()
        self.fresh = self.memory()
        threading.Thread(target=self._watch, daemon=True).start()

    def _wait(self) -> None:
        for _ in range(1200):
            with suppress(OSError):
                urlopen(f"{self.base}/healthz", timeout=2).close()
                return
            time.sleep(0.1)
        raise RuntimeError(self.log.read_text()[-500:])

    def cpu(self) -> tuple[float, float]:
        """Seconds of processor of the server itself, and of all its children, which prepare photos."""
        own, children = self.ps.cpu_times(), 0.0
        for each in self.ps.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                children += sum(each.cpu_times()[:4])
        return own.user + own.system, own.children_user + own.children_system + children

    def memory(self) -> int:
        """Bytes of the server itself."""
        return self.ps.memory_info().rss

    def _watch(self) -> None:
        with suppress(psutil.Error):
            while not self._ends.wait(0.25):
                self.peak, self.files = max(self.peak, self.memory()), max(self.files, self.ps.num_fds())

    def stop(self) -> None:
        self._ends.set()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def complaints(self) -> list[str]:
        """What its log says, without the greeting, and without requests that were cut in the middle of their head."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if line and not re.match("Open Space is at|.*Invalid request \\(from", line)]


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """A running server."""
    server = Server(data)
    server.start()
    try:
        yield server
    finally:
        server.stop()
