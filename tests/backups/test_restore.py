"""What a restore brings back: all of it, into an empty installation or in the place of another one."""

import pytest

from openspace.backups import actions, restoring
from openspace.backups.archive import Unusable
from openspace.extensions import db
from tests.backups.conftest import app_on, rows_of

# What a restore changes: see test_revisions.py.
LIVE = {"channel", "change"}


def test_every_row_comes_back(house, form, install, tmp_path):
    before = rows_of(house.app)
    assert [name for name, rows in before.items() if not rows] == [], "each table has something to lose"

    with house.app.app_context():
        made = actions.make(tmp_path / "backup.zip")
    target = install("target", form)
    with target.app_context():
        done = restoring.restore(tmp_path / "backup.zip")

    after = rows_of(target)
    assert {name for name in before if after[name] != before[name]} == LIVE
    assert done.rows == made.rows | {name: len(after[name]) for name in LIVE}
    assert made.database == {"dump": "database.pgdump"}.get(form, "database.sqlite")
