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
from openspace.serving.waiting import allow_open_files, most_phones
from openspace.store import database, transactions
from openspace.web import metrics, qr

BACKLOG = 4096
# Seconds in which requests under way may finish when the server stops.
PATIENCE = 10.0
NO_BASE_URL = """
  !  No address is configured: codes, posters and links lead to the one at which an event's first organiser came.
     For more than a try-out say how people reach this server: --base-url https://openspace.example.org
"""
# A browser keeps up to six connections and a phone's socket: so many files are enough for 500 people.
FEW_FILES = 4096
FEW = """
  !  The system lets this server open {files} files: {phones} phones are told of changes at once, others ask for them.
     To have more, raise the hard limit: ulimit -Hn 65536, or LimitNOFILE in the unit.
"""
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104  # only compared with, not bound to


def serve(app: Flask, host: str, port: int) -> None:
    """Upgrade the database, print the addresses, and serve until SIGINT or SIGTERM."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    files = allow_open_files()
    listener = _listen(host, port)
    prepare(app, host, port)
    if files < FEW_FILES:
        print(FEW.format(files=files, phones=most_phones()), flush=True)
    background.start(app)
    server = Server(listener, app)
    for signum in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(signum, gevent.spawn, _stop, server)
    server.serve_forever(stop_timeout=0)


def prepare(app: Flask, host: str, port: int) -> None:
    """Upgrade the database and print the server's addresses; while there is no event, also the setup link."""
    with app.app_context():
        database.upgrade()
        token = _setup_token()
    _greet(app, host, port, token)


def _stop(server: Any) -> None:
    """Accept no more connections, tell phones when to reconnect, and finish the requests under way."""
    server.close()
    hub.ask_to_reconnect()
    deadline = time.monotonic() + PATIENCE
    while metrics.under_way() and time.monotonic() < deadline:
        gevent.sleep(0.02)
    server.stop(timeout=0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted sockets inherit it. Otherwise an answer in two writes waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        sys.exit(f"Port {port} on {host} cannot be used: {error.strerror}. Try --port with another number.")
    listener.listen(BACKLOG)
    return listener


def _setup_token() -> str:
    """The token of a new setup link while there is no event, else an empty text."""
    with transactions.writing():
        if db.session.scalar(select(func.count()).select_from(Event)):
            return ""
        return issue_link()


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
    """This machine's address in its network. Connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address
