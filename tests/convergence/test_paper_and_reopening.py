"""Dots on paper, sealed like all others; and topics that go on as new ones."""

import pytest
from sqlalchemy.exc import IntegrityError

from openspace.board import actions as board
from openspace.convergence import actions, closing, paper_actions, reopening_actions
from openspace.convergence.actions import AnotherState, NotOpen, RoundRuns, TimeIsUp
from openspace.convergence.changes import GIVEN, STEERING
from openspace.convergence.fragments import parts_html
from openspace.convergence.models import DOTS, PaperDots, Reopening, State, givers_of, reopenings_of
from openspace.convergence.paper_actions import TooManyOnSheet
from openspace.convergence.reopening_actions import TakenOn, Withdrawn
from openspace.extensions import db
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.store import sqlite
from openspace.web.errors import NotAllowed, NotFound, Stale
from tests.convergence.rounds import PLAN, Circle, close, later, opened


@pytest.fixture
def circle(inside) -> Circle:
    return Circle()


def enter(circle: Circle, dots: dict[int, int], people: int = 2) -> PaperDots:
    return paper_actions.enter(circle.round, dots, people=people, by=circle.facilitator)


def test_paper_counts_with_phones_and_is_marked(circle):
    circle.start()
    circle.give(0, {1: 1})
    since = {name: log.revision(circle.event.id, name) for name in (DOTS, CONSOLE)}

    enter(circle, {1: 7, 2: 3})

    heard = {name: log.subjects_since(circle.event.id, name, revision).names for name, revision in since.items()}
    assert heard == {DOTS: [GIVEN], CONSOLE: [STEERING]}
    assert (givers_of(circle.round), circle.counts()) == (3, {1: 0, 2: 0, 3: 0, 4: 0})
    circle.wait(400)
    assert circle.counts() == {1: 8, 2: 3, 3: 0, 4: 0}
    assert [each.on_paper for each in circle.round.topics] == [7, 3, 0, 0]
    assert (circle.round.givers, circle.round.on_paper, db.session.query(PaperDots).count()) == (3, 2, 0)


def test_a_sheet_is_taken_out_again(circle):
    circle.start()
    sheet = enter(circle, {1: 7})

    paper_actions.remove(circle.round, sheet.id, by=circle.facilitator)

    circle.wait(400)
    assert circle.counts()[1] == 0


def test_seals_of_sheets_are_equally_long(circle):
    circle.start()

    lengths = {len(enter(circle, dots).sealed) for dots in ({}, {1: 10}, {1: 2, 2: 2, 3: 2, 4: 2})}

    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("dots", "people", "is_stacked"),
    [
        ({1: 11}, 2, True),
        ({1: 6, 2: 5}, 2, True),
        ({1: 3}, 2, False),
        ({1: -1}, 2, True),
        ({}, 0, True),
        ({}, 501, True),
    ],
)
def test_more_dots_than_the_people_have_are_refused(circle, dots, people, is_stacked):
    circle.prepare(PLAN._replace(is_stacked=is_stacked))
    circle.start()

    with pytest.raises(TooManyOnSheet):
        enter(circle, dots, people)


def test_paper_is_entered_by_facilitators_within_the_window(circle):
    with pytest.raises(NotOpen):
        enter(circle, {1: 1})
    circle.start()
    with pytest.raises(NotAllowed):
        paper_actions.enter(circle.round, {1: 1}, people=1, by=circle.people[0])
    with pytest.raises(Stale):
        enter(circle, {99: 1})
    sheet = enter(circle, {1: 1})
    circle.wait(400)
    with pytest.raises(TimeIsUp):
        enter(circle, {1: 1})
    with pytest.raises(TimeIsUp):
        paper_actions.remove(circle.round, sheet.id, by=circle.facilitator)


def test_paper_for_a_round_that_was_taken_back_is_refused(circle):
    taken = circle.round
    actions.take_back(taken, by=circle.facilitator)

    with pytest.raises(AnotherState):
        paper_actions.enter(taken, {1: 1}, people=1, by=circle.facilitator)
    with pytest.raises(AnotherState):
        paper_actions.remove(taken, 1, by=circle.facilitator)


@pytest.fixture
def awaited(circle) -> Circle:
    """A round after the bell, whose paper is awaited: phones gave one dot to topic 1."""
    circle.prepare(PLAN._replace(has_paper=True))
    circle.start()
    circle.give(0, {1: 1})
    circle.wait(302)
    return circle


def test_after_the_bell_paper_is_awaited_however_long_it_takes(awaited):
    awaited.wait(3600)

    assert (awaited.round.state, awaited.counts()[1], givers_of(awaited.round)) == (State.PAPER, 0, 1)
    with pytest.raises(TimeIsUp):
        awaited.give(1, {1: 1})
    with pytest.raises(RoundRuns):
        awaited.prepare()
    sheet = enter(awaited, {2: 4})
    paper_actions.remove(awaited.round, sheet.id, by=awaited.facilitator)
    enter(awaited, {1: 2, 2: 3})
    assert set(awaited.counts().values()) == {0}

    closing.count(awaited.round, by=awaited.facilitator)

    assert (awaited.round.state, awaited.counts()) == (State.OVER, {1: 3, 2: 3, 3: 0, 4: 0})
    assert (awaited.round.givers, awaited.round.on_paper, awaited.round.salt) == (3, 2, "")
    with pytest.raises(TimeIsUp):
        enter(awaited, {1: 1})
    counted_at = awaited.round.counted_at
    closing.count(awaited.round, by=awaited.facilitator)
    assert awaited.round.counted_at == counted_at


def test_paper_is_counted_by_facilitators_and_only_after_the_bell(awaited):
    with pytest.raises(NotAllowed):
        closing.count(awaited.round, by=awaited.people[0])
    closing.count(awaited.round, by=awaited.facilitator)
    awaited.prepare(PLAN._replace(has_paper=True))
    for _ in range(2):
        with pytest.raises(AnotherState):
            closing.count(awaited.round, by=awaited.facilitator)
        if awaited.round.state is State.READING:
            awaited.start()


def test_while_what_is_on_its_way_arrives_a_round_with_paper_can_be_prolonged(circle):
    circle.prepare(PLAN._replace(has_paper=True))
    circle.start()
    circle.wait(301)

    actions.prolong(circle.round, 1, seen=int(circle.round.ends_at.timestamp()), by=circle.facilitator)

    assert circle.round.state is State.OPEN
    circle.wait(62)
    assert circle.round.state is State.PAPER
    with pytest.raises(AnotherState):
        actions.prolong(circle.round, 1, seen=int(circle.round.ends_at.timestamp()), by=circle.facilitator)


def test_phones_and_the_hall_say_that_paper_is_counted_and_tell_no_standing(awaited):
    before = parts_html(awaited.event, "round", "screen")
    enter(awaited, {1: 4}, people=1)
    after = parts_html(awaited.event, "round", "screen")

    assert all("Рахуємо крапки на папері" in html for html in after.values())
    assert before["round"] == after["round"]
    assert before["screen"].replace("<b>1</b>", "<b>2</b>") == after["screen"]


def ended(circle: Circle) -> Circle:
    circle.start()
    circle.give(0, {1: 3, 2: 1})
    circle.wait(400)
    return circle


def test_a_topic_goes_on_with_whoever_takes_it_on(circle):
    ended(circle)
    circle.event.takes_topics = False

    new = reopening_actions.take_on(circle.round, 1, by=circle.people[1])

    assert (new.title, new.convener, new.placements) == ("Тема 1", circle.people[1], [])
    assert reopenings_of(circle.round) == {circle.topics[0].id: new}
    with pytest.raises(TakenOn) as refused:
        reopening_actions.take_on(circle.round, 1, by=circle.people[2])
    assert refused.value.facts == {"number": new.number}


def test_withdrawn_it_can_be_taken_on_by_somebody_else(circle):
    ended(circle)
    board.withdraw(reopening_actions.take_on(circle.round, 1, by=circle.people[1]), by=circle.people[1])

    again = reopening_actions.take_on(circle.round, 1, by=circle.people[2])

    assert reopenings_of(circle.round) == {circle.topics[0].id: again}


def test_what_does_not_go_on_or_is_not_counted_cannot_be_taken_on(circle):
    circle.start()
    for number in (1, 3, 99):
        with pytest.raises(NotFound):
            reopening_actions.take_on(circle.round, number, by=circle.people[1])
    circle.give(0, {1: 1})
    circle.wait(400)
    with pytest.raises(NotFound):
        reopening_actions.take_on(circle.round, 3, by=circle.people[1])


def test_a_topic_that_was_withdrawn_is_not_shown_and_cannot_be_taken_on(circle):
    circle.start()
    board.withdraw(circle.topics[2], by=circle.people[0])
    assert "Тема 3" not in parts_html(circle.event, "round")["round"]
    circle.give(0, {1: 3, 2: 1})
    circle.wait(400)

    board.withdraw(circle.topics[0], by=circle.people[0])

    assert [place.number for place, _ in circle.round.ranking] == [2, 4]
    assert not any("Тема 1" in html for html in parts_html(circle.event, "round", "screen").values())
    with pytest.raises(Withdrawn):
        reopening_actions.take_on(circle.round, 1, by=circle.people[1])


def test_a_topic_is_taken_on_once_for_each_round(circle):
    ended(circle)
    new = reopening_actions.take_on(circle.round, 1, by=circle.people[1])
    db.session.add(Reopening(round_id=circle.round.id, topic_id=circle.topics[1].id, new_id=new.id))

    with pytest.raises(IntegrityError):
        db.session.flush()


def test_from_the_result_to_a_new_topic_with_its_lineage(hall):
    opened(hall)
    hall.ask("participant").put(hall.url("dots/choice"), data={"round": 1, "topic-1": 3})
    later(400)
    close(hall)

    answer = hall.ask("participant").post(hall.url("dots/topics/1"))

    page = hall.ask("convener").get(answer.location).get_data(as_text=True)
    assert (answer.status_code, f'href="{hall.url("topics/1")}"' in page) == (303, True)
    assert f'href="{answer.location}"' in hall.ask("convener").get(hall.url("topics/1")).get_data(as_text=True)
    result = hall.ask("convener").get(hall.url("dots")).get_data(as_text=True)
    assert f'href="{answer.location}"' in result
    assert hall.ask("convener").post(hall.url("dots/topics/1")).status_code == 409
    screen = hall.ask("stranger").get(hall.url(f"projector/{hall.projector}/dots")).get_data(as_text=True)
    assert screen.count("<circle") == 3


def test_the_page_of_paper_takes_sheets_and_shows_nothing_of_them(hall):
    opened(hall)
    ask = hall.ask("facilitator")

    assert (
        ask.post(hall.url("facilitator/dots/paper"), data={"round": 1, "people": 2, "topic-1": 11}).status_code == 422
    )
    sent = {"round": 1, "people": 2, "topic-1": 7}
    assert ask.post(hall.url("facilitator/dots/paper"), data=sent).status_code == 303

    page = ask.get(hall.url("facilitator/dots/paper")).get_data(as_text=True)
    assert 'value="7"' not in page
    with hall.app.test_request_context(), sqlite.writing():
        (sheet,) = db.session.query(PaperDots)
        sheet_id = sheet.id
    assert ask.delete(hall.url(f"facilitator/dots/paper/{sheet_id}")).status_code == 303
    with hall.app.test_request_context():
        assert db.session.query(PaperDots).count() == 0


def test_a_sheet_of_an_earlier_round_is_refused_and_stays_as_it_was_typed(hall):
    opened(hall)
    later(400)
    close(hall)
    opened(hall)

    sent = {"round": 1, "people": 2, "topic-1": 7}
    answer = hall.ask("facilitator").post(hall.url("facilitator/dots/paper"), data=sent)

    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Цей аркуш — з попереднього раунду крапок" in page) == (409, True)
    assert ('value="7"' in page, 'name="round" value="1"' in page) == (True, True)
    with hall.app.test_request_context():
        assert db.session.query(PaperDots).count() == 0
    fresh = hall.ask("facilitator").get(hall.url("facilitator/dots/paper")).get_data(as_text=True)
    assert 'name="round" value="2"' in fresh


def test_while_the_next_round_is_prepared_the_last_result_stays_and_goes_on(hall):
    opened(hall)
    hall.ask("participant").put(hall.url("dots/choice"), data={"round": 1, "topic-1": 3})
    later(400)
    close(hall)
    ask = hall.ask("facilitator")
    plan = {"per_person": 5, "minutes": 5, "going_on": 5, "topics": [1, 2]}
    assert ask.put(hall.url("facilitator/dots"), data=plan).status_code == 303

    for who, address in (("participant", "dots"), ("stranger", f"projector/{hall.projector}/dots")):
        assert "1 тема йде далі" in hall.ask(who).get(hall.url(address)).get_data(as_text=True)
    assert "показують останній результат, доки" in ask.get(hall.url("facilitator/dots")).get_data(as_text=True)
    assert hall.ask("participant").post(hall.url("dots/topics/1")).status_code == 303

    later(12 * 3600)
    assert "Час читати" in hall.ask("participant").get(hall.url("dots")).get_data(as_text=True)
    assert "Зараз усі читають" in ask.get(hall.url("facilitator/dots")).get_data(as_text=True)

    assert ask.delete(hall.url("facilitator/dots?round=2")).status_code == 303
    assert "Подивитися результат" in ask.get(hall.url("facilitator/dots")).get_data(as_text=True)


def test_ones_own_day_leads_to_the_round_as_it_stands(hall):
    def shown() -> str:
        return hall.ask("participant").get(hall.url("me/day?lang=en")).get_data(as_text=True)

    address = f'href="{hall.url("dots")}"'
    assert address not in shown()
    opened(hall)
    assert ("Give my dots" in shown(), address in shown()) == (True, True)
    later(301)
    assert "Time is up. The dots are being counted." in shown()
    later(100)
    close(hall)
    assert "See the result" in shown()
    plan = {"per_person": 5, "minutes": 5, "going_on": 5, "topics": [1, 2]}
    hall.ask("facilitator").put(hall.url("facilitator/dots"), data=plan)
    assert "See the result" in shown()
