"""A process that takes its turn at a periodic task when it is told to."""

import json
import sys
from pathlib import Path

from sqlalchemy import text

from openspace import create_app
from openspace.extensions import db
from openspace.jobs import periodic


def work() -> None:
    db.session.execute(text("INSERT INTO ledger (number, process) VALUES (1, 1)"))


def main(told: str) -> None:
    """Make an app with these settings, say "ready", and take the turn after the next line of the input."""
    settings = json.loads(told)
    app = create_app({**settings, "DATA": Path(settings["DATA"])})
    print("ready", flush=True)
    sys.stdin.readline()
    periodic.run(app, lambda: periodic.take_turn("tidy", work, every=3600.0))
