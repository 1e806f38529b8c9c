"""What runs beside the requests of a serving process: the hub, the pings, and PostgreSQL's call."""

import ctypes
import gc
import random
import time

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from openspace import sqlite
from openspace.access.actions import note_presence
from openspace.errors import Busy
from openspace.extensions import db, socketio
from openspace.live.hub import hub
from openspace.live.log import CALL

AGAIN = 0.5
PRESENCE_EVERY = 60.0
# Requests make few cycles; Python looks for them after every 700 new objects.
COLLECTED_AT = (10_000, 20, 20)


def start(app: Flask) -> None:
    """Begin; called once by a serving process, after gevent has patched."""
    hub.start(app)
    socketio.start_background_task(_note_presence, app)
    if socketio.server.async_mode == "gevent":
        from openspace.live import engine  # here because it needs gevent

        if engine.is_installed():
            socketio.start_background_task(engine.keep_alive, socketio.server.eio)
    else:
        app.logger.warning("live: stock sockets, for gevent is not at the wheel: slower with many phones")
    with app.app_context():
        url = db.engine.url
    if url.get_backend_name() == "postgresql":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        socketio.start_background_task(_listen, app, address)
    _settle_memory()


def _note_presence(app: Flask) -> None:
    """Write down from time to time whose pages are open: together, for one at a time would be a write for each."""
    while True:
        time.sleep(PRESENCE_EVERY)
        with app.app_context(), sqlite.writing():
            try:
                for event_id, keys in hub.seats().items():
                    note_presence(event_id, keys)
                db.session.commit()
            except (SQLAlchemyError, Busy) as error:
                db.session.rollback()
                app.logger.warning("live: who is here could not be noted, trying again: %s", error)


def _settle_memory() -> None:
    """What is loaded now stays, and the collector need not look at it again; what was needed for loading goes back."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AT)
    # glibc keeps what was freed; another C library has no such call.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _listen(app: Flask, address: str) -> None:
    """Wake the hub whenever any process has committed a change.

    The call carries nothing and may be lost: after each reconnection, and at each heartbeat, the hub looks by itself.
    """
    import psycopg  # here because it is large, and SQLite does without

    while True:
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"LISTEN {CALL}")
                hub.wake()
                for _ in connection.notifies():
                    hub.wake()
        except psycopg.Error as error:
            app.logger.warning("live: the database's call is not heard, trying again: %s", error)
        time.sleep(AGAIN + random.random())  # noqa: S311  # jitter
