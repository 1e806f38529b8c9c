"""Hearing screens and choosing what they show, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from openspace import clock
from openspace.extensions import db
from openspace.live.log import revision, subjects_since
from openspace.screens import actions, scenes
from openspace.screens.actions import MOST, Said, TooManyScreens
from openspace.screens.models import SCREENS, Screen, rings_of, screen_named, screens_of
from openspace.store import transactions
from tests.factories import an_event

BOARD = Said("board", "board")


@pytest.fixture
def event(inside):
    return an_event()


def recorded(event, act) -> list[str]:
    """What is recorded while something is done."""
    before = revision(event.id, SCREENS)
    act()
    found = subjects_since(event.id, SCREENS, before)
    assert found is not None
    return found.names


def test_a_screen_gets_a_number_and_keeps_it(event):
    first, second = actions.hear(event.id, "one", BOARD), actions.hear(event.id, "two", BOARD)

    again = actions.hear(event.id, "one", Said("clock", "board"))

    assert (first.number, second.number, again.id) == (1, 2, first.id)
    assert again.says == "clock"


def test_the_screens_of_two_events_have_numbers_of_their_own(event):
    actions.hear(event.id, "one", BOARD)

    assert actions.hear(an_event("Seminar").id, "one", BOARD).number == 1


def test_a_beat_is_noted_and_not_recorded(event):
    actions.hear(event.id, "one", BOARD)
    clock.held += timedelta(seconds=5)

    assert recorded(event, lambda: actions.hear(event.id, "one", BOARD)) == []

    db.session.expire_all()
    assert screen_named(event.id, "one").heard_at == clock.held


@pytest.mark.parametrize("said", [Said("clock", "board"), Said("board", "stories"), Said("board", "board", True)])
def test_what_a_screen_says_anew_is_recorded(event, said):
    actions.hear(event.id, "one", BOARD)

    assert recorded(event, lambda: actions.hear(event.id, "one", said)) == ["screen-1"]


CHOICES = {
    "show": (lambda screen: actions.show(screen, "clock"), "shows", "clock"),
    "blank": (lambda screen: actions.blank(screen, True), "is_blank", True),
    "name": (lambda screen: actions.name(screen, "Фоє"), "title", "Фоє"),
    "let_ring": (lambda screen: actions.let_ring(screen, True), "rings", True),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_is_kept_and_recorded_once(event, choice):
    act, column, value = CHOICES[choice]
    screen = actions.hear(event.id, "one", BOARD)

    assert recorded(event, lambda: act(screen)) == ["screen-1"]
    assert getattr(screen, column) == value
    assert recorded(event, lambda: act(screen)) == []


def test_a_dark_screen_shows_again_what_it_showed(event):
    screen = actions.hear(event.id, "one", BOARD)
    actions.show(screen, "clock")
    actions.blank(screen, True)
    assert screen.scene.word == "clock"

    actions.blank(screen, False)

    assert (screen.scene.word, screen.is_blank) == ("clock", False)


def test_to_choose_what_a_dark_screen_shows_lights_it(event):
    screen = actions.hear(event.id, "one", BOARD)
    actions.blank(screen, True)

    actions.show(screen, "market")

    assert not screen.is_blank


def test_a_screen_shows_the_scene_of_its_address_until_something_is_chosen(event):
    screen = actions.hear(event.id, "one", Said("stories", "stories"))
    assert screen.scene.word == "stories"

    actions.show(screen, "clock")
    assert screen.scene.word == "clock"

    actions.show(screen, "")
    assert screen.scene.word == "stories"


def test_a_scene_that_no_feature_has_any_more_is_shown_by_none(event):
    screen = actions.hear(event.id, "one", Said("", "gone"))
    actions.show(screen, "gone")

    assert screen.scene.word == "board"


def test_what_is_usual_changes_for_those_without_a_choice(event, monkeypatch):
    chosen, other = actions.hear(event.id, "one", BOARD), actions.hear(event.id, "two", BOARD)
    actions.show(chosen, "clock")
    monkeypatch.setattr(scenes, "_deciders", [lambda event_id: "market"])

    assert recorded(event, lambda: actions.ask_all(event.id)) == ["screen-1", "screen-2"]
    assert (chosen.is_usual, other.is_usual) == (False, True)
    assert (chosen.scene.word, other.scene.word) == ("clock", "market")


def test_a_forgotten_screen_comes_back_under_another_number(event):
    actions.hear(event.id, "one", BOARD)
    actions.hear(event.id, "two", BOARD)

    assert recorded(event, lambda: actions.forget(screen_named(event.id, "one"))) == ["screen-1"]

    assert [screen.number for screen in screens_of(event.id)] == [2]
    assert actions.hear(event.id, "one", BOARD).number == 3


def test_of_too_many_screens_the_one_goes_that_was_silent_for_longest(event):
    for number in range(MOST):
        actions.hear(event.id, f"s{number}", BOARD)
        clock.held += timedelta(seconds=1)
    # The oldest of all, but somebody has chosen something for it.
    actions.show(screen_named(event.id, "s0"), "clock")
    actions.name(screen_named(event.id, "s1"), "Фоє")

    actions.hear(event.id, "more", BOARD)

    names = {screen.name for screen in screens_of(event.id)}
    assert names == {f"s{number}" for number in range(MOST)} - {"s2"} | {"more"}


def test_screens_that_were_only_looked_at_are_forgotten_after_half_a_day(event):
    for name in ("named", "chosen", "gone"):
        actions.hear(event.id, name, BOARD)
    actions.name(screen_named(event.id, "named"), "Фоє")
    actions.show(screen_named(event.id, "chosen"), "clock")
    clock.held += timedelta(hours=11)
    actions.hear(event.id, "later", BOARD)
    clock.held += timedelta(hours=2)

    assert recorded(event, lambda: actions.hear(event.id, "new", BOARD)) == ["screen-3", "screen-5"]

    assert [screen.name for screen in screens_of(event.id)] == ["named", "chosen", "later", "new"]


def test_too_many_screens_that_are_alive_let_no_other_in(event):
    for number in range(MOST):
        actions.hear(event.id, f"s{number}", BOARD)

    with pytest.raises(TooManyScreens):
        actions.hear(event.id, "more", BOARD)
    # Of these each is heard as before.
    assert actions.hear(event.id, "s3", BOARD).number == 4


def test_one_screen_that_is_heard_twice_at_once_is_one(app):
    with app.test_request_context(), transactions.writing():
        event_id = an_event().id
    together, found = threading.Barrier(2), []

    def hear():
        with app.test_request_context():
            together.wait()
            with transactions.writing():
                found.append(actions.hear(event_id, "one", BOARD).number)

    threads = [threading.Thread(target=hear) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [1, 1]

    with app.test_request_context():
        assert len(db.session.scalars(select(Screen).where(Screen.event_id == event_id)).all()) == 1


def test_the_bowl_rings_for_slots_and_not_for_breaks(event):
    """At 11:54, with slots until 12:30, 15:00 and 16:30, and lunch until 14:00."""
    times = [(event.local(ring.at).strftime("%H:%M"), ring.minutes) for ring in rings_of(event.id)]

    assert times == [
        ("12:20", 10),
        ("12:25", 5),
        ("12:30", 0),
        ("14:50", 10),
        ("14:55", 5),
        ("15:00", 0),
        ("16:20", 10),
        ("16:25", 5),
        ("16:30", 0),
    ]
