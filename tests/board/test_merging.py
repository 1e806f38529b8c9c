"""Merging two topics by consent and splitting them: who may, what is kept, what is refused, and two at once."""

import threading
from itertools import count

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import delete, select

from openspace.access import actions as access, merging as people_merging, notices
from openspace.access.models import Member, Role
from openspace.board import actions, merging
from openspace.board.appointments import cancelled_in
from openspace.board.cells import topics_on_market
from openspace.board.lock_actions import lock_slot
from openspace.board.locks import Locked
from openspace.board.merge_models import MergeRequest, merges_waiting
from openspace.board.models import Interest, Topic, hidden_topics, marks_of, topic_numbered
from openspace.board.notices import TopicNotice
from openspace.clock import now
from openspace.events.models import Lock
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import last_step, steps_of
from openspace.store import sqlite
from openspace.web.errors import Invalid, NotAllowed, NotFound, Problem, Stale
from tests.factories import a_member, a_topic, an_event, cell, open_slots

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def people(event):
    names = {"olena": "Олена", "anna": "Anna", "jan": "Ján"}
    found = {who: a_member(event, name) for who, name in names.items()}
    return {**found, "facilitator": a_member(event, "Ірина", Role.FACILITATOR)}


@pytest.fixture
def topics(event, people):
    """Two topics on the board, of Olena and of Anna."""
    found = a_topic(event, people["olena"], "Вода"), a_topic(event, people["anna"], "Криниці")
    for space, topic in enumerate(found):
        actions.place(topic, **cell(event, space=space), by=topic.convener)
    return found


def told(member: Member) -> list[str]:
    with force_locale("en"):
        return [notice.words for notice in notices.waiting(member.id, member.event)]


def stands(event) -> list[object]:
    """All that a merge touches and a split brings back."""
    db.session.expire_all()
    topics = db.session.scalars(select(Topic).where(Topic.event_id == event.id).order_by(Topic.number))
    marks = db.session.execute(
        select(Interest.topic_id, Interest.member_id, Interest.kind).order_by(*Interest.__mapper__.primary_key)
    )
    return [[(t.title, t.text, t.convener_id, t.joint_id, sorted(t.cells)) for t in topics], marks.all()]


# asking and answering


def test_topics_are_merged_once_both_agree(event, people, topics):
    first, second = topics
    request = merging.ask(first, second, by=people["olena"])
    assert told(people["anna"]) == ["Олена would like to merge your topic “Криниці” into “Вода”. Do you agree?"]
    assert (told(people["olena"]), merges_waiting(event.id)) == ([], [request])
    freed = second.cells[0]

    merging.agree(event.id, request.id, by=people["anna"])

    assert (second.joint, second.merged_into, second.cells, second.former_cells) == (first, first, [], freed)
    assert (merges_waiting(event.id), told(people["anna"])) == ([], [])
    assert told(people["olena"]) == ["“Криниці” has been merged into “Вода” by Anna."]
    assert [topic for topic, _ in topics_on_market(event)] == []


def test_question_of_a_facilitator_needs_both(event, people, topics):
    first, second = topics
    request = merging.ask(first, second, by=people["facilitator"])
    assert len(told(people["olena"])) == len(told(people["anna"])) == 1

    merging.agree(event.id, request.id, by=people["anna"])
    assert (second.joint, told(people["anna"])) == (None, [])
    merging.agree(event.id, request.id, by=people["olena"])

    assert second.joint == first


def test_who_asked_as_a_facilitator_and_is_none_any_more_cannot_agree_for_others(event, people, topics):
    request = merging.ask(*topics, by=people["facilitator"])
    people["facilitator"].role = Role.PARTICIPANT

    with pytest.raises(NotAllowed):
        merging.agree(event.id, request.id, by=people["facilitator"])

    assert topics[1].joint is None


def test_question_ends_when_who_agreed_for_the_joint_topic_has_no_part_in_it_any_more(event, people, topics):
    first, second = topics
    part = a_topic(event, people["jan"], "Колодязі")
    merging.merge(first, part, by=people["facilitator"])
    assert merging.ask(first, second, by=people["jan"])

    merging.split(part, by=people["jan"])

    assert (merges_waiting(event.id), told(people["anna"])) == ([], [])


def test_own_topics_are_merged_at_once(event, people, topics):
    other = a_topic(event, people["olena"], "Дощ")

    assert merging.ask(topics[0], other, by=people["olena"]) is None
    assert other.joint == topics[0]


def test_facilitator_merges_without_waiting_and_both_are_told(event, people, topics):
    merging.merge(*topics, by=people["facilitator"])

    words = ["“Криниці” has been merged into “Вода” by Ірина."]
    assert (told(people["olena"]), told(people["anna"])) == (words, words)


def test_no_leaves_two_topics_and_is_told(event, people, topics):
    request = merging.ask(*topics, by=people["olena"])

    merging.decline(event.id, request.id, by=people["anna"])

    assert (topics[1].joint, merges_waiting(event.id)) == (None, [])
    assert told(people["olena"]) == ["“Криниці” stays a topic of its own: not everybody wanted to merge it."]
    assert told(people["anna"]) == []


def test_question_that_was_taken_back_cannot_be_agreed_to(event, people, topics):
    request = merging.ask(*topics, by=people["olena"])
    merging.decline(event.id, request.id, by=people["olena"])

    with pytest.raises(NotFound) as refused, force_locale("en"):
        merging.agree(event.id, request.id, by=people["anna"])

    with force_locale("en"):
        assert str(refused.value).startswith("This question is no longer open")
    assert (topics[1].joint, told(people["anna"]), people["anna"].notices_at) == (None, [], None)


@pytest.mark.parametrize("which", [0, 1])
def test_question_ends_when_a_topic_is_withdrawn(event, people, topics, which):
    request = merging.ask(*topics, by=people["olena"])
    asked = request.id

    actions.withdraw(topics[which], by=people["facilitator"])

    assert merges_waiting(event.id) == []
    with pytest.raises(NotFound):
        merging.agree(event.id, asked, by=people["anna"])
    assert not any("Do you agree?" in words for words in told(people["anna"]))


def test_one_question_for_two_topics(event, people, topics):
    merging.ask(*topics, by=people["olena"])

    for pair in (topics, topics[::-1]):
        with pytest.raises(merging.AlreadyAsked):
            merging.ask(*pair, by=people["anna"])


def refusals(event, people, topics):
    olena, jan, facilitator = people["olena"], people["jan"], people["facilitator"]
    first, second = topics
    third = a_topic(event, jan, "Третя")
    withdrawn = a_topic(event, jan, "Знята")
    actions.withdraw(withdrawn, by=jan)
    return {
        "who convenes neither": (lambda: merging.ask(first, second, by=jan), NotAllowed),
        "a convener without asking": (lambda: merging.merge(first, second, by=olena), NotAllowed),
        "with itself": (lambda: merging.ask(first, first, by=olena), Invalid),
        "a withdrawn one": (lambda: merging.merge(first, withdrawn, by=facilitator), actions.Withdrawn),
        "a merged one": (
            lambda: [merging.merge(third, second, by=facilitator), merging.merge(first, second, by=facilitator)],
            actions.Merged,
        ),
        "in a locked slot": (
            lambda: [
                lock_slot(open_slots(event)[2], Lock.NOBODY, by=facilitator),
                merging.merge(first, second, by=facilitator),
            ],
            Locked,
        ),
        "an answer of a stranger": (
            lambda: merging.agree(event.id, merging.ask(first, second, by=olena).id, by=jan),
            NotFound,
        ),
        "a split by a stranger": (
            lambda: [merging.merge(first, second, by=facilitator), merging.split(second, by=jan)],
            NotAllowed,
        ),
        "a split of what is not merged": (lambda: merging.split(second, by=facilitator), Stale),
        "a split of what is hidden": (
            lambda: [
                merging.merge(first, second, by=facilitator),
                actions.withdraw(first, by=facilitator),
                merging.split(second, by=people["anna"]),
            ],
            actions.Withdrawn,
        ),
    }


@pytest.mark.parametrize("which", range(10))
def test_refusals(event, people, topics, which):
    deed, problem = list(refusals(event, people, topics).values())[which]

    with pytest.raises(problem):
        deed()


# the joint topic


def test_both_conveners_may_edit_and_move_the_joint_topic(event, people, topics):
    first, second = topics
    merging.merge(first, second, by=people["facilitator"])

    actions.edit(first, title="Вода й криниці", text="", language="uk", by=people["anna"])
    actions.move(first.placements[0], **cell(event, 3, 2), by=people["anna"])

    assert (first.title, second.title) == ("Вода й криниці", "Криниці")
    for deed in (
        lambda: actions.edit(second, title="Інша", text="", language="uk", by=people["anna"]),
        lambda: actions.place(second, **cell(event, 3, 1), by=people["anna"]),
        lambda: actions.withdraw(second, by=people["anna"]),
    ):
        with pytest.raises(actions.Merged):
            deed()


def test_both_conveners_are_told_what_becomes_of_the_joint_topic(event, people, topics):
    first, second = topics
    merging.merge(first, second, by=people["facilitator"])
    db.session.execute(delete(TopicNotice))

    actions.move(first.placements[0], **cell(event, slot=1), by=people["facilitator"])

    words = told(people["olena"])
    assert words == told(people["anna"])
    assert words[0].startswith("“Вода” has moved")


def test_conveners_of_what_was_merged_before_are_told_too(event, people, topics):
    part = a_topic(event, people["jan"], "Колодязі")
    merging.merge(topics[1], part, by=people["facilitator"])
    db.session.execute(delete(TopicNotice))

    merging.merge(*topics, by=people["facilitator"])

    assert told(people["jan"]) == ["“Криниці” has been merged into “Вода” by Ірина."]


def test_both_conveners_are_busy_where_the_joint_topic_hangs(event, people, topics):
    merging.merge(*topics, by=people["facilitator"])

    with pytest.raises(actions.ConvenerBusy):
        actions.place(a_topic(event, people["anna"], "Ще одна"), **cell(event, space=2), by=people["anna"])


def test_interest_is_joined_and_the_stronger_mark_counts(event, people, topics):
    first, second = topics
    marks = {"jan": ("look", "go"), "facilitator": ("go", "look"), "anna": ("", "look")}
    for who, kinds in marks.items():
        for topic, kind in zip(topics, kinds, strict=True):
            if kind:
                actions.mark(event.id, topic.number, kind=kind, by=people[who])

    merging.merge(first, second, by=people["facilitator"])

    found = dict(
        db.session.execute(select(Interest.member_id, Interest.kind).where(Interest.topic_id == first.id)).all()
    )
    assert found == {people["jan"].id: "go", people["facilitator"].id: "go", people["anna"].id: "look"}


def test_mark_on_a_merged_topic_is_one_on_the_joint_one(event, people, topics):
    first, second = topics
    merging.merge(first, second, by=people["facilitator"])

    actions.mark(event.id, second.number, kind="go", by=people["jan"])

    assert marks_of(people["jan"].id) == {first.number: "go"}


def test_what_is_said_of_the_joint_topic_takes_the_place_of_former_marks(event, people, topics):
    first, second = topics
    actions.mark(event.id, second.number, kind="go", by=people["jan"])
    merging.merge(first, second, by=people["facilitator"])

    actions.unmark(event.id, first.number, by=people["jan"])
    assert first.number not in marks_of(people["jan"].id)
    merging.split(second, by=people["anna"])

    assert marks_of(people["jan"].id) == {second.number: "go"}


def test_weaker_mark_on_the_joint_topic_stays_when_more_is_merged(event, people, topics):
    first, second = topics
    actions.mark(event.id, second.number, kind="go", by=people["jan"])
    merging.merge(first, second, by=people["facilitator"])
    actions.mark(event.id, first.number, kind="look", by=people["jan"])

    merging.merge(first, a_topic(event, people["olena"], "Дощ"), by=people["facilitator"])

    assert marks_of(people["jan"].id)[first.number] == "look"


def test_calendar_says_that_the_merged_one_is_cancelled(event, people, topics):
    first, second = topics
    uid = second.placements[0].uid

    merging.merge(first, second, by=people["facilitator"])
    assert [each.uid for each in cancelled_in(Topic.joint_id == first.id)] == [uid]
    merging.split(second, by=people["facilitator"])

    assert (cancelled_in(Topic.id == second.id), second.placements[0].uid) == ([], uid)


@pytest.mark.parametrize(("who", "steps"), [("facilitator", 1), ("organiser", 0)])
def test_agreeing_is_a_step_for_facilitators_and_not_for_conveners(hall, who, steps):
    with hall.app.test_request_context(), sqlite.writing():
        first, second = (topic_numbered(hall.id, number) for number in (1, 2))
        second.convener_id = hall.ids["organiser" if who == "organiser" else "participant"]
        db.session.flush()
        db.session.expire(second)
        asked = merging.ask(first, second, by=first.convener).id
        db.session.commit()

    assert hall.ask(who).put(hall.url(f"merges/{asked}")).status_code == 303

    with hall.app.test_request_context():
        assert topic_numbered(hall.id, 2).joint.number == 1
        assert len(steps_of(hall.id)) == steps


def test_split_finds_the_market_where_the_cell_was_taken(event, people, topics):
    first, second = topics
    merging.merge(first, second, by=people["facilitator"])
    actions.place(a_topic(event, people["jan"], "Нова"), **cell(event, space=1), by=people["jan"])

    merging.split(second, by=people["anna"])

    assert (second.joint, second.placements) == (None, [])
    assert second in [topic for topic, _ in topics_on_market(event)]
    assert told(people["olena"])[-1] == "“Криниці” is a topic of its own again, on the market."


def test_chain_shows_one_topic_and_comes_apart_in_any_order(event, people, topics):
    first, second = topics
    third = a_topic(event, people["jan"], "Третя")
    merging.merge(second, first, by=people["facilitator"])
    merging.merge(third, second, by=people["facilitator"])
    db.session.expire_all()
    assert ({first.joint, second.joint}, set(third.conveners)) == (
        {third},
        {people["jan"], people["anna"], people["olena"]},
    )

    merging.split(first, by=people["olena"])

    db.session.expire_all()
    assert (first.joint, second.joint, first.cells != []) == (None, third, True)


# leaving, and two members who are one person


def test_leaving_splits_and_leaves_the_other_topic_as_it_was(event, people, topics):
    first, second = topics
    merging.merge(first, second, by=people["facilitator"])

    access.leave(people["olena"])

    db.session.expire_all()
    assert (first.withdrawn_at is None, second.joint, second.withdrawn_at, len(second.cells)) == (False, None, None, 1)


def test_leaving_of_a_hidden_joint_topic_brings_nothing_back(event, people, topics):
    first, second = topics
    merging.merge(first, second, by=people["facilitator"])
    actions.withdraw(first, by=people["facilitator"], why="Реклама")

    access.leave(people["olena"])

    db.session.expire_all()
    assert (second.joint, second.withdrawn_why, second.cells) == (None, "Реклама", [])


def test_members_who_are_one_person_keep_the_joint_topic(event, people, topics):
    first, second = topics
    for who, kind in (("jan", "look"), ("anna", "go")):
        actions.mark(event.id, second.number, kind=kind, by=people[who])
    merging.merge(first, second, by=people["facilitator"])

    people_merging.merge(people["jan"], people["anna"])

    db.session.expire_all()
    assert (second.joint, second.convener, set(first.conveners)) == (
        first,
        people["jan"],
        {people["jan"], people["olena"]},
    )
    assert marks_of(people["jan"].id) == {first.number: "go", second.number: "go"}


# hiding


def test_hidden_topics_are_those_that_others_took_down(event, people, topics):
    actions.withdraw(topics[0], by=people["facilitator"], why="Реклама")
    actions.withdraw(topics[1], by=people["anna"])

    assert hidden_topics(event.id) == [topics[0]]
    assert told(people["olena"]) == ["“Вода” has been taken down by Ірина: Реклама"]


def test_joint_topic_that_a_convener_withdrew_is_not_hidden(event, people, topics):
    merging.merge(*topics, by=people["facilitator"])

    actions.withdraw(topics[0], by=people["anna"])

    assert hidden_topics(event.id) == []
    actions.restore(topics[0], by=people["olena"])


# undo


def test_undone_merge_is_split_and_undone_split_is_merged(event, people, topics):
    by, (first, second) = people["facilitator"], topics
    actions.mark(event.id, second.number, kind="go", by=people["jan"])
    apart = stands(event)
    with journal.step(event.id, "board.merge", by=by, title="", joint=""):
        merging.merge(first, second, by=by)
    together = stands(event)

    journal.undo(last_step(event.id, by.id, undone=False), by=by)
    assert stands(event) == apart
    journal.redo(last_step(event.id, by.id, undone=True), by=by)
    assert stands(event) == together
    with journal.step(event.id, "board.split", by=by, title=""):
        merging.split(second, by=by)
    assert stands(event) == apart
    journal.undo(last_step(event.id, by.id, undone=False), by=by)
    assert stands(event) == together


def test_undone_merge_is_told_to_both_conveners(event, people, topics):
    by = people["facilitator"]
    actions.unplace(topics[1].placements[0], by=people["anna"])
    with journal.step(event.id, "board.merge", by=by, title="", joint=""):
        merging.merge(*topics, by=by)
    for who in ("olena", "anna"):
        notices.read(people[who], shown=now())

    journal.undo(last_step(event.id, by.id, undone=False), by=by)

    words = ["“Криниці” is a topic of its own again, on the market."]
    assert (told(people["olena"]), told(people["anna"])) == (words, words)


def test_question_waits_until_it_is_answered_whatever_was_understood(event, people, topics):
    merging.ask(*topics, by=people["olena"])
    asked = told(people["anna"])

    notices.read(people["anna"], shown=now())

    assert people["anna"].notices_at is not None
    assert told(people["anna"]) == asked


def test_split_is_not_undone_into_a_topic_that_is_gone(event, people, topics):
    by, (first, second) = people["facilitator"], topics
    merging.merge(first, second, by=by)
    with journal.step(event.id, "board.split", by=by, title=""):
        merging.split(second, by=by)
    actions.withdraw(first, by=by)

    with pytest.raises(journal.NoLongerFits):
        journal.undo(last_step(event.id, by.id, undone=False), by=by)


# whatever is done in whatever order

numbers = st.integers(0, 4)
taps = st.tuples(st.just("tap"), numbers, numbers, st.sampled_from(["go", "look", ""]))
joins = st.tuples(st.sampled_from(["merge", "split"]), numbers, numbers, st.just(""))
UNTIL = 60


class Model:
    """What marks are to be: each member's own on each topic, and what of them counts for the topic merged into."""

    def __init__(self) -> None:
        self.own: dict[tuple[int, int], str] = {}
        self.silent: set[tuple[int, int]] = set()
        self.into: dict[int, int] = {}

    def kind(self, topic: int, member: int) -> str:
        parts = [part for part, into in self.into.items() if into == topic and (part, member) not in self.silent]
        kinds = [self.own.get((topic, member), ""), *(self.kind(part, member) for part in parts)]
        return min(filter(None, kinds), default="")

    def tap(self, topic: int, member: int, kind: str) -> None:
        while topic in self.into:
            topic = self.into[topic]
        self.own[topic, member] = kind
        self.silent |= {(part, member) for part, into in self.into.items() if into == topic}

    def merge(self, first: int, second: int) -> None:
        self.into[second] = first
        self.silent = {pair for pair in self.silent if pair[0] != second}


@given(acts=st.lists(st.one_of(taps, joins), max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_sequence_of_merges_splits_and_taps(app, acts):
    with app.test_request_context(), sqlite.writing():
        event = an_event(f"Event {next(events)}")
        by = a_member(event, "Ірина", Role.FACILITATOR)
        members = [a_member(event, f"Людина {n}") for n in range(5)]
        topics = [a_topic(event, members[n], f"Тема {n}") for n in range(5)]
        for n, topic in enumerate(topics):
            if n < 3:
                actions.place(topic, **cell(event, slot=2, space=n), by=by)
        before = stands(event)[0]
        model = Model()
        for act, one, two, kind in acts:
            topic, other, member = topics[one], topics[two], members[two]
            try:
                if act == "merge":
                    merging.merge(topic, other, by=by)
                    model.merge(one, two)
                elif act == "split":
                    merging.split(topic, by=by)
                    del model.into[one]
                elif kind:
                    actions.mark(event.id, topic.number, kind=kind, by=member)
                    model.tap(one, two, kind)
                else:
                    actions.unmark(event.id, topic.number, by=member)
                    model.tap(one, two, "")
            except Problem:
                pass
            check(topics, members, model)
        for one in list(model.into):
            merging.split(topics[one], by=by)
            del model.into[one]
            check(topics, members, model)
        assert stands(event)[0] == before
        db.session.rollback()


events = count(1)


def check(topics, members, model) -> None:
    rows = db.session.execute(select(Interest.topic_id, Interest.member_id, Interest.kind))
    found = {(topic, member): kind for topic, member, kind in rows}
    expected = {
        (topic.id, member.id): kind
        for one, topic in enumerate(topics)
        for two, member in enumerate(members)
        if (kind := model.kind(one, two))
    }
    ours = {topic.id for topic in topics}
    assert {pair: kind for pair, kind in found.items() if pair[0] in ours} == expected
    for one, topic in enumerate(topics):
        root = one
        while root in model.into:
            root = model.into[root]
        assert topic.joint_id == (topics[root].id if root != one else None)


# pages


def asked(hall, second: str = "organiser") -> tuple[int, int]:
    """A facilitator asks whether a third topic, of this person, shall be merged into the first; returns the ids."""
    with hall.app.test_request_context(), sqlite.writing():
        by = db.session.get_one(Member, hall.ids["facilitator"])
        third = a_topic(by.event, db.session.get_one(Member, hall.ids[second]), "Криниці")
        request = merging.ask(topic_numbered(hall.id, 1), third, by=by)
        db.session.commit()
        return request.id, third.number


def at_once(*deeds) -> list[int]:
    """The statuses of what people do at the same moment."""
    together, found = threading.Barrier(len(deeds)), []

    def do(deed) -> None:
        together.wait(10)
        found.append(deed().status_code)

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_both_conveners_find_it_on_their_day_as_their_own(hall):
    request_id, _ = asked(hall, "participant")
    hall.ask("facilitator").put(hall.url(f"facilitator/merges/{request_id}"))

    for who in ("convener", "participant"):
        assert "my topic" in hall.ask(who).get(hall.url("me/day"), headers=ENGLISH).get_data(as_text=True)


def test_two_agree_at_once_and_the_topics_are_one(hall):
    request_id, number = asked(hall, "participant")
    answer = hall.url(f"merges/{request_id}")
    hall.ask("convener"), hall.ask("participant")

    found = at_once(*(lambda who=who: hall.ask(who).put(answer) for who in ("convener", "participant")))

    assert found == [303, 303]
    with hall.app.test_request_context():
        assert topic_numbered(hall.id, number).joint.number == 1
        assert db.session.query(MergeRequest).count() == 0


def test_of_yes_and_taking_back_at_once_one_counts(hall):
    request_id, _ = asked(hall, "convener")
    answer = hall.url(f"merges/{request_id}")
    hall.ask("convener"), hall.ask("facilitator")

    found = at_once(lambda: hall.ask("convener").put(answer), lambda: hall.ask("facilitator").delete(answer))

    assert found == [303, 404]


def test_address_of_a_merged_topic_leads_to_the_joint_one(hall):
    request_id, number = asked(hall)
    hall.ask("facilitator").put(hall.url(f"merges/{request_id}"))

    page = hall.ask("participant").get(hall.url(f"topics/{number}"))
    calendar = hall.ask("participant").get(hall.url(f"topics/{number}/calendar.ics")).get_data(as_text=True)
    joint = hall.ask("participant").get(hall.url("topics/1"), headers=ENGLISH).get_data(as_text=True)

    assert (page.status_code, page.location) == (302, hall.url("topics/1"))
    assert hall.url("topics/1") in calendar
    assert "Merged with “Криниці”, Команда" in " ".join(joint.split())
    assert hall.ask("participant").put(hall.url(f"topics/{number}/interest"), data={"kind": "go"}).status_code == 303


def test_edits_sent_to_a_merged_topic_are_refused_with_what_was_typed(hall):
    request_id, number = asked(hall)
    hall.ask("facilitator").put(hall.url(f"merges/{request_id}"))
    fields = {"title": "Нова назва", "text": "Довгий текст", "language": "uk"}

    answer = hall.ask("organiser").put(hall.url(f"topics/{number}"), data=fields, headers=ENGLISH)

    assert answer.status_code == 409
    assert "Довгий текст" in answer.get_data(as_text=True)
    assert "has been merged into" in answer.get_data(as_text=True)


def test_convener_answers_on_the_topics_page(hall):
    request_id, _ = asked(hall)

    page = hall.ask("convener").get(hall.url("topics/1"), headers=ENGLISH).get_data(as_text=True)

    assert "would like to merge “Криниці” into" in page
    assert hall.url(f"merges/{request_id}") in page
    assert "would like to merge" not in hall.ask("participant").get(hall.url("topics/1")).get_data(as_text=True)


def test_hidden_topic_tells_its_convener_why_and_others_nothing(hall):
    hall.ask("facilitator").put(hall.url("topics/1/withdrawal"), data={"why": "Реклама"})

    found = {
        who: hall.ask(who).get(hall.url("topics/1"), headers=ENGLISH)
        for who in ("convener", "participant", "facilitator")
    }

    assert {who: answer.status_code for who, answer in found.items()} == {
        "convener": 200,
        "participant": 404,
        "facilitator": 200,
    }
    assert "Реклама" in found["convener"].get_data(as_text=True)
