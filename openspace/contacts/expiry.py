"""Cards are kept as long as was promised, and no longer."""

import time

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from openspace import sqlite
from openspace.contacts import actions
from openspace.errors import Busy
from openspace.extensions import db, socketio

EVERY = 3600.0


def start(app: Flask) -> None:
    """Begin to look; called once by a serving process."""
    socketio.start_background_task(_look, app)


def _look(app: Flask) -> None:
    while True:
        with app.app_context(), sqlite.writing():
            try:
                if actions.forget_expired():
                    db.session.commit()
                db.session.rollback()
            except (SQLAlchemyError, Busy) as error:
                db.session.rollback()
                app.logger.warning("contacts: expired cards could not be deleted, trying again: %s", error)
        time.sleep(EVERY)
