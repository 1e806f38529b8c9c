"""What the convener and those who hold chairs are told of a topic."""

import pytest
from flask_babel import force_locale

from openspace.access import actions as access, notices
from openspace.access.models import Role
from openspace.access.snapshots import read_snapshots
from openspace.board import actions
from openspace.extensions import db
from tests.factories import a_member, a_topic, an_event, cell
from tests.statements import listened


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def people(event):
    """Convener, somebody with a chair, somebody who looks in, facilitator, and somebody with nothing to do with it."""
    names = {"convener": "Олена", "going": "Anna", "looking": "Ján", "stranger": "Петро"}
    found = {who: a_member(event, name) for who, name in names.items()}
    return {**found, "facilitator": a_member(event, "Ірина", Role.FACILITATOR)}


@pytest.fixture
def topic(event, people):
    topic = a_topic(event, people["convener"], "Вода")
    actions.place(topic, **cell(event), by=people["convener"])
    actions.mark(event.id, topic.number, kind="go", by=people["going"])
    actions.mark(event.id, topic.number, kind="look", by=people["looking"])
    return topic


def told(people) -> dict[str, list[str]]:
    with force_locale("en"):
        every = {
            who: [notice.words for notice in notices.waiting(person.id, person.event)] for who, person in people.items()
        }
    return {who: words for who, words in every.items() if words}


def all_but_facilitator(words: str) -> dict[str, list[str]]:
    return {who: [words] for who in ("convener", "going", "looking")}


def test_move_tells_the_new_place(event, people, topic):
    actions.move(topic.placements[0], **cell(event, slot=3, space=1), by=people["facilitator"])

    assert told(people) == all_but_facilitator("“Вода” has moved: 15:30, place 2")
    assert people["stranger"].notices_at is None


def test_who_did_it_is_not_told(event, people, topic):
    actions.move(topic.placements[0], **cell(event, slot=3, space=1), by=people["convener"])

    assert sorted(told(people)) == ["going", "looking"]


def test_unplace_tells_that_it_is_on_the_market(event, people, topic):
    actions.unplace(topic.placements[0], by=people["facilitator"])

    assert told(people) == all_but_facilitator("“Вода” is on the market again, without a time and a place.")


def test_unplace_of_a_repeat_tells_what_is_left(event, people, topic):
    actions.place(topic, **cell(event, slot=3), by=people["facilitator"])
    actions.unplace(topic.placements[0], by=people["facilitator"])

    assert told(people) == all_but_facilitator("“Вода” now hangs only here: 15:30, place 1")


def test_withdraw_and_restore_are_told(event, people, topic):
    actions.withdraw(topic, by=people["facilitator"])
    words = all_but_facilitator("“Вода” has been taken down.")
    assert told(people) == {**words, "convener": ["“Вода” has been taken down by Ірина."]}

    actions.restore(topic, by=people["facilitator"])

    assert told(people) == all_but_facilitator("“Вода” is back: 14:00, place 1")


def test_hanging_a_topic_of_the_market_is_told(event, people):
    topic = a_topic(event, people["convener"], "Земля")
    actions.mark(event.id, topic.number, kind="go", by=people["going"])

    actions.place(topic, **cell(event, slot=3), by=people["facilitator"])

    words = ["“Земля” has a time and a place: 15:30, place 1"]
    assert told(people) == {"convener": words, "going": words}


def test_several_things_that_happen_to_a_topic_are_one_notice(event, people, topic):
    for slot, space in ((3, 1), (3, 2), (2, 1)):
        actions.move(topic.placements[0], **cell(event, slot=slot, space=space), by=people["facilitator"])

    assert told(people) == all_but_facilitator("“Вода” has moved: 14:00, place 2")


def test_notices_of_several_topics_name_all_their_places_and_are_read_in_two_statements(inside, event, people, topic):
    other = a_topic(event, people["convener"], "Земля")
    for slot, space in ((3, 2), (2, 2)):
        actions.place(other, **cell(event, slot=slot, space=space), by=people["convener"], anyway=True)
    actions.move(topic.placements[0], **cell(event, slot=3, space=1), by=people["facilitator"], anyway=True)
    actions.move(other.placements[0], **cell(event, slot=3, space=0), by=people["facilitator"], anyway=True)

    asked_for = read_snapshots(db.session.connection(), event.slug, [], "").event

    with force_locale("en"), listened(inside) as said:
        words = [notice.words for notice in notices.waiting(people["convener"].id, asked_for)]

    assert words == ["“Вода” has moved: 15:30, place 2", "“Земля” has moved: 14:00, place 3; 15:30, place 1"]
    assert len(said) == 2


def test_who_leaves_is_told_nothing_any_more(event, people, topic):
    actions.move(topic.placements[0], **cell(event, slot=3, space=1), by=people["facilitator"])
    assert "going" in told(people)

    access.leave(people["going"])

    assert "going" not in told(people)
    assert people["going"].notices_at is None
