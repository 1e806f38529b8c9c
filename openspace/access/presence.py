"""Who is here now: whose page is open is written down from time to time."""

import time

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from openspace import sqlite
from openspace.access.actions import note_presence
from openspace.errors import Busy
from openspace.extensions import db, socketio
from openspace.live.hub import hub

EVERY = 60.0


def start(app: Flask) -> None:
    """Begin to look; called once by a serving process."""
    socketio.start_background_task(_look, app)


def _look(app: Flask) -> None:
    """Together, for one at a time would be a write for each."""
    while True:
        time.sleep(EVERY)
        with app.app_context(), sqlite.writing():
            try:
                for event_id, seats in hub.seats().items():
                    note_presence(event_id, seats)
                db.session.commit()
            except (SQLAlchemyError, Busy) as error:
                db.session.rollback()
                app.logger.warning("access: who is here could not be noted, trying again: %s", error)
