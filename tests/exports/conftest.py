"""A hall whose board has topics on two days, and how tests change it."""

from contextlib import contextmanager

import pytest

from openspace.access.models import Member
from openspace.board import actions as board
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import DAY, a_topic

# The topics of 4 June, of 5 June, and on the market.
GENDER, FOREST, WATER = "Ґендерно-чутливі питання", "Ліс у місті", "Вода в селі"


@contextmanager
def changing(hall):
    """A transaction in which the event is changed; gives the event and the convener."""
    with hall.app.test_request_context(), sqlite.writing():
        yield db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["convener"])
        db.session.commit()


@pytest.fixture
def two_days(hall):
    """A hall with a topic on each of two days, in different spaces, and one on the market."""
    with changing(hall) as (event, by):
        later = next(slot for slot in event.slots if slot.is_open and slot.day > DAY)
        board.place(a_topic(event, by, FOREST), slot=later, space=event.spaces[1], by=by)
    return hall
