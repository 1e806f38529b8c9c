"""A name alone can be anybody's: beside the names of those who have a role it stands which."""

import re

import pytest

from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import a_card, a_topic

NAME = "Ірина"


@pytest.fixture
def namesakes(hall):
    """The facilitator, and a participant who has taken the same name; both have a card and a topic."""
    with hall.app.test_request_context(), sqlite.writing():
        for who in ("facilitator", "participant"):
            member = db.session.get_one(Member, hall.ids[who])
            access.introduce(member, name=NAME, community="")
            a_card(member)
            a_topic(member.event, member, f"Тема {who}")
        db.session.commit()
    return hall


def marks(hall, path: str) -> list[str]:
    """What stands beside each of the two names on a page, in the order of the page."""
    page = hall.ask("convener").get(hall.url(path), headers={"Accept-Language": "en"}).get_data(as_text=True)
    main = page.partition("<main")[2]
    return re.findall(rf"{NAME}(?:</a>)?\s*(?:<span class=\"tag tag--role\">(\w+)</span>)?", main)


@pytest.mark.parametrize("page", ["contacts/{id}", "topics/{topic}"])
def test_a_role_stands_beside_the_name(namesakes, page):
    shown = {
        who: "facilitator" in marks(namesakes, page.format(id=namesakes.ids[who], topic=topic))
        for who, topic in (("facilitator", 3), ("participant", 4))
    }

    assert shown == {"facilitator": True, "participant": False}


def test_the_book_tells_namesakes_apart(namesakes):
    assert sorted(filter(None, marks(namesakes, "contacts"))) == ["facilitator"]


def test_a_new_role_reaches_open_pages(namesakes):
    hall, address = namesakes, namesakes.url("live?channel=people&language=en&since=")
    before = hall.ask("convener").get(f"{address}0").get_json()["to"]

    with hall.app.test_request_context(), sqlite.writing():
        access.give_role(db.session.get_one(Member, hall.ids["participant"]), Role.FACILITATOR)
        db.session.commit()

    patches = dict(hall.ask("convener").get(f"{address}{before}").get_json()["patches"])
    assert "tag--role" in patches[f"card-{hall.ids['participant']}"]
