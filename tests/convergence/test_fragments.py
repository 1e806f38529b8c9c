"""What open pages are sent is what they would show if they were loaded anew."""

import pytest

from openspace.board import actions as board
from openspace.convergence import actions, paper_actions
from openspace.convergence.fragments import PARTS, parts_html
from openspace.convergence.models import DOTS
from openspace.live import log
from openspace.live.fragments import View, draw
from tests.convergence.rounds import Circle


@pytest.fixture
def circle(inside) -> Circle:
    return Circle()


def test_after_each_step_patches_bring_every_part_up_to_date(circle):
    steps = [
        circle.start,
        lambda: circle.give(0, {1: 1}),
        lambda: paper_actions.enter(circle.round, {1: 3}, people=2, by=circle.facilitator),
        lambda: circle.give(0, {2: 1}),
        lambda: actions.prolong(circle.round, 1, seen=int(circle.round.ends_at.timestamp()), by=circle.facilitator),
        lambda: board.edit(circle.topics[3], title="Інакше", text="", language="uk", by=circle.people[0]),
        lambda: board.withdraw(circle.topics[3], by=circle.people[0]),
        lambda: circle.wait(500),
        lambda: board.edit(circle.topics[2], title="Ще інакше", text="", language="uk", by=circle.people[0]),
        lambda: board.withdraw(circle.topics[2], by=circle.people[0]),
        circle.prepare,
        lambda: actions.take_back(circle.round, by=circle.facilitator),
        circle.prepare,
        circle.start,
    ]
    page = parts_html(circle.event, *PARTS)
    for step in steps:
        since = log.revision(circle.event.id, DOTS)
        step()
        changed = log.subjects_since(circle.event.id, DOTS, since).names
        patches = dict(draw(circle.event.id, DOTS, changed, View("en", "members")))
        page |= {name.removeprefix("dots-"): html for name, html in patches.items()}
        # How many have given stands within other parts too, where the patch of that part goes.
        fresh = parts_html(circle.event, *PARTS)
        if changed == ["given"]:
            assert page["given"] == fresh["given"]
            page = fresh
        elif changed == ["sheets"]:
            assert [page[name] for name in ("given", "steering")] == [fresh[name] for name in ("given", "steering")]
            page = fresh
        assert page == fresh
