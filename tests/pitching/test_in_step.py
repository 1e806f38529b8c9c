"""The microphone on an open screen, console and phone is as it is loaded anew, whatever happened in between."""

import random

import pytest

from openspace import clock
from openspace.access import actions as access, merging
from openspace.access.models import Role
from openspace.board import actions as board
from openspace.board.models import Placement, Topic
from openspace.extensions import db
from openspace.live.fragments import View, draw
from openspace.live.log import revision, subjects_since
from openspace.pitching import actions
from openspace.pitching.fragments import PARTS, part_html
from openspace.pitching.models import PITCH, pitch_now, queue_of
from openspace.web.cache import clear_all
from openspace.web.errors import Problem
from tests.factories import a_member, a_topic, an_event, cell
from tests.live.page import Page

VIEW = View("uk", "members")


def whole(event) -> str:
    return "".join(part_html(event, part) for parts in PARTS.values() for part in parts)


@pytest.mark.parametrize("seed", range(4))
def test_microphone_before_and_patches_since_are_microphone_after(inside, seed):
    clear_all()
    event = an_event()
    chance, facilitator = random.Random(seed), a_member(event, "Ірина", Role.FACILITATOR)
    people = [a_member(event, f"Людина {number}") for number in range(6)]
    for person in people[:4]:
        a_topic(event, person, f"Тема {person.id}")
    db.session.commit()
    page, stand = Page(whole(event)), revision(event.id, PITCH)

    def topic() -> Topic:
        return chance.choice(db.session.query(Topic).order_by(Topic.id).all())

    def some(rows: list) -> object:
        return chance.choice(rows) if rows else None

    def seen() -> int | None:
        present = pitch_now(event.id)
        return present.id if present else None

    def queue_up() -> None:
        theirs = chance.choice([None, topic()])
        actions.queue_up(theirs.convener if theirs else chance.choice(people), topic=theirs, by=facilitator)

    def with_waiting(deed) -> None:
        if pitch := some(queue_of(event.id)):
            deed(pitch)

    def with_placement(deed) -> None:
        if placement := some(db.session.query(Placement).order_by(Placement.id).all()):
            deed(placement)

    def edit(each: Topic) -> None:
        board.edit(each, title=f"Інакше {chance.random()}", text="Про що це", language="uk", by=facilitator)

    def place() -> dict[str, object]:
        return cell(event, slot=chance.randrange(1, 4), space=chance.randrange(3))

    def shrink(deed) -> None:
        if len(people) > 3 and chance.random() < 0.3:
            deed(people.pop())

    deeds = [
        queue_up,
        queue_up,
        lambda: with_waiting(lambda pitch: actions.move(pitch, place=chance.randint(1, 5), by=facilitator)),
        lambda: with_waiting(lambda pitch: actions.step_out(pitch, by=facilitator)),
        lambda: with_waiting(lambda pitch: actions.call(event.id, pitch, seen=seen(), by=facilitator)),
        lambda: actions.call(event.id, seen=seen(), by=facilitator),
        lambda: actions.finish(event.id, seen=seen(), by=facilitator),
        lambda: actions.read_out(topic(), by=facilitator),
        lambda: edit(topic()),
        lambda: board.place(topic(), **place(), by=facilitator, anyway=True),
        lambda: with_placement(lambda each: board.move(each, **place(), by=facilitator, anyway=True)),
        lambda: with_placement(lambda each: board.unplace(each, by=facilitator)),
        lambda: board.withdraw(topic(), by=facilitator),
        lambda: board.restore(topic(), by=facilitator),
        lambda: board.mark(event.id, topic().number, kind="go", by=facilitator),
        lambda: board.unmark(event.id, topic().number, by=facilitator),
        lambda: access.introduce(chance.choice(people), name=f"Імʼя {chance.random()}", community="Броди"),
        lambda: shrink(access.leave),
        lambda: shrink(lambda gone: merging.merge(people[0], gone)),
    ]
    done = 0
    for _ in range(60):
        try:
            with db.session.begin_nested():
                chance.choice(deeds)()
        except Problem:
            continue
        db.session.commit()
        done += 1
        found = subjects_since(event.id, PITCH, stand)
        stand = found.revision
        page.apply([list(patch) for patch in draw(event.id, PITCH, found.names, VIEW)])
        assert page.text() == Page(whole(event)).text()
    assert (done > 30, clock.held is not None) == (True, True)
