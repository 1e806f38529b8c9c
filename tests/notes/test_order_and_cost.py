"""Paragraphs that arrive in any order, keys that two topics share, and what a save and a return cost."""

import random
from itertools import permutations

import pytest

from openspace.access.models import Member
from openspace.board import merging
from openspace.board.models import Topic
from openspace.extensions import db
from openspace.notes import actions
from openspace.notes.models import Version, paragraphs_of
from tests.factories import a_member, a_topic, an_event
from tests.statements import listened


@pytest.fixture
def topic(inside) -> Topic:
    event = an_event()
    return a_topic(event, a_member(event))


def texts(topic: Topic) -> list[str]:
    db.session.expire_all()
    return [each.current.text for each in paragraphs_of(topic)]


def chain(name: str, length: int, after: str) -> list[dict[str, str]]:
    """What somebody writes one below the other, the first below the paragraph with the key `after`."""
    keys = [f"{name}{number}" for number in range(length)]
    return [{"key": key, "text": key, "after": above} for key, above in zip(keys, [after, *keys], strict=False)]


def send(topic: Topic, writings: list[dict[str, str]]) -> None:
    for each in writings:
        actions.save(topic, version=f"v-{each['key']}", by=topic.convener, **each)


@pytest.mark.parametrize("order", permutations(range(3)))
@pytest.mark.parametrize("after", ["", "there"])
def test_what_one_wrote_without_a_network_stands_in_their_order_however_it_arrives(topic, order, after):
    actions.save(topic, key="there", text="Було.", version="v", by=topic.convener)
    written = chain("a", 3, after)

    send(topic, [written[place] for place in order])

    assert texts(topic) == ["Було.", "a0", "a1", "a2"]


@pytest.mark.parametrize("seed", range(8))
def test_what_two_wrote_at_once_without_a_network_stands_in_the_order_of_each(topic, seed):
    actions.save(topic, key="there", text="Було.", version="v", by=topic.convener)
    written = [*chain("a", 5, "there"), *chain("b", 5, "there")]
    random.Random(seed).shuffle(written)

    send(topic, written)

    found = texts(topic)
    assert sorted(found) == sorted(["Було.", *(each["text"] for each in written)])
    for name in "ab":
        assert [text for text in found if text.startswith(name)] == [f"{name}{number}" for number in range(5)]


def test_paragraphs_that_name_one_another_in_a_circle_are_all_there(topic):
    send(topic, [{"key": key, "text": key, "after": after} for key, after in ("ab", "bc", "ca")])

    assert sorted(texts(topic)) == ["a", "b", "c"]


@pytest.fixture
def merged(topic) -> tuple[Topic, Topic]:
    """Two topics of which each has a paragraph with the same key, the second merged into the first."""
    other = a_topic(topic.event, topic.convener, "Інша")
    actions.save(topic, key="p", text="Двері.", version="v1", by=topic.convener)
    actions.save(other, key="p", text="Вода.", version="w1", by=topic.convener)
    merging.merge(topic, other, by=topic.convener)
    return topic, other


def test_of_two_paragraphs_with_one_key_that_is_changed_from_which_somebody_goes_on(merged):
    topic, _ = merged

    actions.save(topic, key="p", text="Вода чиста.", version="w2", bases=["w1"], by=topic.convener)
    actions.save(topic, key="p", text="Двері тугі.", version="v2", bases=["v1"], by=topic.convener)

    assert texts(topic) == ["Двері тугі.", "Вода чиста."]


def test_a_clash_is_ended_in_the_paragraph_whose_versions_were_shown(merged):
    topic, other = merged
    for text, version in (("Вода чиста.", "w2"), ("Вода брудна.", "w3")):
        actions.save(topic, key="p", text=text, version=version, bases=["w1"], by=topic.convener)
    assert [len(each.rivals) for each in paragraphs_of(topic)] == [0, 1]

    paragraph = actions.paragraph_keyed(topic, "p", versions=["w2", "w3"])
    actions.choose(paragraph, keeps="w3", of=["w2", "w3"], by=topic.convener)

    assert texts(topic) == ["Двері.", "Вода брудна."]
    assert actions.paragraph_keyed(topic, "p", number=other.number) is paragraph
    assert actions.paragraph_keyed(topic, "p", number=topic.number) is not paragraph


def test_a_save_measures_the_notes_once(app, topic):
    actions.save(topic, key="p", text="Двері.", version="v1", by=topic.convener)

    with listened(app) as said:
        actions.save(topic, key="p", text="Двері важкі. " * 10, version="v2", bases=["v1"], by=topic.convener)

    assert sum("sum(" in each and "note_version" in each for each in said) == 1


@pytest.mark.parametrize("paragraphs", [2, 40])
def test_to_bring_notes_back_takes_as_many_statements_for_many_paragraphs_as_for_few(app, topic, paragraphs):
    def say(words: str, base: str) -> None:
        for number in range(paragraphs):
            actions.save(topic, key=f"p{number}", text=f"{words} {number}.", version=words, bases=[base], by=by)

    by: Member = topic.convener
    say("Двері", "")
    then = db.session.query(db.func.max(Version.id)).scalar()
    say("Вікна", "Двері")
    db.session.expire_all()

    with listened(app) as said:
        actions.bring_back(topic, revision=then, by=by)

    assert len(said) <= 22
    assert texts(topic) == [f"Двері {number}." for number in range(paragraphs)]
