"""The evening news: what they tell, of which sessions, and the round through a day."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access.models import Role
from openspace.board import actions as board, merging
from openspace.board.models import Topic
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.news import actions
from openspace.news.models import NEWS, Round, round_now
from openspace.news.sessions import day_of, standing, told
from openspace.notes import actions as notes, attendance_actions as attendance, step_actions as steps
from openspace.notes.rules import Part
from openspace.web.errors import NotAllowed
from tests.conftest import MOMENT
from tests.factories import DAY, a_member, a_topic, an_event, cell

ENOUGH = "Спочатку бюджет, тоді слова. Ми двічі переписали мету, бо кошторис виявився про **інше**."


@pytest.fixture
def event(inside) -> Event:
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


@pytest.fixture
def convener(event):
    """Somebody who may hang topics into times that are over."""
    return a_member(event, "Оксана", Role.FACILITATOR)


def hung(event: Event, by, title: str, slot: int = 0, space: int = 0) -> Topic:
    topic = a_topic(event, by, title)
    board.place(topic, **cell(event, slot=slot, space=space), by=by, anyway=True)
    return topic


def write(topic: Topic, text: str = ENOUGH, key: str = "p1", version: str = "v1", **more) -> None:
    notes.save(topic, key=key, text=text, version=version, by=topic.convener, **more)
    db.session.flush()


def states(event: Event) -> dict[str, str]:
    return {each.topic.title: each.state for each in day_of(event, DAY).sessions}


def reports(event: Event) -> list[str]:
    return [each.topic.title for each in day_of(event, DAY).reports]


def test_sessions_are_written_begun_or_missing(event, convener):
    hung(event, convener, "Перша")
    write(hung(event, convener, "Друга", 1))
    write(hung(event, convener, "Третя", 3), "Двері.")

    assert states(event) == {"Перша": "", "Друга": "full", "Третя": "some"}
    day = day_of(event, DAY)
    assert (day.written, [each.topic.title for each in day.missing]) == (1, ["Перша", "Третя"])


def test_the_newest_comes_first_and_stays_where_it_is_when_written_on(event, convener):
    first, second = hung(event, convener, "Перша"), hung(event, convener, "Друга", 1)
    write(first)
    clock.held = MOMENT + timedelta(minutes=1)
    write(second)
    clock.held = MOMENT + timedelta(minutes=2)
    write(first, f"{ENOUGH} Далі.", version="v2", bases=["v1"])

    assert reports(event) == ["Друга", "Перша"]


def test_what_is_deleted_again_is_missing_again(event, convener):
    topic = hung(event, convener, "Перша")
    write(topic)
    write(topic, "", version="v2", bases=["v1"])

    assert (reports(event), states(event)) == ([], {"Перша": ""})


def test_what_is_told_is_plain_with_steps_and_a_number_of_people(event, convener, facilitator):
    topic = hung(event, convener, "Перша", 1)
    write(topic, "Порада.", key="p0", part=Part.ADVICE)
    write(topic)
    steps.add(topic, key="s", what="Спільна тека", who=facilitator, due_on=DAY, by=convener)
    for member in (convener, facilitator):
        attendance.come(topic, by=member)

    found = told(day_of(event, DAY).reports)[topic.id]

    assert found.said == ENOUGH.replace("**", "")
    assert (found.people, [(each.what, each.name) for each in found.steps]) == (2, [("Спільна тека", "Ірина")])


def test_a_next_step_alone_is_a_report_without_words(event, convener):
    topic = hung(event, convener, "Перша")
    steps.add(topic, key="s", what="Спільна тека", who=None, due_on=None, by=convener)

    assert told(day_of(event, DAY).reports)[topic.id].said == ""


def test_a_repeated_topic_counts_once_and_has_lines_in_both_cells(event, convener):
    topic = hung(event, convener, "Перша")
    board.place(topic, **cell(event, slot=1, space=1), by=convener, anyway=True)
    write(topic)

    (session,) = day_of(event, DAY).sessions
    assert (session.state, len(session.placements)) == ("full", 2)


def test_programme_items_are_not_counted(event, convener):
    topic = hung(event, convener, "Тренінг")
    topic.is_programme = True
    db.session.flush()

    day = day_of(event, DAY)
    assert (day.sessions, [each.topic.title for each in day.all_sessions]) == ([], ["Тренінг"])


def test_a_merged_topic_is_told_within_the_joint_one(event, convener):
    first, second = hung(event, convener, "Перша"), hung(event, convener, "Друга", 1)
    write(first, ENOUGH[:50])
    write(second, ENOUGH[:50])
    assert states(event) == {"Перша": "some", "Друга": "some"}

    merging.merge(second, first, by=convener)
    db.session.flush()

    (joint,) = day_of(event, DAY).sessions
    assert (joint.state, len(joint.ids)) == ("full", 2)
    assert told([joint])[joint.topic.id].said == ENOUGH[:50]


def test_withdrawn_topics_are_gone(event, convener):
    topic = hung(event, convener, "Перша")
    write(topic)
    board.withdraw(topic, by=convener)
    db.session.flush()

    assert day_of(event, DAY).all_sessions == []


def test_a_day_is_read_with_the_same_queries_however_full_it_is(event, convener, counting):
    write(hung(event, convener, "Перша"))

    def read() -> None:
        db.session.expire_all()
        told(day_of(db.session.get(Event, event.id), DAY).reports)

    few = counting(read)
    for number, slot in enumerate((1, 2, 3)):
        for space in range(3):
            write(hung(event, a_member(event, role=Role.FACILITATOR), f"Тема {number} {space}", slot, space))
    assert counting(read) == few


def test_a_moved_topic_redraws_its_day_alone_and_there_only_what_is_its_own(event, convener):
    written, moved = hung(event, convener, "Двері"), hung(event, convener, "Вода", space=1)
    write(written)
    log.write()
    stand = log.revision(event.id, NEWS)
    board.move(moved.placements[0], **cell(event, slot=3, space=2), by=convener)
    log.write()
    names = log.subjects_since(event.id, NEWS, stand).names

    patches = dict(draw(event.id, NEWS, list(names), View("uk", "members")))

    drawn = {ident for ident, html in patches.items() if html and not ident.endswith(("spotlight", "steering"))}
    freed, filled = (f"mini-{cell(event, slot=s, space=x)['slot'].id}" for s, x in ((0, 1), (3, 2)))
    assert {ident.rpartition("-")[0] for ident in drawn if ident.startswith("mini")} == {freed, filled}
    rest = {ident for ident in drawn if not ident.startswith("mini")}
    assert rest == {f"missing-{DAY}-{moved.number}", f"news-count-{DAY}"}


@pytest.fixture
def counting():
    from sqlalchemy import event as listening

    def count(work) -> int:
        found: list[str] = []

        def note(conn, cursor, statement, *rest):
            found.append(statement)

        listening.listen(db.engine, "before_cursor_execute", note)
        try:
            work()
        finally:
            listening.remove(db.engine, "before_cursor_execute", note)
        return len(found)

    return count


# The round.


@pytest.fixture
def three(event, convener) -> list[Topic]:
    return [hung(event, convener, title, slot) for title, slot in (("Перша", 0), ("Друга", 1), ("Третя", 3))]


def at(event: Event) -> tuple[str | None, str | None, str | None]:
    """The titles of the session at which the round is, of the one before and of the one after."""
    found = round_now(event)
    stands = standing(day_of(event, found.day), found)
    return tuple(each.topic.title if each else None for each in (stands.session, stands.back, stands.next))


def test_a_round_goes_from_session_to_session(event, three, facilitator):
    actions.go_to(event, three[0], day=DAY, by=facilitator)
    assert at(event) == ("Перша", None, "Друга")

    actions.go_to(event, three[1], day=DAY, by=facilitator)
    assert at(event) == ("Друга", "Перша", "Третя")

    actions.stop(event, by=facilitator)
    assert round_now(event) is None
    actions.stop(event, by=facilitator)


def test_two_who_go_on_at_once_go_on_by_one(event, three, facilitator):
    for _ in range(2):
        actions.go_to(event, three[1], day=DAY, by=facilitator)

    assert at(event)[0] == "Друга"


def test_a_round_ends_with_its_phase_and_goes_on_if_that_is_undone(event, three, facilitator):
    event.phase = "news"
    actions.go_to(event, three[0], day=DAY, by=facilitator)
    event.phase = "closing"
    assert round_now(event) is None

    event.phase = "news"
    assert at(event)[0] == "Перша"


def test_after_a_withdrawn_session_comes_the_next(event, three, facilitator, convener):
    actions.go_to(event, three[1], day=DAY, by=facilitator)
    board.withdraw(three[1], by=convener)
    db.session.flush()

    assert at(event) == (None, "Перша", "Третя")

    board.withdraw(three[2], by=convener)
    db.session.flush()
    assert at(event) == (None, "Перша", None)


def test_a_round_follows_a_merged_topic(event, three, facilitator, convener):
    actions.go_to(event, three[1], day=DAY, by=facilitator)
    merging.merge(three[1], three[2], by=convener)
    db.session.flush()
    db.session.expire_all()

    assert at(event)[0] in {"Друга", "Третя"}


def test_a_round_refuses_what_does_not_hang_on_the_day(event, three, facilitator, convener):
    loose = a_topic(event, convener, "На базарі")
    with pytest.raises(actions.NotOnThatDay):
        actions.go_to(event, loose, day=DAY, by=facilitator)
    with pytest.raises(actions.NotOnThatDay):
        actions.go_to(event, three[0], day=DAY + timedelta(days=1), by=facilitator)

    assert db.session.get(Round, event.id) is None


def test_participants_steer_no_round(event, three):
    guest = a_member(event)
    with pytest.raises(NotAllowed):
        actions.go_to(event, three[0], day=DAY, by=guest)
    with pytest.raises(NotAllowed):
        actions.stop(event, by=guest)
