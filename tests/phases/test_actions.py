"""Switching phases: what goes along, who is refused, two at once, and undo, on both databases."""

import threading

import pytest
from sqlalchemy import update

from openspace import clock
from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.actions import ProposingClosed
from openspace.board.lock_actions import lock_board
from openspace.board.models import BOARD
from openspace.events.basics import EVENING
from openspace.events.models import Event, Lock
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import CONSOLE, last_step, steps_of
from openspace.live.log import revision, subjects_since
from openspace.phases import actions
from openspace.phases.actions import SwitchedMeanwhile, along
from openspace.phases.rules import Along, Phase, usual
from openspace.screens import actions as screens
from openspace.screens.actions import Said
from openspace.screens.models import SCREENS, rings_of, screen_named
from openspace.store import transactions
from openspace.web.errors import NotAllowed
from tests.factories import a_member, an_event

QUIET = Along(opens_market=False, takes_topics=False, bowl_rings=False)


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


@pytest.fixture
def participant(event):
    return a_member(event)


def switch(event, phase: Phase, *, by, goes: Along | None = None) -> None:
    """Switch as the console does, as a step that can be undone."""
    with journal.step(event.id, f"phases.{phase}", by=by):
        actions.switch(event, phase, goes or usual(phase), seen=event.phase, by=by)


def stands(event) -> tuple[str, Along]:
    return event.phase, along(event)


def test_an_event_without_phases_is_as_it_was(event, participant):
    assert stands(event) == ("", Along(opens_market=False, takes_topics=True, bowl_rings=True))
    assert board.propose(event, title="Вода", by=participant).number == 1
    assert event.start_page == "board.show"
    assert rings_of(event.id)


def test_a_phase_brings_what_goes_along(event, facilitator):
    switch(event, Phase.MARKETPLACE, by=facilitator)

    assert stands(event) == ("marketplace", usual(Phase.MARKETPLACE))
    assert event.start_page == "board.market"
    assert rings_of(event.id) == []


def test_the_evening_begins_with_the_news(event, facilitator):
    switch(event, Phase.NEWS, by=facilitator)

    assert EVENING == Phase.NEWS
    assert (event.start_page, event.public_page) == ("news.show", "board.show")


def test_a_facilitator_may_choose_anything_else(event, facilitator):
    switch(event, Phase.MARKETPLACE, by=facilitator, goes=QUIET)

    assert stands(event) == ("marketplace", QUIET)


def test_open_boards_load_anew_only_when_proposing_opens_or_closes(event, facilitator):
    changed = []
    for phase in (Phase.SESSIONS, Phase.CLOSING, Phase.MARKETPLACE):
        before = revision(event.id, BOARD)
        switch(event, phase, by=facilitator)
        changed.append(subjects_since(event.id, BOARD, before).names)
    before = revision(event.id, BOARD)
    journal.undo(last_step(event.id, facilitator.id, undone=False), by=facilitator)

    assert changed == [[], ["page"], ["page"]]
    assert subjects_since(event.id, BOARD, before).names == ["page"]


def test_participants_switch_nothing(event, participant):
    with pytest.raises(NotAllowed):
        actions.switch(event, Phase.SESSIONS, QUIET, seen="", by=participant)


def test_while_topics_are_not_taken_only_facilitators_propose(event, facilitator, participant):
    sent = {"title": "Вода", "text": "Про джерела", "by": participant, "key": "sent-before"}
    before = board.propose(event, **sent)
    switch(event, Phase.OPENING, by=facilitator)

    with pytest.raises(ProposingClosed):
        board.propose(event, title="Земля", by=participant)
    assert board.propose(event, title="Сонце", by=facilitator, convener=participant).convener == participant
    # What had arrived, and is sent again because its answer was lost, has arrived.
    assert board.propose(event, **sent) == before
    switch(event, Phase.MARKETPLACE, by=facilitator)
    assert board.propose(event, title="Земля", by=participant).number == 3


def test_a_screen_without_a_choice_goes_by_the_phase(event, facilitator):
    chosen, other = (screens.hear(event.id, name, Said("board", "board")) for name in ("one", "two"))
    screens.show(chosen, "clock")
    shown = []
    for phase in Phase:
        switch(event, phase, by=facilitator)
        shown.append(other.scene.word)

    assert shown == ["join", "join", "market", "now", "news", "people"]
    assert chosen.scene.word == "clock"


def test_a_switch_is_one_step_and_undo_brings_all_back(event, facilitator):
    screens.hear(event.id, "one", Said("board", "board"))
    event.name = "Інша назва"
    stood = [stands(event)]
    for phase in (Phase.OPENING, Phase.MARKETPLACE, Phase.SESSIONS):
        switch(event, phase, by=facilitator)
        stood.append(stands(event))
    assert len(steps_of(event.id)) == 3

    for before in stood[-2::-1]:
        told = {name: revision(event.id, name) for name in (CONSOLE, SCREENS)}
        journal.undo(last_step(event.id, facilitator.id, undone=False), by=facilitator)
        assert stands(event) == before
        found = {name: set(subjects_since(event.id, name, since).names) for name, since in told.items()}
        assert found == {CONSOLE: {"steps", "phases"}, SCREENS: {"screen-1"}}
    assert (event.name, screen_named(event.id, "one").scene.word) == ("Інша назва", "board")
    for after in stood[1:]:
        journal.redo(last_step(event.id, facilitator.id, undone=True), by=facilitator)
        assert stands(event) == after


def test_a_step_with_the_lock_of_the_board_leaves_the_phase_alone(event, facilitator):
    """Two features watch columns of the same table, and each is told of its own alone."""
    switch(event, Phase.SESSIONS, by=facilitator)
    with journal.step(event.id, "locks.board", by=facilitator):
        lock_board(event, Lock.FACILITATORS, by=facilitator)
    since = revision(event.id, CONSOLE)

    journal.undo(last_step(event.id, facilitator.id, undone=False), by=facilitator)

    assert (event.board_lock, event.phase) == (Lock.OPEN, "sessions")
    times = {f"times-{day.isoformat()}" for day in event.days}
    assert set(subjects_since(event.id, CONSOLE, since).names) == {"steps", *times}


def test_the_phase_is_read_again_once_nobody_else_can_switch(event, facilitator):
    assert event.phase == ""
    # As another transaction would that had the lock meanwhile.
    db.session.execute(update(Event.__table__).values(phase="opening"))

    with pytest.raises(SwitchedMeanwhile):
        actions.switch(event, Phase.CLOSING, QUIET, seen="", by=facilitator)


def test_of_two_who_switch_at_once_the_second_is_told(app):
    """Both saw the same phase. One switches, the other is told, and a step is noted once."""
    with app.test_request_context(), transactions.writing():
        event = an_event()
        people = [a_member(event, name, Role.FACILITATOR) for name in ("Ірина", "Тарас")]
        event_id, ids = event.id, [person.id for person in people]
    together, results, moment = threading.Barrier(2), [], clock.held

    def post(member_id: int, phase: Phase) -> None:
        clock.held = moment
        with app.test_request_context():
            event, member = db.session.get_one(Event, event_id), db.session.get_one(Member, member_id)
            seen = event.phase
            db.session.rollback()
            together.wait(20)
            try:
                with transactions.writing(), journal.step(event_id, f"phases.{phase}", by=member):
                    actions.switch(event, phase, usual(phase), seen=seen, by=member)
                results.append(phase)
            except SwitchedMeanwhile:
                results.append("told")

    wishes = zip(ids, (Phase.OPENING, Phase.MARKETPLACE), strict=True)
    threads = [threading.Thread(target=post, args=wish) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count("told") == 1
    with app.app_context():
        found = db.session.get_one(Event, event_id)
        assert found.phase in results
        assert along(found) == usual(Phase(found.phase))
        assert [step.kind for step in steps_of(event_id)] == [f"phases.{found.phase}"]
