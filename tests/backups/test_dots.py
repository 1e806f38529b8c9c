"""A backup that was made while people gave dots: it holds them sealed, and when it is brought back they are counted."""

import pytest

from openspace import clock
from openspace.backups import actions, restoring
from openspace.convergence import paper_actions
from openspace.convergence.models import State, round_of
from openspace.extensions import db
from openspace.store import database, sqlite
from tests.backups.conftest import app_on
from tests.conftest import MOMENT
from tests.convergence.rounds import Circle, later

# The slug of the event, by which it is found in another installation.
SLUG = "kolo"


@pytest.fixture
def backup(install, form, tmp_path):
    """The file of a backup that was made within the window: one person and one sheet have given to topic 1."""
    clock.held = MOMENT
    app = install("house", form)
    with app.app_context():
        database.upgrade()
    with app.test_request_context(), sqlite.writing():
        circle = Circle()
        circle.event.slug = SLUG
        circle.start()
        circle.give(0, {1: 3, 2: 1})
        paper_actions.enter(circle.round, {1: 2}, people=1, by=circle.facilitator)
        db.session.commit()
    with app.app_context():
        actions.make(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def restored(install, form, backup, **config):
    """An app on a new installation into which the backup was brought back, and its round as it stands."""
    target = install("target", form)
    with target.app_context():
        restoring.restore(backup)
    address = target.config["SQLALCHEMY_DATABASE_URI"]
    return app_on(target.config["DATA"], SQLALCHEMY_DATABASE_URI=address, **config)


def counted(app) -> tuple[State, list[int], int, int]:
    """The state of the round after a server has looked at it, its dots, those who gave them, and what was lost."""
    from openspace.convergence import closing
    from openspace.events.models import Event

    with app.test_request_context(), sqlite.writing():
        event = db.session.scalars(db.select(Event).where(Event.slug == SLUG)).one()
        closing.close(event.id)
        found = round_of(event.id)
        assert found
        told = found.state, [each.dots for each in found.topics], found.givers, found.unreadable
        db.session.commit()
    return told


def test_a_window_that_is_still_open_goes_on_and_is_counted_at_its_end(install, form, backup):
    app = restored(install, form, backup)

    assert counted(app) == (State.OPEN, [0, 0, 0, 0], 0, 0)
    later(302)

    assert counted(app) == (State.OVER, [5, 1, 0, 0], 2, 0)


def test_a_window_whose_time_is_up_by_then_is_counted_at_once(install, form, backup):
    later(3600)

    assert counted(restored(install, form, backup)) == (State.OVER, [5, 1, 0, 0], 2, 0)


def test_without_the_secret_key_nobody_reads_a_standing_out_of_it(install, form, backup):
    app = restored(install, form, backup, SECRET_KEY="another one")
    later(302)

    assert counted(app) == (State.OVER, [0, 0, 0, 0], 1, 2)
