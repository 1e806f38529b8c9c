"""An installation that waits for its first event."""

import pytest

from openspace.access.actions import issue_link
from openspace.extensions import db
from openspace.store import sqlite


@pytest.fixture
def setup_link(app) -> str:
    """The address of the page on which an event is set up."""
    with app.app_context(), sqlite.writing():
        token = issue_link()
        db.session.commit()
    return f"/setup/{token}"
