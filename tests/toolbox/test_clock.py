"""The clock of the hall: each deed, each refusal, what screens show, and two facilitators at once."""

from datetime import timedelta

import pytest
from lxml import html

from openspace import clock
from openspace.access.models import Member
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.screens import scenes
from openspace.store import sqlite
from openspace.toolbox import clock_actions as actions
from openspace.toolbox.clock_actions import NoClock
from openspace.toolbox.finding import entry_named
from openspace.toolbox.models import TOOLBOX, hall_clock
from openspace.web.errors import NotAllowed
from tests.conftest import MOMENT


class Running:
    """A hall in which somebody runs the fishbowl: 5, 5, 40, 7 and 3 minutes."""

    def __init__(self, hall) -> None:
        self.hall = hall

    def do(self, act, *args, who="facilitator"):
        with self.hall.app.test_request_context(), sqlite.writing():
            event = db.session.get_one(Event, self.hall.id)
            act(event, *args, by=db.session.get_one(Member, self.hall.ids[who]))
            db.session.commit()

    @property
    def stands(self) -> tuple[int, float, bool]:
        """The step, the minutes that are left, whether it is paused."""
        with self.hall.app.test_request_context():
            found = hall_clock(self.hall.id)
            return found.step, found.left / timedelta(minutes=1), found.paused_at is not None

    @property
    def revision(self) -> int:
        with self.hall.app.test_request_context():
            return log.revision(self.hall.id, TOOLBOX)


@pytest.fixture
def running(hall):
    run = Running(hall)
    run.do(actions.start, entry_named(0, "fishbowl"))
    return run


def test_a_guide_begins_with_its_first_step(running):
    assert running.stands == (0, 5, False)


def test_next_step_begins_when_it_is_gone_to(running):
    clock.held = MOMENT + timedelta(minutes=7)
    assert running.stands == (0, -2, False)

    running.do(actions.go_to, "fishbowl", 2)

    assert running.stands == (2, 40, False)


def test_two_facilitators_who_go_on_at_once_go_on_by_one(running):
    running.do(actions.go_to, "fishbowl", 1)
    clock.held = MOMENT + timedelta(seconds=30)
    before = running.revision

    running.do(actions.go_to, "fishbowl", 1, who="organiser")

    assert running.stands == (1, 4.5, False)
    assert running.revision == before


def test_a_pause_takes_no_time(running):
    clock.held = MOMENT + timedelta(minutes=1)
    running.do(actions.pause, "fishbowl")
    clock.held = MOMENT + timedelta(minutes=31)
    running.do(actions.pause, "fishbowl")
    assert running.stands == (0, 4, True)

    running.do(actions.go_on, "fishbowl")
    running.do(actions.go_on, "fishbowl")

    assert running.stands == (0, 4, False)


@pytest.mark.parametrize(("passed", "left"), [(1, 6), (9, 2)])
def test_more_time_is_added_to_what_is_left(running, passed, left):
    clock.held = MOMENT + timedelta(minutes=passed)

    running.do(actions.lengthen, "fishbowl", 2)

    assert running.stands == (0, left, False)


def test_more_time_while_it_is_paused(running):
    running.do(actions.pause, "fishbowl")
    clock.held = MOMENT + timedelta(minutes=9)

    running.do(actions.lengthen, "fishbowl", 2)

    assert running.stands == (0, 7, True)


@pytest.mark.parametrize("args", [("world-cafe", 1), ("fishbowl", 5), ("fishbowl", -1)])
def test_a_step_that_is_not_there_is_refused(running, args):
    with pytest.raises(NoClock):
        running.do(actions.go_to, *args)
    assert running.stands == (0, 5, False)


@pytest.mark.parametrize(
    "deed",
    [
        (actions.start, entry_named(0, "opening")),
        (actions.go_to, "fishbowl", 1),
        (actions.pause, "fishbowl"),
        (actions.go_on, "fishbowl"),
        (actions.lengthen, "fishbowl", 2),
        (actions.stop,),
    ],
)
def test_participants_steer_nothing(running, deed):
    act, *args = deed

    with pytest.raises(NotAllowed):
        running.do(act, *args, who="participant")


def test_screens_show_it_until_it_ends(running):
    with running.hall.app.test_request_context():
        assert scenes.usual(running.hall.id) == "guide"

    running.do(actions.stop)

    with running.hall.app.test_request_context():
        assert scenes.usual(running.hall.id) == "board"
    with pytest.raises(NoClock):
        running.do(actions.pause, "fishbowl")
    running.do(actions.stop)


def test_the_hall_reads_step_and_what_comes_then(running):
    running.do(actions.go_to, "fishbowl", 2)
    address = running.hall.url(f"projector/{running.hall.projector}/guide")

    page = html.fromstring(running.hall.ask("stranger").get(address + "?lang=en").get_data(as_text=True))

    (side,) = page.xpath("//*[@id='clock-hall']")
    words = " ".join(side.text_content().replace("\xad", "").split())
    assert words == "Fishbowl, step 3 of 5 ConversationThen 7 min A word from outside 3 min One sentence"
    assert side.get("data-ends") == str(int((MOMENT + timedelta(minutes=40)).timestamp()))
    assert page.xpath("//*[contains(@class, 'steering')]") == []


def test_only_facilitators_have_keys_to_steer_it(running):
    def keys(who: str) -> int:
        page = running.hall.ask(who).get(running.hall.url("toolbox/fishbowl")).get_data(as_text=True)
        return len(html.fromstring(page).xpath("//main//button[contains(@formaction, '/clock')]"))

    assert (keys("participant"), keys("facilitator")) == (0, 6)


def test_keys_keep_their_places_in_every_state(running):
    # Else a tap that is meant for one reaches another: "Pause" was "Back" a moment after "Next".
    def keys() -> list[tuple[str, bool]]:
        page = html.fromstring(
            running.hall.ask("facilitator").get(running.hall.url("facilitator/toolbox?lang=en")).text
        )
        found = page.xpath("//*[@id='clock-steering']//button")
        return [(" ".join(key.text_content().split()), "disabled" in key.attrib) for key in found]

    first = keys()
    running.do(actions.go_to, "fishbowl", 1)
    second = keys()
    running.do(actions.go_to, "fishbowl", 4)

    assert [name for name, _ in first] == ["Back", "Pause", "+2 min", "Next", "End it in the hall"]
    assert [name for name, _ in first] == [name for name, _ in second] == [name for name, _ in keys()]
    assert [name for name, is_off in first if is_off] == ["Back"]
    assert [name for name, is_off in keys() if is_off] == ["Next"]


def test_a_change_of_the_clock_reaches_pages_and_screens(running):
    before = running.revision
    running.do(actions.go_to, "fishbowl", 1)

    answer = running.hall.ask("participant").get(running.hall.url(f"live?channel=toolbox&since={before}")).get_json()

    assert [ident for ident, _ in answer["patches"]] == ["clock-hall", "clock-steering"]
