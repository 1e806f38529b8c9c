"""The queue at the microphone, who is called, what is written down meanwhile, and codes for people without a phone."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions as access, merging, seats
from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.actions import Withdrawn
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import Step
from openspace.live import log
from openspace.pitching import actions
from openspace.pitching.claim_actions import take_over, write_down
from openspace.pitching.claims import WrongCode, code_of
from openspace.pitching.models import PITCH, Claim, Pitch, pitch_now, queue_of
from openspace.web.errors import Invalid, NotAllowed, Stale
from tests.conftest import MOMENT
from tests.factories import a_member, a_topic, an_event, cell


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


@pytest.fixture
def people(event):
    return [a_member(event, name) for name in ("Олена", "Ігор", "Anna")]


def names(event) -> list[str]:
    return [pitch.member.name for pitch in queue_of(event.id)]


def reads(event) -> str | None:
    pitch = pitch_now(event.id)
    return pitch.member.name if pitch else None


def changed(event, since: int) -> set[str]:
    return set(log.subjects_since(event.id, PITCH, since).names)


def stand(event) -> int:
    return log.revision(event.id, PITCH)


# the queue


def test_queue_up_takes_the_last_place_and_keeps_it(event, people):
    before = stand(event)
    for person in people:
        actions.queue_up(person, by=person)
    topic = a_topic(event, people[0])

    actions.queue_up(people[0], topic=topic, by=people[0])

    assert names(event) == ["Олена", "Ігор", "Anna"]
    assert queue_of(event.id)[0].topic is topic
    assert changed(event, before) == {"queue"}


def test_queue_up_refuses_others(event, people, facilitator):
    topic = a_topic(event, people[0])

    for by, topic_of_it in ((people[1], None), (facilitator, a_topic(event, people[1]))):
        with pytest.raises(NotAllowed):
            actions.queue_up(people[0], topic=topic_of_it, by=by)
    board.withdraw(topic, by=people[0])
    with pytest.raises(Withdrawn):
        actions.queue_up(people[0], topic=topic, by=people[0])

    assert names(event) == []


def test_a_facilitator_lets_somebody_wait_moves_and_removes_them(event, people, facilitator):
    waiting = [actions.queue_up(person, by=facilitator) for person in people]

    actions.move(waiting[2], place=1, by=facilitator)
    assert names(event) == ["Anna", "Олена", "Ігор"]
    actions.move(waiting[2], place=99, by=facilitator)
    assert names(event) == ["Олена", "Ігор", "Anna"]
    actions.step_out(waiting[1], by=facilitator)
    assert names(event) == ["Олена", "Anna"]

    actions.queue_up(people[1], by=people[1])
    assert names(event) == ["Олена", "Anna", "Ігор"]


def test_move_and_step_out_refuse_who_may_not_and_who_does_not_wait(event, people, facilitator):
    pitch = actions.queue_up(people[0], by=people[0])
    with pytest.raises(NotAllowed):
        actions.move(pitch, place=1, by=people[0])
    with pytest.raises(NotAllowed):
        actions.step_out(pitch, by=people[1])
    actions.call(event.id, seen=None, by=facilitator)

    for refused in (
        lambda: actions.move(pitch, place=1, by=facilitator),
        lambda: actions.step_out(pitch, by=people[0]),
    ):
        with pytest.raises(Stale):
            refused()


# at the microphone


def test_call_takes_the_first_and_ends_who_was_there(event, people, facilitator):
    waiting = [actions.queue_up(person, by=person) for person in people]
    before = stand(event)

    assert actions.call(event.id, seen=None, by=facilitator) is waiting[0]
    assert (reads(event), names(event)) == ("Олена", ["Ігор", "Anna"])
    assert actions.call(event.id, waiting[2], seen=waiting[0].id, by=facilitator) is waiting[2]
    assert (reads(event), names(event), waiting[0].ended_at) == ("Anna", ["Ігор"], MOMENT)
    actions.finish(event.id, seen=waiting[2].id, by=facilitator)

    assert (reads(event), names(event)) == (None, ["Ігор"])
    assert changed(event, before) == {"queue", "now", "cells"}


def test_call_and_finish_refuse_what_was_decided_before_another(event, people, facilitator):
    for person in people:
        actions.queue_up(person, by=person)
    first = actions.call(event.id, seen=None, by=facilitator)

    for refused in (actions.call, actions.finish):
        with pytest.raises(Stale):
            refused(event.id, seen=None, by=facilitator)
        with pytest.raises(NotAllowed):
            refused(event.id, seen=first.id, by=people[0])
    with pytest.raises(Stale):
        actions.call(event.id, first, seen=first.id, by=facilitator)


def test_call_of_an_empty_queue_frees_the_microphone(event, people, facilitator):
    pitch = actions.read_out(a_topic(event, people[0]), by=facilitator)

    assert actions.call(event.id, seen=pitch.id, by=facilitator) is None
    assert reads(event) is None


def test_read_out_shows_at_once_and_takes_the_place_in_the_queue(event, people, facilitator):
    for person in people:
        actions.queue_up(person, by=person)
    topic = a_topic(event, people[1])

    pitch = actions.read_out(topic, by=facilitator)

    assert (reads(event), pitch.topic, names(event)) == ("Ігор", topic, ["Олена", "Anna"])
    with pytest.raises(NotAllowed):
        actions.read_out(topic, by=people[1])


def test_read_out_gives_its_topic_to_who_was_called_without_one(event, people, facilitator):
    actions.queue_up(people[0], by=people[0])
    called = actions.call(event.id, seen=None, by=facilitator)
    topic = a_topic(event, people[0])

    assert actions.read_out(topic, by=facilitator) is called
    assert (called.topic, db.session.query(Pitch).count()) == (topic, 1)


def test_read_out_leaves_another_topic_in_the_queue(event, people, facilitator):
    other, topic = a_topic(event, people[0], "Інша"), a_topic(event, people[0])
    actions.queue_up(people[0], topic=other, by=people[0])

    actions.read_out(topic, by=facilitator)

    assert (reads(event), [pitch.topic for pitch in queue_of(event.id)]) == ("Олена", [other])


def test_read_out_that_comes_late_does_not_take_the_microphone(event, people, facilitator):
    actions.read_out(a_topic(event, people[0]), typed_at=MOMENT.timestamp() - 2, by=facilitator)

    late = actions.read_out(a_topic(event, people[1]), typed_at=MOMENT.timestamp() - 5, by=facilitator)

    assert (reads(event), late.ended_at) == ("Олена", MOMENT)
    actions.read_out(a_topic(event, people[2]), typed_at=MOMENT.timestamp() - 1, by=facilitator)
    assert reads(event) == "Anna"


@pytest.mark.parametrize(
    "change",
    [
        lambda topic, by: board.edit(topic, title="Інакше", text="", language="uk", by=topic.convener),
        lambda topic, by: board.place(topic, **cell(topic.event, space=topic.number - 1), by=topic.convener),
        lambda topic, by: board.withdraw(topic, by=topic.convener),
        lambda topic, by: access.introduce(topic.convener, name="Інакше", community=""),
    ],
)
def test_a_change_of_the_topic_changes_who_shows_it(event, people, facilitator, change):
    read, waits, neither = (a_topic(event, person) for person in people)
    actions.read_out(read, by=facilitator)
    actions.queue_up(people[1], topic=waits, by=people[1])
    found = []
    for topic in (read, waits, neither):
        before = stand(event)
        change(topic, facilitator)
        found.append(changed(event, before))

    assert "now" in found[0]
    assert "queue" in found[1]
    assert not {"now", "queue"} & found[2]


def test_a_tap_changes_the_screen_alone(event, people, facilitator):
    read, waits, neither = (a_topic(event, person) for person in people)
    actions.read_out(read, by=facilitator)
    actions.queue_up(people[1], topic=waits, by=people[1])
    found = []
    for topic in (read, waits, neither):
        before = stand(event)
        board.mark(event.id, topic.number, kind="go", by=facilitator)
        found.append(changed(event, before))

    assert found == [{"now"}, set(), set()]


def test_a_topic_taken_down_is_not_shown(event, people, facilitator):
    topic = a_topic(event, people[0])
    pitch = actions.read_out(topic, by=facilitator)
    assert pitch.shown is topic

    board.withdraw(topic, by=facilitator)

    assert (pitch.shown, pitch.placement) == (None, None)


# codes


def test_a_code_is_taken_over_by_who_has_no_seat_yet(event, facilitator):
    claim = write_down(event, "Степан Гнатюк, Броди", by=facilitator)
    code = code_of(claim)

    assert (claim.member.name, claim.member.community, claim.member.seen_at) == ("Степан Гнатюк", "Броди", None)
    assert take_over(event, f" {code[:2]} {code[2:]} ", by=None) is claim.member
    with pytest.raises(WrongCode):
        take_over(event, code, by=None)


def test_a_code_gives_the_topics_to_who_has_joined_meanwhile(event, facilitator, people):
    claim = write_down(event, "Степан", by=facilitator)
    guest, topic = claim.member, a_topic(event, claim.member)
    actions.queue_up(guest, topic=topic, by=facilitator)

    assert take_over(event, code_of(claim), by=people[0]) is people[0]

    assert (topic.convener, names(event)) == (people[0], ["Олена"])
    assert guest.left_at is not None


def test_no_two_codes_of_an_event_are_alike(event, facilitator, monkeypatch):
    monkeypatch.setattr("openspace.pitching.claims.DIGITS", 1)
    monkeypatch.setattr("openspace.pitching.rules.DIGITS", 1)

    codes = {code_of(write_down(event, f"Людина {number}", by=facilitator)) for number in range(8)}

    assert len(codes) == 8


def test_a_code_in_the_database_is_none(event, facilitator):
    claim = write_down(event, "Степан", by=facilitator)
    kept = [str(getattr(claim, column.key)) for column in Claim.__table__.columns]

    assert len(code_of(claim)) == 6
    assert not any(code_of(claim) in value for value in kept if len(value) < 64)
    assert claim.code_hash != write_down(event, "Степан", by=facilitator).code_hash


def _after_the_event(claim: Claim) -> None:
    clock.held = MOMENT + timedelta(days=2)


def _with_a_phone(claim: Claim) -> None:
    seats.give(claim.member)


def _raised(claim: Claim) -> None:
    access.give_role(claim.member, Role.FACILITATOR)


def _gone(claim: Claim) -> None:
    access.leave(claim.member)


@pytest.mark.parametrize("change", [_after_the_event, _with_a_phone, _raised, _gone])
def test_a_code_ends(event, facilitator, change):
    claim = write_down(event, "Степан", by=facilitator)
    code = code_of(claim)

    change(claim)

    with pytest.raises(WrongCode):
        take_over(event, code, by=None)


def test_a_code_counts_in_its_own_event(event, facilitator):
    other = an_event("Семінар")
    claim = write_down(event, "Степан", by=facilitator)

    with pytest.raises(WrongCode):
        take_over(other, code_of(claim), by=None)


def test_write_down_refuses(event, facilitator, people):
    with pytest.raises(NotAllowed):
        write_down(event, "Степан", by=people[0])
    with pytest.raises(Invalid):
        write_down(event, " , Броди", by=facilitator)


# leaving and merging


def test_who_leaves_waits_no_more(event, people, facilitator):
    actions.read_out(a_topic(event, people[0]), by=facilitator)
    actions.queue_up(people[1], by=people[1])
    before = stand(event)

    access.leave(people[0])
    access.leave(people[1])

    assert (reads(event), names(event)) == (None, [])
    assert {"now", "queue"} <= changed(event, before)


@pytest.mark.parametrize("first", [0, 1])
def test_two_who_are_one_wait_once_with_the_topic_that_one_has(event, people, first):
    topic = a_topic(event, people[1])
    actions.queue_up(people[first], topic=topic if first else None, by=people[first])
    actions.queue_up(people[1 - first], topic=None if first else topic, by=people[1 - first])

    merging.merge(people[0], people[1])

    assert [(pitch.member, pitch.topic) for pitch in queue_of(event.id)] == [(people[0], topic)]


def test_a_code_ends_when_somebody_is_made_one_with_its_person(event, people, facilitator):
    claims = [write_down(event, "Степан", by=facilitator) for _ in range(2)]
    codes = [code_of(claim) for claim in claims]

    merging.merge(people[0], claims[0].member)
    merging.merge(claims[1].member, people[1])

    for code in codes:
        with pytest.raises(WrongCode):
            take_over(event, code, by=None)


# undo


def last_step(event) -> Step:
    return db.session.query(Step).filter_by(event_id=event.id).order_by(Step.id.desc()).first()


def enter(event, facilitator, name: str = "Степан") -> Claim:
    """What the console's entry does for somebody without a phone."""
    with journal.step(event.id, "pitch.enter", by=facilitator, title="Кібербезпека"):
        claim = write_down(event, name, by=facilitator)
        topic = board.propose(event, title="Кібербезпека", convener=claim.member, by=facilitator)
        board.place(topic, **cell(event), by=facilitator)
        actions.read_out(topic, by=facilitator)
    return claim


def test_an_entry_is_undone_with_its_guest_and_done_again_with_its_code(event, people, facilitator):
    pitch = actions.read_out(a_topic(event, people[0], "Вода"), by=facilitator)
    claim = enter(event, facilitator)
    code, guest_id, before = code_of(claim), claim.member_id, stand(event)

    journal.undo(last_step(event), by=facilitator)

    assert (pitch_now(event.id), db.session.get(Member, guest_id)) == (pitch, None)
    assert db.session.query(Claim).count() == 0
    assert changed(event, before) == {"now", "queue", "cells"}
    journal.redo(last_step(event), by=facilitator)
    assert (reads(event), pitch_now(event.id).topic.cells) == ("Степан", [pitch_now(event.id).placement.cell])
    assert take_over(event, code, by=None).name == "Степан"


def test_an_entry_whose_person_has_taken_it_over_stays(event, facilitator):
    claim = enter(event, facilitator)
    take_over(event, code_of(claim), by=None)

    with pytest.raises(Stale):
        journal.undo(last_step(event), by=facilitator)


def test_a_guest_with_another_topic_stays(event, facilitator):
    claim = enter(event, facilitator)
    a_topic(event, claim.member, "Інша")

    with pytest.raises(Stale):
        journal.undo(last_step(event), by=facilitator)


def test_steps_of_the_queue_are_undone_one_by_one(event, people, facilitator):
    for person in people:
        actions.queue_up(person, by=person)
    shows = [(reads(event), names(event))]
    deeds = [
        lambda: actions.move(queue_of(event.id)[2], place=1, by=facilitator),
        lambda: actions.call(event.id, seen=None, by=facilitator),
        lambda: actions.step_out(queue_of(event.id)[0], by=facilitator),
        lambda: actions.finish(event.id, seen=pitch_now(event.id).id, by=facilitator),
    ]
    for deed in deeds:
        with journal.step(event.id, "pitch.move", by=facilitator, name=""):
            deed()
        shows.append((reads(event), names(event)))
    assert len(set(map(str, shows))) == 5

    for step in list(db.session.query(Step).order_by(Step.id.desc())):
        shows.pop()
        journal.undo(step, by=facilitator)
        assert (reads(event), names(event)) == shows[-1]


def test_of_two_facilitators_who_call_neither_undoes_what_the_other_has_built_on(event, people, facilitator):
    other = a_member(event, "Борис", Role.FACILITATOR)
    for person in people:
        actions.queue_up(person, by=person)
    called = led(event, facilitator, lambda: actions.call(event.id, seen=None, by=facilitator))
    finished = led(event, other, lambda: actions.finish(event.id, seen=pitch_now(event.id).id, by=other))
    led(event, other, lambda: actions.call(event.id, seen=None, by=other))

    # Olena would be neither in the queue nor at the microphone; then she would be there together with Ihor.
    for step in (called, finished):
        with pytest.raises(journal.NoLongerFits), db.session.begin_nested():
            journal.undo(step, by=facilitator)
    assert (reads(event), names(event)) == ("Ігор", ["Anna"])


def test_a_call_is_not_undone_when_the_person_waits_again(event, people, facilitator):
    actions.queue_up(people[0], by=people[0])
    called = led(event, facilitator, lambda: actions.call(event.id, seen=None, by=facilitator))
    actions.queue_up(people[0], by=people[0])

    with pytest.raises(journal.NoLongerFits), db.session.begin_nested():
        journal.undo(called, by=facilitator)


def led(event, by, deed) -> Step:
    """Lead the queue as a step of `by`."""
    with journal.step(event.id, "pitch.call", by=by, name=""):
        deed()
    return last_step(event)
