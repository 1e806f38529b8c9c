"""What the live layer runs beside the requests of a serving process: the hub, the pings, and PostgreSQL's call."""

import random
import time
from collections.abc import Callable

from flask import Flask

from openspace.extensions import db, socketio
from openspace.live.hub import hub
from openspace.live.log import CALL

AGAIN = 0.5


def start(app: Flask, wakes: dict[str, Callable[[], None]]) -> None:
    """Begin; called once by a serving process, after gevent has patched.

    `wakes` says what else is done when PostgreSQL calls on other channels than ours.
    """
    hub.start(app)
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
        socketio.start_background_task(_listen, app, address, {CALL: hub.wake, **wakes})


def _listen(app: Flask, address: str, wakes: dict[str, Callable[[], None]]) -> None:
    """Wake the hub whenever any process has committed a change, and others when they are called.

    A call carries nothing and may be lost, so everybody also looks after each reconnection and at each heartbeat.
    """
    import psycopg  # here because it is large, and SQLite does without

    while True:
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                for channel in wakes:
                    connection.execute(f"LISTEN {channel}")
                for wake in wakes.values():
                    wake()
                for call in connection.notifies():
                    wakes[call.channel]()
        except psycopg.Error as error:
            app.logger.warning("the database's calls are not heard, trying again: %s", error)
        time.sleep(AGAIN + random.random())  # noqa: S311  # jitter
