"""Commitments: proposing, asking, answering, and what becomes of them when people are silent or leave."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions as access, notices
from openspace.access.merging import merge
from openspace.access.models import Role
from openspace.clock import now
from openspace.commitments import actions
from openspace.commitments.actions import CommitmentChanged, Over, Plan, TooManyCommitments, TooManyOfOne, TooManyPeople
from openspace.commitments.asking import askable
from openspace.commitments.models import COMMITMENTS, Commitment, counts
from openspace.commitments.rules import MOST, MOST_EACH, MOST_PEOPLE, PATIENCE, State, Word
from openspace.extensions import db
from openspace.live import log
from openspace.notes import step_actions as steps
from openspace.web.errors import Invalid, NotAllowed
from tests.factories import a_card, a_member, a_topic, an_event


@pytest.fixture
def people(inside):
    event = an_event()
    return [a_member(event, name) for name in ("Оксана", "Олена", "Anna", "Дмитро")]


def promised(people, *, helper=None, **more) -> Commitment:
    return actions.propose(
        people[0].event, Plan("Аудит входу", "Надіслати список"), by=people[0], helper=helper, **more
    )


def test_what_one_takes_on_oneself_is_accepted_at_once(people):
    assert promised(people).state == State.ACCEPTED


def test_it_waits_until_everybody_has_said_yes(people):
    commitment = promised(people, helper=people[1])
    actions.ask(commitment, people[2], by=people[0])
    states = [commitment.state]
    for each in people[1:3]:
        actions.answer(commitment, accepts=True, by=each)
        states.append(commitment.state)

    assert states == [State.PROPOSED, State.PROPOSED, State.ACCEPTED]
    assert commitment.helpers == people[1:3]


def test_a_no_is_waited_for_no_longer(people):
    commitment = promised(people, helper=people[1])

    actions.answer(commitment, accepts=False, by=people[1])

    assert (commitment.state, commitment.helpers, commitment.awaited) == (State.ACCEPTED, [], [])


def test_an_owner_is_asked_too(people):
    commitment = promised(people, owner=people[1])
    assert (commitment.state, commitment.awaited) == (State.PROPOSED, [people[1]])

    actions.answer(commitment, accepts=False, by=people[1])

    assert (commitment.state, commitment.owner) == (State.PROPOSED, None)
    actions.take_on(commitment, by=people[2])
    assert (commitment.state, commitment.owner) == (State.ACCEPTED, people[2])


def test_take_on_refuses_what_has_an_owner(people):
    with pytest.raises(CommitmentChanged):
        actions.take_on(promised(people), by=people[1])


def test_who_is_asked_and_who_asked_are_told(people):
    commitment = promised(people, helper=people[1])
    asked = [notice.words for notice in notices.waiting(people[1].id, people[1].event)]
    actions.answer(commitment, accepts=True, by=people[1])

    assert asked == ["Оксана просить вас допомогти: «Аудит входу»"]
    assert notices.waiting(people[1].id, people[1].event) == []
    told = notices.waiting(people[0].id, people[0].event)
    assert [notice.words for notice in told] == ["Олена допоможе: «Аудит входу»."]
    db.session.refresh(people[0])
    notices.read(people[0], shown=people[0].notices_at)
    assert notices.waiting(people[0].id, people[0].event) == []


def test_a_question_waits_until_it_is_answered(people):
    promised(people, helper=people[1])
    db.session.refresh(people[1])

    notices.read(people[1], shown=people[1].notices_at)

    assert len(notices.waiting(people[1].id, people[1].event)) == 1


def test_a_helper_who_never_answers_is_not_waited_for_for_ever(people):
    moment = now()
    commitment = promised(people, helper=people[1])
    found = []
    for after in (PATIENCE - timedelta(hours=1), PATIENCE):
        with clock.frozen_at(moment + after):
            actions.lapse_due()
        found.append((commitment.state, commitment.word_of(people[1].id)))

    assert found == [(State.PROPOSED, Word.ASKED), (State.ACCEPTED, Word.SILENT)]
    assert notices.waiting(people[1].id, people[1].event) == []
    actions.answer(commitment, accepts=True, by=people[1])
    assert commitment.helpers == [people[1]]


def test_an_owner_who_never_answers_is_not_waited_for_for_ever(people):
    moment = now()
    commitment = promised(people, owner=people[1])

    with clock.frozen_at(moment + PATIENCE):
        actions.lapse_due()

    assert (commitment.owner, commitment.state) == (None, State.PROPOSED)


def test_a_question_from_a_clock_that_was_ahead_waits_from_when_that_is_noticed(people):
    moment = now()
    with clock.frozen_at(moment + timedelta(days=400)):
        commitment = promised(people, helper=people[1])
    actions.lapse_due()
    words = []
    for after in (PATIENCE - timedelta(hours=1), PATIENCE + timedelta(hours=1)):
        with clock.frozen_at(moment + after):
            actions.lapse_due()
            words.append(commitment.word_of(people[1].id))

    assert words == [Word.ASKED, Word.SILENT]


@pytest.mark.parametrize("state", [State.DOING, State.DONE])
def test_those_who_promised_say_how_far_it_is(people, state):
    commitment = promised(people, helper=people[1])
    actions.answer(commitment, accepts=True, by=people[1])

    actions.move(commitment, state, by=people[1])

    assert (commitment.state, commitment.ended_at is not None) == (state, state == State.DONE)


def test_letting_go_needs_a_sentence(people):
    commitment = promised(people)
    with pytest.raises(Invalid):
        actions.move(commitment, State.LET_GO, by=people[0])

    actions.move(commitment, State.LET_GO, why="Немає грошей", by=people[0])

    assert (commitment.state, commitment.why) == (State.LET_GO, "Немає грошей")
    actions.move(commitment, State.DOING, by=people[0])
    assert (commitment.state, commitment.why, commitment.ended_at) == (State.DOING, "", None)


def test_move_refuses_others_and_made_up_states(people):
    commitment = promised(people, helper=people[1])
    for by in people[1:3]:
        with pytest.raises(NotAllowed):
            actions.move(commitment, State.DONE, by=by)
    with pytest.raises(Invalid):
        actions.move(commitment, State.PROPOSED, by=people[0])


def test_a_facilitator_may_do_what_the_owner_may(people):
    commitment, facilitator = promised(people), a_member(people[0].event, "Ірина", Role.FACILITATOR)

    actions.change(commitment, Plan("Інше"), revision=commitment.revision, by=facilitator)
    actions.ask(commitment, people[3], by=facilitator)
    actions.move(commitment, State.DONE, by=facilitator)

    assert (commitment.what, commitment.state) == ("Інше", State.DONE)


def test_change_refuses_others_and_what_was_changed_meanwhile(people):
    commitment = promised(people)
    with pytest.raises(NotAllowed):
        actions.change(commitment, Plan("Інше"), revision=commitment.revision, by=people[1])
    with pytest.raises(CommitmentChanged):
        actions.change(commitment, Plan("Інше"), revision=commitment.revision - 1, by=people[0])


def test_nobody_is_asked_about_what_is_over(people):
    commitment = promised(people)
    actions.move(commitment, State.DONE, by=people[0])
    for work in (
        lambda: actions.ask(commitment, people[1], by=people[0]),
        lambda: actions.answer(commitment, accepts=True, by=people[1]),
        lambda: actions.take_on(commitment, by=people[0]),
    ):
        with pytest.raises(Over):
            work()


def test_a_commitment_has_room_for_so_many(people):
    commitment = promised(people)
    for number in range(MOST_PEOPLE - 1):
        actions.answer(commitment, accepts=True, by=a_member(people[0].event, f"Гість {number}"))

    with pytest.raises(TooManyPeople):
        actions.answer(commitment, accepts=True, by=people[1])


def test_a_question_can_be_taken_back(people):
    commitment = promised(people, helper=people[1])

    actions.ask_no_more(commitment, people[1], by=people[0])

    assert (commitment.state, len(commitment.pledges)) == (State.ACCEPTED, 1)
    assert notices.waiting(people[1].id, people[1].event) == []


def test_a_form_sent_twice_promises_once(people):
    assert promised(people, key="k").id == promised(people, key="k").id


def test_a_next_step_is_taken_over_once(people):
    topic = a_topic(people[0].event, people[0])
    step = steps.add(topic, key="s", what="Аудит", who=people[1], due_on=now().date(), by=people[0])

    commitment = actions.take_over(step, by=people[2])

    assert (commitment.what, commitment.due_on, commitment.topic) == ("Аудит", step.due_on, topic)
    assert (commitment.owner, commitment.state) == (people[1], State.PROPOSED)
    assert actions.take_over(step, by=people[3]) is commitment
    steps.remove(step)
    db.session.flush()
    db.session.expire_all()
    assert (commitment.what, commitment.step_id) == ("Аудит", None)


def test_a_step_without_a_member_is_taken_on_by_who_takes_it_over(people):
    step = steps.add(a_topic(people[0].event, people[0]), key="s", what="Аудит", who=None, due_on=None, by=people[0])

    assert actions.take_over(step, by=people[2]).owner == people[2]


def test_when_its_owner_leaves_it_looks_for_another_one(people):
    commitment = promised(people, helper=people[1])
    actions.answer(commitment, accepts=True, by=people[1])
    actions.move(commitment, State.DOING, by=people[0])
    before = log.revision(commitment.event_id, COMMITMENTS)

    access.leave(people[0])

    db.session.expire_all()
    assert (commitment.owner, commitment.by_id, commitment.state) == (None, None, State.PROPOSED)
    assert (commitment.what, commitment.helpers) == ("Аудит входу", [people[1]])
    assert f"commitment-{commitment.id}" in log.subjects_since(commitment.event_id, COMMITMENTS, before).names
    # Who helps may go on with it.
    actions.ask(commitment, people[2], by=people[1])
    actions.take_on(commitment, by=people[1])
    assert commitment.owner == people[1]


def test_what_is_done_stays_done_when_its_owner_leaves(people):
    commitment = promised(people)
    actions.move(commitment, State.DONE, by=people[0])

    access.leave(people[0])

    assert (commitment.owner, commitment.state) == (None, State.DONE)


def test_of_two_who_are_one_person_the_stronger_word_holds(people):
    commitment = promised(people, helper=people[1])
    actions.answer(commitment, accepts=False, by=people[1])
    actions.answer(commitment, accepts=True, by=people[2])
    mine = actions.propose(people[0].event, Plan("Вода"), by=people[2], helper=people[1])

    merge(people[1], people[2])

    db.session.expire_all()
    assert (commitment.word_of(people[1].id), len(commitment.pledges)) == (Word.YES, 2)
    assert (mine.owner, mine.word_of(people[1].id), len(mine.pledges)) == (people[1], Word.YES, 1)


def test_one_may_ask_those_whose_names_one_can_read(people):
    event = people[0].event
    a_topic(event, people[1])
    a_card(people[2])
    assert askable(people[0]) == [people[2], people[1]]
    assert len(askable(a_member(event, "Ірина", Role.FACILITATOR))) == len(people)


def test_columns_are_counted(people):
    actions.move(promised(people), State.DONE, by=people[0])
    promised(people, helper=people[1])
    promised(people)

    assert counts(people[0].event_id) == {"waiting": 1, "taken": 1, "done": 1, "over": 0}


def test_one_member_fills_no_wall(people):
    mine = [promised(people) for _ in range(MOST_EACH)]
    with pytest.raises(TooManyOfOne):
        promised(people)
    actions.propose(people[0].event, Plan("Вода"), by=people[1])

    actions.move(mine[0], State.DONE, by=people[0])

    assert promised(people).is_open
    with pytest.raises(TooManyOfOne):
        actions.move(mine[0], State.DOING, by=people[0])
    assert mine[0].state == State.DONE


def test_a_facilitator_writes_down_for_as_many_as_there_are(people):
    by = a_member(people[0].event, "Ірина", Role.FACILITATOR)

    written = [actions.propose(by.event, Plan("Вода"), by=by, owner=people[0]) for _ in range(MOST_EACH + 1)]

    assert len({each.id for each in written}) == MOST_EACH + 1


def test_only_what_is_open_fills_the_wall(people):
    event = people[0].event
    over = promised(people)
    actions.move(over, State.DONE, by=people[0])
    db.session.add_all(Commitment(event_id=event.id, key=f"k{each}", what="Вода") for each in range(MOST - 1))
    db.session.flush()

    last = promised(people)
    with pytest.raises(TooManyCommitments):
        promised(people)
    with pytest.raises(TooManyCommitments):
        actions.move(over, State.DOING, by=people[0])

    actions.move(last, State.LET_GO, why="Нема часу", by=people[0])
    actions.move(over, State.DOING, by=people[0])
    assert over.is_open
