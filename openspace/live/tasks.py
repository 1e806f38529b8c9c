"""What the live layer runs beside requests in a serving process: the hub, the pings, and LISTEN on PostgreSQL."""

import random
import time
from collections.abc import Callable

from flask import Flask

from openspace.extensions import db, socketio
from openspace.live.hub import hub
from openspace.live.log import CALL

# The least seconds until the next attempt to connect to PostgreSQL.
AGAIN = 0.5


def start(app: Flask, wakes: dict[str, Callable[[], None]]) -> None:
    """Start these tasks. A serving process calls it once, after gevent has patched the standard library.

    `wakes` has functions of other features by the name of the NOTIFY on which they are called.
    """
    hub.start(app)
    if socketio.server.async_mode == "gevent":
        from openspace.live import engine  # here because it needs gevent

        if engine.is_installed():
            socketio.start_background_task(engine.keep_alive, socketio.server.eio)
    else:
        app.logger.warning("live: stock sockets, because gevent does not run the server: slower with many phones")
    with app.app_context():
        url = db.engine.url
    if url.get_backend_name() == "postgresql":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        socketio.start_background_task(_listen, app, address, {CALL: hub.wake, **wakes})


def _listen(app: Flask, address: str, wakes: dict[str, Callable[[], None]]) -> None:
    """Call the functions in `wakes` at each NOTIFY of their name, which any process sends when it commits.

    A NOTIFY carries nothing and may be lost, so all are also called after each reconnection, and look at heartbeats.
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
            app.logger.warning("LISTEN on the database failed, trying again: %s", error)
        time.sleep(AGAIN + random.random())  # noqa: S311  # jitter
