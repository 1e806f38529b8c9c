"""The embedded production server behind `openspace run`."""

import logging
import signal
import socket
import sys
import time
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import func, select

from openspace.access.actions import issue_link
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live.hub import hub
from openspace.serving import background
from openspace.serving.handler import Server
from openspace.serving.waiting import allow_open_files
from openspace.store import database, sqlite
from openspace.web import metrics, qr

BACKLOG = 4096
PATIENCE = 10.0
NO_BASE_URL = """
  !  No address is configured: codes, posters and links lead to the one at which an event's first organiser came.
     For more than a try-out say how people reach this server: --base-url https://openspace.example.org
"""
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104  # it only asks what was asked for


def serve(app: Flask, host: str, port: int) -> None:
    """Upgrade the database, print the addresses, and serve until told to stop."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    allow_open_files()
    listener = _listen(host, port)
    prepare(app, host, port)
    background.start(app)
    server = Server(listener, app)
    for signum in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(signum, gevent.spawn, _stop, server)
    server.serve_forever(stop_timeout=0)


def prepare(app: Flask, host: str, port: int) -> None:
    """Bring the database up to date, and print where the server will be reached and, at first, the setup link."""
    with app.app_context():
        database.upgrade()
        token = _setup_token()
    _greet(app, host, port, token)


def _stop(server: Any) -> None:
    """Take no more, finish what is under way, and tell the phones when to come back."""
    server.close()
    hub.send_away()
    deadline = time.monotonic() + PATIENCE
    while metrics.under_way() and time.monotonic() < deadline:
        gevent.sleep(0.02)
    server.stop(timeout=0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted sockets inherit it: an answer in two writes would else wait 40 ms for the phone's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        sys.exit(f"Port {port} on {host} cannot be used: {error.strerror}. Try --port with another number.")
    listener.listen(BACKLOG)
    return listener


def _setup_token() -> str:
    """A fresh setup link while there is no event yet."""
    with sqlite.writing():
        if db.session.scalar(select(func.count()).select_from(Event)):
            return ""
        token = issue_link()
        db.session.commit()
        return token


def _greet(app: Flask, host: str, port: int, token: str) -> None:
    base = app.config["BASE_URL"] or f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"
    print(f"Open Space is at {base}")
    if host in EVERYWHERE:
        lan = app.config["BASE_URL"] or f"http://{_lan_address()}:{port}"
        print(f"In this network: {lan}\n{qr.for_terminal(lan)}")
        base = lan
    if not app.config["BASE_URL"]:
        print(NO_BASE_URL)
    if token:
        print(f"Create your event: {base}/setup/{token}")
    sys.stdout.flush()


def _lan_address() -> str:
    """The address that other machines would use; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address
