"""How a day is laid out, without any database."""

from datetime import time
from itertools import pairwise

from hypothesis import given, strategies as st

from openspace.events.rules import Block, cell_items, lay_slots, span

LUNCH = Block(750, 840, "Lunch", is_break=True)


def test_lay_slots_as_in_four_of_sixty_from_ten():
    laid = lay_slots(count=4, length=60, start=600, gap=30, fixed=[LUNCH])

    assert [(block.start, block.end, block.title) for block in laid] == [
        (600, 660, ""), (690, 750, ""), (750, 840, "Lunch"), (840, 900, ""), (930, 990, ""),
    ]  # fmt: skip


def test_lay_slots_goes_on_into_the_night_but_not_to_the_morning():
    laid = lay_slots(count=12, length=120, start=1200, gap=0)

    assert [block.start // 60 for block in laid] == [20, 22, 24, 26, 28]


def test_lay_slots_from_after_midnight_lie_in_the_night_after():
    assert [block.start for block in lay_slots(count=2, length=60, start=30, gap=0)] == [1470, 1530]


def test_span_that_ends_before_it_starts_ends_on_the_next_day():
    assert span(time(22), time(1, 30)) == (1320, 1530)


def test_cell_items_go_into_the_slot_they_start_in_or_get_their_own():
    training, group = Block(690, 900, "Training", space=1), Block(1200, 1260, "Group", space=2)
    slots = [Block(600, 660), Block(690, 750), LUNCH]

    assert cell_items(slots, [LUNCH, training, group]) == [(training, Block(690, 750)), (group, Block(1200, 1260))]


blocks = st.builds(lambda start, length: Block(start, start + length, "x"), st.integers(0, 1400), st.integers(5, 200))


@given(st.integers(1, 12), st.integers(5, 480), st.integers(0, 1439), st.integers(0, 480), st.lists(blocks, max_size=1))
def test_lay_slots_never_overlaps(count, length, start, gap, fixed):
    laid = lay_slots(count=count, length=length, start=start, gap=gap, fixed=fixed)

    assert all(one.end <= two.start for one, two in pairwise(laid))
    assert len([block for block in laid if not block.title]) <= count


def test_block_shows_its_start_by_the_clock_also_after_midnight():
    assert [Block(start, start + 60).clock for start in (0, 570, 1470)] == ["00:00", "09:30", "00:30"]
