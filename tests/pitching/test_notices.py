"""Who is told that they are next at the microphone or that it is their turn, and until when."""

import pytest
from flask_babel import force_locale

from openspace.access import actions as access, merging, notices
from openspace.access.models import Role
from openspace.board import actions as board
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import Step
from openspace.live import log
from openspace.pitching import actions
from openspace.pitching.claim_actions import write_down
from openspace.pitching.models import pitch_now, queue_of
from openspace.pitching.notices import TurnNotice
from tests.factories import a_member, a_topic, an_event

NEXT, TURN = "You are next at the microphone.", "It is your turn at the microphone."


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


@pytest.fixture
def people(event):
    return [a_member(event, name) for name in ("Олена", "Ігор", "Anna")]


@pytest.fixture
def queue(people, facilitator):
    return [actions.queue_up(person, by=facilitator) for person in people]


def told(people) -> list[str]:
    """The notice of each person; empty if none waits."""
    with force_locale("en"):
        found = [[notice.words for notice in notices.waiting(person.id, person.event)] for person in people]
    assert [bool(words) for words in found] == [person.notices_at is not None for person in people]
    return [" ".join(words) for words in found]


def call(event, by):
    present = pitch_now(event.id)
    return actions.call(event.id, seen=present.id if present else None, by=by)


def called(event, since: int) -> set[str]:
    """Whose phones were called since the revision."""
    return set(log.subjects_since(event.id, notices.NOTICES, since).names)


def test_the_first_of_the_queue_is_told_and_then_called(event, people, facilitator, queue):
    assert told(people) == [NEXT, "", ""]
    before = log.revision(event.id, notices.NOTICES)

    call(event, facilitator)

    assert told(people) == [TURN, NEXT, ""]
    assert called(event, before) == {f"member-{person.id}" for person in people[:2]}
    call(event, facilitator)
    assert told(people) == ["", TURN, NEXT]
    actions.finish(event.id, seen=pitch_now(event.id).id, by=facilitator)
    assert told(people) == ["", "", NEXT]


def test_what_is_told_names_the_topic_as_long_as_it_is_shown(event, people, facilitator):
    topics = [a_topic(event, person, title) for person, title in zip(people, ("Вода", "Школи"), strict=False)]
    for topic in topics:
        actions.queue_up(topic.convener, topic=topic, by=facilitator)
    call(event, facilitator)

    assert told(people[:2]) == [
        "It is your turn at the microphone: “Вода”",
        "You are next at the microphone: “Школи”",
    ]
    board.withdraw(topics[0], by=people[0])
    assert told(people[:1]) == [TURN]


def test_what_is_understood_is_not_told_again(event, people, facilitator, queue):
    call(event, facilitator)
    for person in people[:2]:
        notices.read(person, shown=person.notices_at)

    actions.move(queue[2], place=2, by=facilitator)

    assert told(people) == ["", "", ""]
    call(event, facilitator)
    assert told(people) == ["", TURN, NEXT]


def test_nobody_is_told_what_they_did_themselves(event, people, facilitator):
    actions.queue_up(people[0], by=people[0])
    actions.queue_up(facilitator, by=facilitator)
    assert told(people) == ["", "", ""]

    actions.read_out(a_topic(event, people[1]), by=facilitator)
    call(event, facilitator)
    call(event, facilitator)

    assert told([*people, facilitator]) == ["", "", "", ""]


def test_who_goes_from_the_front_lets_the_next_one_know(event, people, facilitator, queue):
    actions.step_out(queue[0], by=people[0])
    assert told(people) == ["", NEXT, ""]

    access.leave(people[1])

    assert told(people[2:]) == [NEXT]
    assert db.session.query(TurnNotice).count() == 1


def test_a_turn_that_another_member_gets_by_a_merge_is_told_to_them(event, people, facilitator, queue):
    call(event, facilitator)
    kept = a_member(event, "Олена Коваль")

    merging.merge(kept, people[0])

    assert told([kept, *people[1:]]) == [TURN, NEXT, ""]


def test_an_undo_takes_back_what_was_told(event, people, facilitator, queue):
    with journal.step(event.id, "pitch.call", by=facilitator, name=""):
        call(event, facilitator)
    step = db.session.query(Step).one()

    journal.undo(step, by=facilitator)
    assert told(people) == [NEXT, "", ""]

    journal.redo(step, by=facilitator)
    assert told(people) == [TURN, NEXT, ""]


def test_an_undone_guest_takes_no_notice_along(event, people, facilitator):
    with journal.step(event.id, "pitch.add", by=facilitator, name=""):
        actions.queue_up(write_down(event, "Степан", by=facilitator).member, by=facilitator)
    actions.queue_up(people[0], by=facilitator)
    assert told(people) == ["", "", ""]

    journal.undo(db.session.query(Step).one(), by=facilitator)

    assert ([pitch.member for pitch in queue_of(event.id)], told(people)) == ([people[0]], [NEXT, "", ""])


def test_a_turn_that_ends_while_its_notice_is_read_is_no_notice(queue, people):
    (source,) = [each for each in notices._sources if each.read.__module__ == "openspace.pitching.notices"]
    db.session.execute(db.delete(TurnNotice))

    assert source.waiting(people[0].id, people[0].event) == []
