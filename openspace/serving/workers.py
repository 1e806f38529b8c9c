"""Several processes behind one port: gunicorn with gevent workers, as `openspace run --workers N` starts it.

gunicorn reads this file as its configuration too (https://docs.gunicorn.org/en/stable/settings.html).
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker
from prometheus_client import multiprocess

TOP = Path(__file__).parents[2]

worker_class = "openspace.serving.workers.Worker"
chdir = str(TOP)
backlog = 4096
worker_connections = 12_000
graceful_timeout = 10
loglevel = "warning"


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn carries no types
    """A gunicorn worker with the HTTP of the embedded server, which tells phones when to reconnect before it stops."""

    def run(self) -> None:
        """Serve until a signal to stop."""
        from openspace.serving.handler import Handler, Server
        from openspace.serving.waiting import allow_open_files

        self.server_class, self.wsgi_handler = Server, Handler
        allow_open_files()
        super().run()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop when the requests under way are answered; called on SIGTERM."""
        from openspace.live.hub import hub  # here because gunicorn reads this file before gevent has patched
        from openspace.serving.waiting import hang_up_idle

        gevent.spawn(hub.ask_to_reconnect)
        gevent.spawn(hang_up_idle)
        super().handle_exit(sig, frame)


def child_exit(server: Any, worker: Any) -> None:
    """Remove the live gauges of a worker that has ended from the metrics; called by gunicorn."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it has no types


def serve(host: str, port: int, workers: int) -> None:
    """Replace this process by gunicorn. Does not return."""
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="openspace-metrics-"))
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    words = ["gunicorn", "--config", __file__, "--workers", str(workers), "--bind", bind, "wsgi:app"]
    os.execv(sys.executable, [sys.executable, "-m", *words])  # noqa: S606  # no shell, and no foreign input
