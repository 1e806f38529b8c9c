"""The hall with an empty book: what is taken out of it, each test has put in."""

import pytest
from sqlalchemy import delete, select

from openspace import sqlite
from openspace.contacts import actions as contacts
from openspace.contacts.models import Card, Consent
from openspace.extensions import db
from tests.exports.book import node
from tests.factories import Hall

__all__ = ["node"]


@pytest.fixture
def hall(app) -> Hall:
    """An event with one person of each kind, none of whom has a card yet."""
    hall = Hall(app)
    with app.test_request_context(), sqlite.writing():
        for card in list(db.session.scalars(select(Card))):
            contacts.forget([card.member])
        db.session.execute(delete(Consent))
        db.session.commit()
    return hall
