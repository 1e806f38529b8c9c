"""Asking, backing, taking back, deciding: what is written, refused, told, and undone."""

import threading

import pytest
from flask_babel import force_locale

from openspace import clock
from openspace.access import actions as access, notices
from openspace.access.merging import merge
from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.lock_actions import lock_slot
from openspace.board.models import Topic
from openspace.board.rules import CellKey
from openspace.events.models import Lock
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import CONSOLE, last_step
from openspace.live import log
from openspace.petitions import actions, decision_actions as decisions
from openspace.petitions.effects import effects
from openspace.petitions.models import PETITIONS, Petition, open_petitions, petitions_shown
from openspace.petitions.rules import MOST, Kind, State
from openspace.store import sqlite
from openspace.web.errors import Invalid, NotAllowed, NotFound, Problem, Stale
from tests.factories import a_member, a_topic, an_event, cell, open_slots
from tests.statements import listened


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def people(event):
    names = {"convener": "Оксана", "asker": "Олена", "backer": "Anna", "other": "Степан"}
    found = {who: a_member(event, name) for who, name in names.items()}
    return found | {"facilitator": a_member(event, "Ірина", Role.FACILITATOR)}


def key(event, slot: int, space: int = 0) -> str:
    there = cell(event, slot, space)
    return CellKey(there["slot"].id, there["space"].id)


@pytest.fixture
def topic(event, people):
    """It hangs in the third slot, first space."""
    return hung(event, people["convener"], "Вода", 2)


def hung(event, by: Member, title: str, slot: int, space: int = 0) -> Topic:
    topic = a_topic(event, by, title)
    board.place(topic, **cell(event, slot, space), by=by, anyway=True)
    return topic


def a_move(topic: Topic, by: Member, slot: int = 3, space: int = 1) -> Petition:
    event = topic.event
    return actions.ask(topic, kind=Kind.MOVE, leaves=topic.cells[0], takes=key(event, slot, space), by=by)


def words_of(petition: Petition) -> tuple[list[str], str]:
    with force_locale("en"):
        effect = effects(petition.event_id, [petition])[petition.id]
    return effect.words, effect.forbidden


def told(member: Member) -> list[str]:
    with force_locale("en"):
        return [notice.words for notice in notices.waiting(member.id, member.event)]


def test_a_move_is_asked_for_and_seen_by_members_and_facilitators(event, people, topic):
    before = {name: log.revision(event.id, name) for name in (PETITIONS, CONSOLE)}

    petition = a_move(topic, people["asker"])

    assert open_petitions(event.id) == [petition]
    assert (petition.kind, petition.leaves, petition.takes) == (Kind.MOVE, topic.cells[0], key(event, 3, 1))
    heard = {name: log.subjects_since(event.id, name, since).names for name, since in before.items()}
    assert heard == {PETITIONS: ["petitions"], CONSOLE: ["waiting"]}


def test_whoever_asks_for_the_same_backs_it(event, people, topic):
    first = a_move(topic, people["asker"])

    again, twice = a_move(topic, people["backer"]), a_move(topic, people["asker"])

    assert first is again is twice
    assert [backing.member_id for backing in first.backings] == [people["backer"].id]
    assert len(open_petitions(event.id)) == 1


def test_a_swap_is_the_same_from_both_sides(event, people, topic):
    other = hung(event, people["other"], "Земля", 3, 1)
    here, there = topic.cells[0], other.cells[0]

    one = actions.ask(topic, kind=Kind.SWAP, leaves=here, takes=there, by=people["asker"])

    assert actions.ask(other, kind=Kind.SWAP, leaves=there, takes=here, by=people["backer"]) is one


def test_another_cell_is_another_petition(event, people, topic):
    assert a_move(topic, people["asker"]) is not a_move(topic, people["asker"], 3, 2)


def test_backing_is_given_once_and_taken_back(people, topic):
    petition, backer = a_move(topic, people["asker"]), people["backer"]

    actions.back(petition, by=backer)
    actions.back(petition, by=backer)
    actions.back(petition, by=people["asker"])
    assert [backing.member_id for backing in petition.backings] == [backer.id]

    actions.unback(petition, by=backer)
    actions.unback(petition, by=backer)
    assert petition.backings == []


@pytest.mark.parametrize(
    ("slot", "space", "refusal"),
    [
        (3, 1, Stale),  # somebody hangs there
        (2, 0, Stale),  # it hangs there itself
        (0, 0, NotFound),  # over
    ],
)
def test_a_move_that_cannot_be_is_refused_when_it_is_asked_for(event, people, topic, slot, space, refusal):
    hung(event, people["other"], "Земля", 3, 1)

    with pytest.raises(refusal):
        a_move(topic, people["asker"], slot, space)

    assert open_petitions(event.id) == []


def test_what_does_not_hang_is_not_asked_about(event, people):
    loose = a_topic(event, people["convener"], "Вітер")

    for kind in (Kind.MOVE, Kind.REPEAT, Kind.PROJECTOR):
        with pytest.raises(Problem):
            actions.ask(loose, kind=kind, leaves=key(event, 2), takes=key(event, 3), by=people["convener"])


@pytest.mark.parametrize("cells", [{"leaves": "x", "takes": "3-"}, {"leaves": "1-1", "takes": "999999-1"}, {}])
def test_cells_that_are_none_are_refused(people, topic, cells):
    for kind in (Kind.MOVE, Kind.SWAP, Kind.REPEAT):
        with pytest.raises(Problem):
            actions.ask(topic, kind=kind, by=people["asker"], **cells)


def test_cells_of_another_event_are_refused(event, people, topic):
    elsewhere = an_event("Seminar")
    there = key(elsewhere, 3)
    hung(elsewhere, a_member(elsewhere, "Anna"), "Elsewhere", 2)

    for kind, takes in ((Kind.MOVE, there), (Kind.REPEAT, there), (Kind.SWAP, key(elsewhere, 2))):
        with pytest.raises(Stale):
            actions.ask(topic, kind=kind, leaves=topic.cells[0], takes=takes, by=people["asker"])


def test_only_the_convener_and_facilitators_have_wishes(event, people, topic):
    with pytest.raises(NotAllowed):
        actions.ask(topic, kind=Kind.PROJECTOR, by=people["asker"])

    petition = actions.ask(topic, kind=Kind.PROJECTOR, words="Є слайди", by=people["convener"])

    assert (petition.words, petition.cells) == ("Є слайди", [])


def test_something_else_needs_words(people, topic):
    with pytest.raises(Invalid):
        actions.ask(topic, kind=Kind.OTHER, by=people["convener"])


def test_only_so_many_wait_for_an_answer_at_once(event, people):
    titles = [f"Тема {number}" for number in range(MOST + 1)]
    topics = [hung(event, a_member(event, title), title, 2 + n // 3, n % 3) for n, title in enumerate(titles)]
    free = open_slots(event)[1]
    for each in topics[:MOST]:
        actions.ask(each, kind=Kind.REPEAT, takes=CellKey(free.id, event.spaces[0].id), by=people["asker"])

    with pytest.raises(actions.TooManyOpen):
        actions.ask(topics[-1], kind=Kind.REPEAT, takes=CellKey(free.id, event.spaces[1].id), by=people["asker"])

    actions.take_back(open_petitions(event.id)[0], by=people["asker"])
    actions.ask(topics[-1], kind=Kind.REPEAT, takes=CellKey(free.id, event.spaces[1].id), by=people["asker"])


def test_what_nobody_backs_is_gone_when_it_is_taken_back(event, people, topic):
    petition = a_move(topic, people["asker"])
    with pytest.raises(NotAllowed):
        actions.take_back(petition, by=people["facilitator"])

    actions.take_back(petition, by=people["asker"])

    assert db.session.query(Petition).count() == 0


def test_what_others_back_stays_when_it_is_taken_back(event, people, topic):
    petition = a_move(topic, people["asker"])
    actions.back(petition, by=people["backer"])
    actions.back(petition, by=people["other"])

    actions.take_back(petition, by=people["asker"])

    assert petition.asker_id == people["backer"].id
    assert [backing.member_id for backing in petition.backings] == [people["other"].id]


def test_a_move_is_granted_and_all_who_wanted_it_are_told(event, people, topic):
    petition = a_move(topic, people["asker"])
    actions.back(petition, by=people["backer"])

    decisions.grant(petition, by=people["facilitator"], answer="Гарна думка")

    assert topic.cells == [key(event, 3, 1)]
    assert (petition.state, petition.decided_by, petition.answer) == (
        State.GRANTED,
        people["facilitator"],
        "Гарна думка",
    )
    answer = "Your request has been granted: “Вода”. Гарна думка"
    assert [told(people[who]) for who in ("asker", "backer")] == [[answer]] * 2
    assert told(people["other"]) == told(people["facilitator"]) == []
    assert petitions_shown(event) == ([], [petition])


def test_a_swap_is_granted(event, people, topic):
    other = hung(event, people["other"], "Земля", 3, 1)
    here, there = topic.cells[0], other.cells[0]
    petition = actions.ask(topic, kind=Kind.SWAP, leaves=here, takes=there, by=people["asker"])

    decisions.grant(petition, by=people["facilitator"])

    assert (topic.cells, other.cells) == ([there], [here])


def test_a_repeat_is_granted(event, people, topic):
    petition = actions.ask(topic, kind=Kind.REPEAT, takes=key(event, 3, 1), by=people["asker"])

    decisions.grant(petition, by=people["facilitator"])

    assert topic.cells == [key(event, 2), key(event, 3, 1)]


def test_a_wish_is_seen_to_and_the_board_stays(event, people, topic):
    petition = actions.ask(topic, kind=Kind.SPACE, by=people["convener"])

    decisions.grant(petition, by=people["facilitator"])

    assert topic.cells == [key(event, 2)]
    assert told(people["convener"]) == ["Your request has been granted: “Вода”"]


def test_a_declined_one_says_why(people, topic):
    petition = a_move(topic, people["asker"])

    decisions.decline(petition, by=people["facilitator"], answer="Там гучно")

    assert petition.state == State.DECLINED
    assert told(people["asker"]) == ["Your request could not be granted: “Вода”. Там гучно"]


@pytest.mark.parametrize("decide", [decisions.grant, decisions.decline])
def test_only_facilitators_decide_and_only_once(people, topic, decide):
    petition = a_move(topic, people["asker"])
    with pytest.raises(NotAllowed):
        decide(petition, by=people["convener"])
    decide(petition, by=people["facilitator"])

    for again in (decisions.grant, decisions.decline):
        with pytest.raises(actions.Decided):
            again(petition, by=people["facilitator"])
    with pytest.raises(actions.Decided):
        actions.back(petition, by=people["backer"])


def others_cell(event, people, topic) -> None:
    hung(event, people["other"], "Земля", 3, 1)


def moved_away(event, people, topic) -> None:
    board.move(topic.placements[0], **cell(event, 3, 2), by=people["convener"])


@pytest.mark.parametrize(
    ("change", "said"),
    [(others_cell, "“Земля” hangs there by now."), (moved_away, "“Вода” hangs elsewhere by now: 15:30, place 3")],
)
def test_what_the_board_has_overtaken_is_refused_and_nothing_moves(event, people, topic, change, said):
    petition = a_move(topic, people["asker"])
    change(event, people, topic)
    stands = topic.cells

    with force_locale("en"), pytest.raises(Stale) as refused:
        decisions.grant(petition, by=people["facilitator"])

    assert str(refused.value) == said
    assert words_of(petition) == ([], said)
    assert (topic.cells, petition.state) == (stands, State.OPEN)


def test_a_swap_with_what_has_moved_is_refused(event, people, topic):
    other = hung(event, people["other"], "Земля", 3, 1)
    petition = actions.ask(topic, kind=Kind.SWAP, leaves=topic.cells[0], takes=other.cells[0], by=people["asker"])
    board.unplace(other.placements[0], by=people["other"])
    hung(event, people["backer"], "Сонце", 3, 1)

    with pytest.raises(Stale):
        decisions.grant(petition, by=people["facilitator"])

    assert words_of(petition) == ([], "“Земля” hangs nowhere by now.")
    # A swap with what hangs there now is another petition.
    assert (
        actions.ask(topic, kind=Kind.SWAP, leaves=topic.cells[0], takes=key(event, 3, 1), by=people["backer"])
        is not petition
    )


def test_what_the_rules_forbid_says_so_and_is_not_done(event, people, topic):
    petition = a_move(topic, people["asker"])
    hung(event, people["convener"], "Друга", 3, 0)
    busy = "The convener already has a topic at this time."
    assert words_of(petition) == ([], busy)
    with pytest.raises(board.ConvenerBusy):
        decisions.grant(petition, by=people["facilitator"])

    lock_slot(open_slots(event)[3], Lock.NOBODY, by=people["facilitator"])

    assert words_of(petition)[1].startswith("15:30 is locked for everybody")
    assert topic.cells == [key(event, 2)]


def test_what_is_locked_for_participants_can_be_asked_for_and_granted(event, people, topic):
    lock_slot(open_slots(event)[3], Lock.FACILITATORS, by=people["facilitator"])

    petition = a_move(topic, people["asker"])

    assert words_of(petition) == (["As many are pulled in two directions as now"], "")
    decisions.grant(petition, by=people["facilitator"])


def test_an_effect_says_who_is_torn_and_which_chairs_are_too_few(event, people, topic):
    other = hung(event, people["other"], "Земля", 2, 1)
    for number in range(4):
        goer = a_member(event, f"Гість {number}")
        board.mark(event.id, topic.number, kind="go", by=goer)
        board.mark(event.id, other.number, kind="go" if number else "look", by=goer)

    move, back = a_move(topic, people["asker"], 3, 2), a_move(topic, people["asker"], 2, 2)

    # The terrace has two chairs.
    assert words_of(move) == (["3 fewer pulled in two directions", "2 chairs for 4"], "")
    assert words_of(back)[0][0] == "As many are pulled in two directions as now"
    decisions.grant(move, by=people["facilitator"])
    again = a_move(topic, people["asker"], 2, 2)
    assert words_of(again)[0] == ["3 more pulled in two directions", "2 chairs for 4"]


def test_a_swap_says_whose_chairs_are_too_few(event, people, topic):
    other = hung(event, people["other"], "Земля", 3, 2)
    for number in range(3):
        board.mark(event.id, topic.number, kind="go", by=a_member(event, f"Гість {number}"))
    petition = actions.ask(topic, kind=Kind.SWAP, leaves=topic.cells[0], takes=other.cells[0], by=people["asker"])

    assert words_of(petition)[0][1:] == ["“Вода”: 2 chairs for 3"]


def count_of_statements(app, event) -> int:
    db.session.flush()
    db.session.expire_all()
    with listened(app) as said:
        effects(event.id, open_petitions(event.id))
    return len(said)


def test_effects_are_read_once_for_all_petitions(app, event, people, topic):
    asked = [a_move(topic, people["asker"])]
    few = count_of_statements(app, event)
    for number, space in enumerate((1, 2)):
        by = a_member(event, f"Ще {number}")
        each = hung(event, by, f"Тема {number}", 2, space)
        asked.append(a_move(each, people["backer"], 3, space))
        asked.append(actions.ask(each, kind=Kind.REPEAT, takes=key(event, 1, space), by=people["backer"]))

    many = count_of_statements(app, event)

    assert len(open_petitions(event.id)) == len(asked) == 5
    assert many == few


def test_it_is_over_with_its_session_and_its_topic(event, people, topic):
    petition = a_move(topic, people["asker"])
    board.withdraw(topic, by=people["convener"])
    assert open_petitions(event.id) == []
    with pytest.raises(actions.Decided):
        decisions.grant(petition, by=people["facilitator"])

    board.restore(topic, by=people["convener"])
    assert open_petitions(event.id) == [petition]

    clock.held = open_slots(event)[2].ends_at
    assert open_petitions(event.id) == []
    with pytest.raises(actions.Decided):
        actions.back(petition, by=people["backer"])


def test_pages_hear_when_the_board_ends_a_petition(event, people, topic):
    a_move(topic, people["asker"])
    heard = []
    for deed in (
        lambda: board.edit(topic, title="Інша", text="", language="uk", by=people["convener"]),
        lambda: lock_slot(open_slots(event)[3], Lock.NOBODY, by=people["facilitator"]),
        lambda: board.withdraw(topic, by=people["convener"]),
    ):
        before = log.revision(event.id, PETITIONS)
        deed()
        heard.append(log.revision(event.id, PETITIONS) > before)
    assert heard == [True] * 3


def test_a_tap_on_a_chair_draws_no_petition(event, people, topic):
    a_move(topic, people["asker"])
    before = [log.revision(event.id, name) for name in (PETITIONS, CONSOLE, "board")]

    board.mark(event.id, topic.number, kind="go", by=people["asker"])

    after = [log.revision(event.id, name) for name in (PETITIONS, CONSOLE, "board")]
    assert after == [*before[:2], before[2] + 1]


def grant_as_step(petition: Petition, by: Member) -> None:
    with journal.step(petition.event_id, "petitions.grant", by=by, title=petition.topic.title):
        decisions.grant(petition, by=by, answer="Так")


def test_undo_brings_back_the_board_and_the_petition(event, people, topic):
    petition, by = a_move(topic, people["asker"]), people["facilitator"]
    here = list(topic.cells)
    grant_as_step(petition, by)
    notices.read(people["asker"], shown=people["asker"].notices_at)
    before = log.revision(event.id, PETITIONS)

    journal.undo(last_step(event.id, by.id, undone=False), by=by)

    assert (topic.cells, petition.state, petition.answer, petition.decided_by) == (here, State.OPEN, "", None)
    assert open_petitions(event.id) == [petition]
    assert log.revision(event.id, PETITIONS) > before
    assert "Your request waits for an answer again: “Вода”" in told(people["asker"])

    journal.redo(last_step(event.id, by.id, undone=True), by=by)

    assert (topic.cells, petition.state, petition.answer) == ([key(event, 3, 1)], State.GRANTED, "Так")
    assert petition.decided_by is by


def test_an_undone_answer_that_was_taken_back_since_is_not_given_again(event, people, topic):
    petition, by = a_move(topic, people["asker"]), people["facilitator"]
    grant_as_step(petition, by)
    journal.undo(last_step(event.id, by.id, undone=False), by=by)
    actions.take_back(petition, by=people["asker"])
    here = list(topic.cells)

    with pytest.raises(journal.NoLongerFits), db.session.begin_nested():
        journal.redo(last_step(event.id, by.id, undone=True), by=by)

    assert topic.cells == here


def test_who_leaves_hands_over_what_others_back(event, people, topic):
    backed, alone = a_move(topic, people["asker"]), a_move(topic, people["asker"], 3, 2)
    actions.back(backed, by=people["backer"])
    declined = a_move(topic, people["asker"], 1, 1)
    decisions.decline(declined, by=people["facilitator"])
    actions.back(theirs := a_move(topic, people["other"], 1, 2), by=people["asker"])

    access.leave(people["asker"])

    assert {each.id for each in db.session.query(Petition)} == {backed.id, declined.id, theirs.id}
    assert alone not in db.session
    assert (backed.asker_id, declined.asker_id, theirs.backings) == (people["backer"].id, None, [])


def test_merged_members_back_nothing_twice(event, people, topic):
    mine, theirs = a_move(topic, people["asker"]), a_move(topic, people["other"], 3, 2)
    actions.back(mine, by=people["backer"])
    for who in ("asker", "backer"):
        actions.back(theirs, by=people[who])
    decisions.decline(third := a_move(topic, people["backer"], 1, 1), by=people["facilitator"])

    merge(people["asker"], people["backer"])

    assert [petition.asker_id for petition in (mine, third)] == [people["asker"].id] * 2
    assert mine.backings == []
    assert [backing.member_id for backing in theirs.backings] == [people["asker"].id]
    assert told(people["asker"]) == ["Your request could not be granted: “Вода”"]


def test_two_facilitators_grant_the_same_at_once(hall):
    petition_id, results, together = hall.petition(), [], threading.Barrier(2)

    def grant(who: str) -> None:
        client = hall.ask(who)
        together.wait(10)
        answer = client.put(
            hall.url(f"facilitator/petitions/{petition_id}/grant"), headers={"Accept": "application/json"}
        )
        results.append(answer.status_code)

    threads = [threading.Thread(target=grant, args=(who,)) for who in ("facilitator", "organiser")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [200, 409]
    with hall.app.app_context():
        assert db.session.get_one(Petition, petition_id).topic.cells == [hall.cell(3, 1)]


def test_two_ask_for_the_same_at_once(hall):
    results, together = [], threading.Barrier(2)
    fields = {"moving": hall.cell(2, 0), "cell": hall.cell(3, 1)}

    def ask(who: str) -> None:
        client = hall.ask(who)
        together.wait(10)
        answer = client.post(hall.url("topics/1/petitions"), data=fields, headers={"Accept": "application/json"})
        results.append((answer.status_code, answer.get_json()["id"]))

    threads = [threading.Thread(target=ask, args=(who,)) for who in ("participant", "convener")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(results)) == 1
    with hall.app.app_context():
        (petition,) = db.session.query(Petition)
        assert len(petition.backings) == 1


def test_the_board_changes_under_a_grant(hall):
    """One facilitator grants a move while another one hangs a topic where it would go: one of the two is refused."""
    petition_id, results, together = hall.petition(), {}, threading.Barrier(2)

    def send(who: str, path: str, fields: dict[str, str]) -> None:
        client = hall.ask(who)
        together.wait(10)
        results[who] = client.put(hall.url(path), data=fields, headers={"Accept": "application/json"}).status_code

    there = {"cell": hall.cell(3, 1)}
    threads = [
        threading.Thread(target=send, args=("facilitator", f"facilitator/petitions/{petition_id}/grant", {})),
        threading.Thread(target=send, args=("organiser", "facilitator/topics/2/placement", there)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results.values()) == [200, 409]
    with hall.app.test_request_context(), sqlite.writing():
        petition = db.session.get_one(Petition, petition_id)
        moved = petition.topic.cells == [hall.cell(3, 1)]
        assert moved is (results["facilitator"] == 200)
        assert petition.state == (State.GRANTED if moved else State.OPEN)
