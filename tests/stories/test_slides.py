"""What of the slideshow is shown when: every story in its turn, new ones next, and what facilitators do with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from openspace.stories.slides import Show, Slide, arranged, moved_on, seconds, standing, stepped

START = datetime(2026, 6, 4, 9, tzinfo=UTC)


def after(count: float) -> datetime:
    return START + timedelta(seconds=count)


def a_show(*numbers: int, length: int = 10) -> Show:
    """A slideshow of these stories, each shown for `length` seconds, from START on."""
    return arranged(Show(since=START), slides(*numbers, length=length), START)


def slides(*numbers: int, length: int = 10) -> list[Slide]:
    return [Slide(number, length) for number in numbers]


def shown(show: Show, count: int, length: int = 10) -> list[int]:
    """What is shown during the next `count` slides after START."""
    return [moved_on(show, after(length * n + 1)).number for n in range(count)]


@pytest.mark.parametrize(
    ("characters", "photos", "film", "expected"),
    [(0, 1, 0, 10), (95, 0, 0, 12), (1500, 0, 0, 112), (10, 4, 0, 32), (10, 0, 89.6, 90)],
)
def test_a_slide_is_shown_as_long_as_it_takes_to_see(characters, photos, film, expected):
    assert seconds(characters, photos=photos, film=film) == expected


def test_stories_come_in_turns_for_days():
    show = a_show(1, 2, 3)

    assert shown(show, 7) == [1, 2, 3, 1, 2, 3, 1]
    days = moved_on(show, after(10 * 300_000 * 3 + 14))
    assert (days.number, days.since) == (2, after(10 * 300_000 * 3 + 10))


def test_without_stories_nothing_is_shown_and_the_first_begins_when_it_comes():
    assert moved_on(a_show(), after(99)).number is None

    show = arranged(a_show(), slides(7), after(50))

    assert (show.number, show.since) == (7, after(50))


def test_new_stories_come_next_in_their_order_and_then_it_goes_on():
    show = arranged(a_show(1, 2, 3), slides(1, 2, 3, 4), after(12))
    show = arranged(show, slides(1, 2, 3, 4, 5), after(15))

    assert [moved_on(show, after(second)).number for second in (15, 21, 31, 41, 51, 61, 71)] == [2, 4, 5, 3, 1, 2, 4]


def test_a_story_that_goes_while_it_is_shown_is_followed_by_the_next_at_once():
    show = arranged(a_show(1, 2, 3), slides(1, 3), after(14))

    assert (show.number, show.since) == (3, after(14))
    last = arranged(show, slides(1), after(15))
    assert (last.number, last.since) == (1, after(15))
    assert arranged(last, [], after(16)).number is None


def test_a_story_that_goes_elsewhere_disturbs_nothing():
    show = arranged(a_show(1, 2, 3), slides(2, 3), after(14))

    assert (show.number, show.since) == (2, after(10))
    assert moved_on(show, after(21)).number == 3


def test_a_changed_length_counts_from_now_on():
    show = arranged(a_show(1, 2), [Slide(1, 10), Slide(2, 30)], after(14))

    assert [moved_on(show, after(second)).number for second in (14, 39, 41)] == [2, 2, 1]


def test_what_is_held_stands_and_goes_on_where_it_stood():
    held = standing(a_show(1, 2), after(14), is_held=True, is_blank=False)
    assert moved_on(held, after(9999)).number == 2

    going = standing(held, after(1000), is_held=False, is_blank=False)

    assert [moved_on(going, after(second)).number for second in (1000, 1005, 1007)] == [2, 2, 1]


def test_a_dark_screen_takes_nobodys_turn_and_keeps_what_was_held():
    dark = standing(a_show(1, 2), after(4), is_held=True, is_blank=False)
    dark = standing(dark, after(6), is_held=True, is_blank=True)

    light = standing(dark, after(500), is_held=True, is_blank=False)

    assert (moved_on(light, after(900)).number, light.is_held) == (1, True)
    assert moved_on(standing(light, after(900), is_held=False, is_blank=False), after(905)).number == 1


def test_a_facilitator_goes_on_and_back_and_a_slide_begins_anew():
    on = stepped(a_show(1, 2, 3), after(4), back=False, seen=1)
    assert (on.number, on.since) == (2, after(4))
    back = stepped(stepped(on, after(5), back=True, seen=2), after(6), back=True, seen=1)
    assert (back.number, back.since) == (3, after(6))
    assert [moved_on(back, after(second)).number for second in (17, 27, 37)] == [1, 2, 3]


def test_a_step_away_from_what_is_shown_no_more_does_nothing():
    show = a_show(1, 2, 3)

    assert stepped(show, after(11), back=False, seen=1).number == 2
    twice = stepped(stepped(show, after(4), back=False, seen=1), after(4), back=False, seen=1)
    assert twice.number == 2


def test_what_is_held_stays_held_after_a_step():
    held = stepped(standing(a_show(1, 2), after(4), is_held=True, is_blank=False), after(6), back=False, seen=1)

    assert moved_on(held, after(9999)).number == 2
    assert moved_on(standing(held, after(10_000), is_held=False, is_blank=False), after(10_009)).number == 2


CHANGES = st.lists(
    st.tuples(st.sampled_from(["come", "go", "wait", "hold", "dark"]), st.integers(1, 9), st.integers(1, 40)),
    max_size=40,
)


@given(CHANGES)
def test_every_story_comes_before_one_comes_again(changes):
    """Whatever comes and goes: between two turns of a story, each that was there all the time has had a turn."""
    show, there, moment = a_show(1, 2, 3), {1, 2, 3}, 0
    # The number of each story's last turn, and how many turns there had been when it came.
    turns, last, came = 0, {}, dict.fromkeys(there, 0)
    for kind, number, wait in changes:
        if kind == "come":
            came[number] = came[number] if number in there else turns
            there.add(number)
        elif kind == "go":
            there.discard(number)
            last.pop(number, None)
        elif kind == "hold":
            show = standing(show, after(moment), is_held=not show.is_held, is_blank=show.is_blank)
        elif kind == "dark":
            show = standing(show, after(moment), is_held=show.is_held, is_blank=not show.is_blank)
        show = arranged(show, slides(*sorted(there)), after(moment))
        assert {slide.number for slide in show.slides} == there
        for second in range(moment, moment + wait):
            now = moved_on(show, after(second + 0.5)).number
            if now is None or last.get(now) == turns:
                continue
            if now in last:
                turn = last[now]
                missed = [n for n in there if (last[n] < turn if n in last else came[n] <= turn)]
                assert missed == [], (now, missed)
            turns += 1
            last[now] = turns
        moment += wait


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12), st.lists(st.integers(0, 4000), max_size=8))
def test_it_does_not_matter_how_often_one_looks(lengths, looks):
    show = arranged(Show(since=START), [Slide(*pair) for pair in enumerate(lengths)], START)
    looked = show
    for look in sorted(looks):
        looked = moved_on(looked, after(look))

    end = after(5000)
    assert moved_on(looked, end) == moved_on(show, end)
