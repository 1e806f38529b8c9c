"""Two topics change places: who may, what is refused, what is recorded, and two at once."""

import threading

import pytest
from lxml import html

from openspace.access.models import Member, Role
from openspace.board import actions
from openspace.board.models import Placement, topic_numbered
from openspace.board.swap import swap
from openspace.extensions import db
from openspace.live import log
from openspace.store import sqlite
from openspace.web.errors import NotAllowed, NotFound, Problem
from tests.factories import a_member, a_topic, an_event, cell, open_slots

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


def hung(event, by, *, slot: int = 2, space: int = 0, title: str = "Вода") -> Placement:
    return actions.place(a_topic(event, by, title), **cell(event, slot=slot, space=space), by=by, anyway=True)


@pytest.mark.parametrize(("slot", "space"), [(3, 1), (2, 1), (3, 0)])
def test_swap_changes_the_cells_and_keeps_the_rows(event, facilitator, slot, space):
    one = hung(event, a_member(event, "Олена"))
    other = hung(event, a_member(event, "Anna"), slot=slot, space=space, title="Земля")
    ids, cells = (one.id, other.id), (one.cell, other.cell)
    before = log.revision(event.id, "board")

    swap(one, other, by=facilitator)

    assert (one.id, other.id) == ids
    assert (one.cell, other.cell) == cells[::-1]
    assert (one.topic.title, other.topic.title) == ("Вода", "Земля")
    names = log.subjects_since(event.id, "board", before).names
    assert {f"cell-{key}" for key in cells} <= set(names)
    for placement in (one, other):
        assert "page" in log.subjects_since(event.id, placement.topic.channel, 0).names


def test_both_sides_are_told(event, facilitator):
    olena, anna = a_member(event, "Олена"), a_member(event, "Anna")

    swap(hung(event, olena), hung(event, anna, slot=3, space=1), by=facilitator)

    assert None not in {olena.notices_at, anna.notices_at}


def test_only_who_may_move_both_may_swap(event):
    olena, anna = a_member(event, "Олена"), a_member(event, "Anna")
    one, other, third = hung(event, olena), hung(event, anna, slot=3), hung(event, olena, slot=3, space=1)

    with pytest.raises(NotAllowed):
        swap(one, other, by=olena)
    swap(one, third, by=olena)

    assert one.slot is open_slots(event)[3]


def test_a_time_that_is_over_is_for_facilitators(event, facilitator):
    olena = a_member(event, "Олена")
    over = actions.place(a_topic(event, olena), **cell(event, slot=0), by=facilitator)
    coming = hung(event, olena)

    with pytest.raises(NotFound):
        swap(over, coming, by=olena)
    swap(over, coming, by=facilitator)


def test_a_topic_never_hangs_twice_at_one_time(event, facilitator):
    topic = a_topic(event, a_member(event, "Олена"))
    one = actions.place(topic, **cell(event), by=facilitator)
    actions.place(topic, **cell(event, slot=3), by=facilitator)
    other = hung(event, a_member(event, "Anna"), slot=3, space=1)

    with pytest.raises(actions.ConvenerBusy) as refusal:
        swap(one, other, by=facilitator, anyway=True)

    assert refusal.value.facts["is_final"]


def test_a_busy_convener_is_told_once(event, facilitator):
    olena = a_member(event, "Олена")
    one, other = hung(event, olena), hung(event, a_member(event, "Anna"), slot=3)
    hung(event, olena, slot=3, space=1, title="Третя")

    with pytest.raises(actions.ConvenerBusy) as refusal:
        swap(one, other, by=facilitator)
    swap(one, other, by=facilitator, anyway=True)

    assert refusal.value.facts == {"other": "Третя"}


def test_one_convener_swaps_own_topics_of_one_time(event):
    olena = a_member(event, "Олена")
    one, other = hung(event, olena), hung(event, olena, space=1, title="Земля")

    swap(one, other, by=olena)

    assert (one.space.number, other.space.number) == (2, 1)


def test_three_change_the_same_two_topics_at_once_and_each_hangs_once(hall):
    with hall.app.test_request_context(), sqlite.writing():
        by = db.session.get_one(Member, hall.ids["facilitator"])
        actions.place(topic_numbered(hall.id, 2), **cell(by.event, slot=3, space=1), by=by, anyway=True)
        db.session.commit()
    together, outcomes = threading.Barrier(3), []

    def work(act) -> None:
        with hall.app.test_request_context():
            together.wait(10)
            with sqlite.writing():
                by = db.session.get_one(Member, hall.ids["facilitator"])
                try:
                    act(by, *(topic_numbered(hall.id, number).placements[0] for number in (1, 2)))
                    db.session.commit()
                    outcomes.append("done")
                except Problem as problem:
                    db.session.rollback()
                    outcomes.append(type(problem).__name__)

    acts = [
        lambda by, one, two: swap(one, two, by=by, anyway=True),
        lambda by, one, two: swap(two, one, by=by, anyway=True),
        lambda by, one, two: actions.move(two, **cell(by.event, slot=3, space=2), by=by, anyway=True),
    ]
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == ["done"] * 3
    with hall.app.app_context():
        rows = db.session.query(Placement).all()
        assert sorted(placement.topic.number for placement in rows) == [1, 2]
        assert len({placement.cell for placement in rows}) == 2


def test_the_wall_offers_a_swap_to_those_who_may_and_the_next_page_undoes_it(hall):
    hall.ask("participant").post(
        hall.url("topics"), data={"title": "Інша тема", "language": "uk", "cell": hall.cell(3, 1)}
    )
    wall = hall.url("topics/1/placement")
    pages = {
        who: hall.ask(who).get(wall, headers=ENGLISH).get_data(as_text=True) for who in ("facilitator", "convener")
    }

    fields = {"moving": hall.cell(2, 0), "swap": hall.cell(3, 1)}
    refused = hall.ask("convener").put(wall, data=fields)
    done = hall.ask("facilitator").put(wall, data=fields)

    assert ("data-swap" in pages["facilitator"], "data-swap" in pages["convener"]) == (True, False)
    assert "14:00, Велика зала: now here" in pages["convener"]
    assert "15:30, Бібліотека, taken: Інша тема" in pages["convener"]
    assert (refused.status_code, done.status_code) == (403, 303)
    page = html.fromstring(hall.ask("facilitator").get(done.location, headers=ENGLISH).get_data(as_text=True))
    (form,) = page.xpath("//*[contains(@class, 'toast')]//form[.//button[text()='Undo']]")
    assert hall.ask("facilitator").post(form.get("action"), data=dict(form.form_values())).status_code == 303
    with hall.app.app_context():
        assert topic_numbered(hall.id, 1).cells == [hall.cell(2, 0)]


def test_in_a_conflict_the_wall_stays_and_no_text_is_spoken_of_where_none_was_typed(hall):
    hall.ask("participant").post(
        hall.url("topics"), data={"title": "Інша тема", "language": "uk", "cell": hall.cell(3, 1)}
    )
    fields = {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)}

    moving = hall.ask("convener").put(hall.url("topics/1/placement"), data=fields, headers=ENGLISH)
    new = {"title": "Третя тема", "language": "uk", "cell": hall.cell(3, 1)}
    writing = hall.ask("convener").post(hall.url("topics"), data=new, headers=ENGLISH)
    linked = hall.ask("convener").get(hall.url(f"topics/new?cell={hall.cell(3, 1)}"), headers=ENGLISH)

    pages = [answer.get_data(as_text=True) for answer in (moving, writing, linked)]
    assert ["Your text is safe" in page for page in pages] == [False, True, False]
    assert ['class="mini"' in page for page in pages] == [True, True, True]
    for page in pages:
        tree = html.fromstring(page)
        offered = [
            label.get("for") for label in tree.xpath("//label[@class='pick']") if label.get("for") != "pick-market"
        ]
        assert len(offered) == 3
        assert [len(tree.xpath(f"//input[@id='{ident}']")) for ident in offered] == [1, 1, 1]
        assert len(tree.xpath("//input[@name='cell'][@checked]")) == 1
