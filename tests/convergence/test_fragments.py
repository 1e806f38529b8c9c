"""What open pages are sent is what they would show if they were loaded anew."""

import pytest

from openspace.board import actions as board
from openspace.convergence import actions, closing, paper_actions
from openspace.convergence.changes import STEERING
from openspace.convergence.fragments import SHOWN, parts_html, steering_html
from openspace.convergence.models import DOTS
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.live.fragments import View, draw
from tests.convergence.rounds import PLAN, Circle


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
        lambda: circle.prepare(PLAN._replace(has_paper=True)),
        circle.start,
        lambda: circle.wait(500),
        lambda: paper_actions.enter(circle.round, {1: 3}, people=2, by=circle.facilitator),
        lambda: closing.count(circle.round, by=circle.facilitator),
    ]
    page = whole(circle)
    for step in steps:
        since = {channel: log.revision(circle.event.id, channel) for channel in (DOTS, CONSOLE)}
        step()
        changed = {channel: log.subjects_since(circle.event.id, channel, since[channel]).names for channel in since}
        for channel, subjects in changed.items():
            patches = draw(circle.event.id, channel, subjects, View("en", "members"))
            page |= {name: html for name, html in patches if name in page}
        # How many have given stands within other parts too, where the patch of that part goes.
        fresh = whole(circle)
        if changed[DOTS] == ["given"]:
            same = ["dots-given", *changed[CONSOLE]]
            assert [page[name] for name in same] == [fresh[name] for name in same]
            page = fresh
        assert page == fresh


def whole(circle: Circle) -> dict[str, str]:
    """All parts of all pages, by their ids."""
    shown = {f"dots-{name}": html for name, html in parts_html(circle.event, *SHOWN).items()}
    return {**shown, STEERING: steering_html(circle.event)}


def test_the_facilitators_keys_go_to_facilitators_alone(circle):
    def ids() -> dict[str, list[str]]:
        since = {channel: log.revision(circle.event.id, channel) for channel in (DOTS, CONSOLE)}
        circle.start()
        return {
            channel: [
                name
                for name, _ in draw(
                    circle.event.id,
                    channel,
                    log.subjects_since(circle.event.id, channel, revision).names,
                    View("en", "members"),
                )
            ]
            for channel, revision in since.items()
        }

    assert ids() == {DOTS: ["dots-round", "dots-given", "dots-screen"], CONSOLE: [STEERING]}
