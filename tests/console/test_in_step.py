"""The console's page of times: page before + patches since = page after, whatever is done in between."""

import random

import pytest

from openspace.access.models import Role
from openspace.board import actions as board, lock_actions as locks
from openspace.board.changes import TIMES
from openspace.clock import now
from openspace.console.fragments import times_html
from openspace.events.models import Lock, Slot
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import CONSOLE, last_step
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.organising import actions as events, grid_actions as grid
from openspace.web.cache import clear_all
from openspace.web.errors import Problem
from tests.factories import DAY, SPACES, a_member, a_topic, an_event
from tests.live.page import Page

VIEW = View("uk", "members")


@pytest.mark.parametrize("seed", range(3))
def test_page_before_and_patches_since_are_page_after(inside, seed):
    clear_all()
    event = an_event()
    chance, by = random.Random(seed), a_member(event, "Ірина", Role.FACILITATOR)
    topics = [a_topic(event, by, f"Тема {number}") for number in range(6)]
    db.session.commit()
    page, stand = Page(times_html(event, DAY)), log.revision(event.id, CONSOLE)

    def slot() -> Slot:
        # Those of the day, and mostly those that can still be changed.
        coming = [each for each in event.slots if each.day == DAY and each.ends_at > now()]
        return chance.choice(coming if chance.random() < 0.8 else event.slots)

    def lock() -> Lock:
        return chance.choice(list(Lock))

    def spaces() -> None:
        sheets = [events.SpaceSheet(space.id, space.name, chance.randint(1, 40)) for space in event.spaces]
        events.set_spaces(event, sheets[: len(SPACES)])

    def place() -> None:
        cell = {"slot": slot(), "space": chance.choice(event.spaces)}
        board.place(chance.choice(topics), **cell, by=by, anyway=True)

    def reopen() -> None:
        for each in event.slots:
            for space in [space for space in event.spaces if space.id in each.without][:1]:
                locks.open_space(each, space, by=by)

    steps = [
        lambda: grid.put_off(slot(), minutes=5, with_rest=chance.random() < 0.5, by=by),
        lambda: grid.extend(slot(), minutes=-5, with_rest=chance.random() < 0.5, by=by),
        lambda: grid.add_slot(event, DAY, Block(start := chance.choice([1080, 1200]), start + 60), by=by),
        lambda: grid.add_space(event, name="Намет", chairs=20, by=by),
        lambda: locks.lock_slot(slot(), lock(), by=by),
        lambda: locks.lock_board(event, lock(), by=by),
        lambda: locks.close_space(slot(), chance.choice(event.spaces), by=by),
        reopen,
        place,
    ]

    def step() -> None:
        with journal.step(event.id, "grid.slot", by=by, time="", minutes=5):
            chance.choice(steps)()

    def undo() -> None:
        undone = chance.random() < 0.3
        if last := last_step(event.id, by.id, undone=undone):
            (journal.redo if undone else journal.undo)(last, by=by)

    done = 0
    for _ in range(80):
        try:
            with db.session.begin_nested():
                chance.choice([step, step, step, undo, spaces])()
        except Problem:
            continue
        db.session.commit()
        done += 1
        since = log.subjects_since(event.id, CONSOLE, stand)
        stand = since.revision
        names = [name for name in since.names if name.startswith(TIMES)]
        page.apply([list(patch) for patch in draw(event.id, CONSOLE, names, VIEW)])
        assert page.text() == Page(times_html(event, DAY)).text()
    assert done > 40
