"""The board over HTTP: forms, JSON, and what a page costs."""

import threading
import time

import pytest
from sqlalchemy import event as sqlalchemy_event

from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.board import actions, merging
from openspace.board.models import BOARD, Interest, Placement, topic_numbered
from openspace.board.rules import CellKey
from openspace.events.models import Event, Slot, Space
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View
from openspace.live.packets import packet
from openspace.organising import actions as events
from openspace.store import sqlite
from openspace.web.cache import clear_all
from tests.factories import DAY, a_member, a_topic

JSON = {"Accept": "application/json"}


def test_create_into_a_cell_shows_it_on_its_day(hall):
    answer = hall.ask("participant").post(
        hall.url("topics"), data={"title": "  Нова \n тема ", "language": "uk", "cell": hall.cell(3, 1)}
    )

    assert answer.location == hall.url(f"?day=2026-06-04#cell-{hall.cell(3, 1)}")
    assert "Нова тема" in hall.ask("convener").get(answer.location).get_data(as_text=True)


def test_create_sent_twice_over_a_bad_network_is_one_topic(hall):
    client, fields = (
        hall.ask("participant"),
        {"title": "Одна", "language": "uk", "key": "k" * 16, "cell": hall.cell(3, 1)},
    )

    first, second = (client.post(hall.url("topics"), data=fields, headers=JSON) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["number"] == second.get_json()["number"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": "ab", "language": "uk"}, "3"),
        ({"title": "x" * 121, "language": "uk"}, "120"),
        ({"title": "Тема", "text": "x" * 2001, "language": "uk"}, "2000"),
        ({"title": "Тема", "language": "xx"}, ""),
        ({"title": "Тема", "language": "uk", "cell": "nowhere"}, ""),
    ],
)
def test_create_refuses_and_keeps_what_was_typed(hall, fields, says):
    answer = hall.ask("participant").post(hall.url("topics"), data=fields)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert fields["title"] in page
    assert says in page
    assert "field__err" in page


def test_create_in_a_taken_cell_answers_409_with_free_cells(hall):
    fields = {"title": "Запізно", "language": "uk", "cell": hall.cell(2, 0)}

    page = hall.ask("participant").post(hall.url("topics"), data=fields)
    answer = hall.ask("participant").post(hall.url("topics"), data=fields, headers=JSON)

    assert page.status_code == answer.status_code == 409
    assert "Запізно" in page.get_data(as_text=True)
    assert [free["cell"] for free in answer.get_json()["free"]] == [hall.cell(2, 1), hall.cell(2, 2), hall.cell(3, 0)]


def test_json_needs_no_page(hall):
    client = hall.ask("participant")

    board = client.get(hall.url("?day=2026-06-04"), headers=JSON).get_json()
    market = client.get(hall.url("market"), headers=JSON).get_json()

    assert [slot["title"] for slot in board["slots"]] == ["", "", "Lunch", "", ""]
    assert board["slots"][3]["cells"][0]["topic"]["title"] == "Ґендерно-чутливі питання"
    assert [topic["title"] for topic in market["topics"]] == ["Вода в селі"]


def test_a_public_board_names_nobody(hall):
    hall.open_to_the_public()
    paths = ("", "market", "topics/1", "topics/2", f"spaces/{hall.spaces[0]}")

    def names_seen_by(who: str) -> dict[tuple, bool]:
        answers = {
            (path, *headers.values()): hall.ask(who).get(hall.url(path), headers=headers)
            for path in paths
            for headers in ({}, JSON)
        } | {"topics as JSON": hall.ask(who).get(hall.url("topics"), headers=JSON)}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {key: "Дячук" in answer.get_data(as_text=True) for key, answer in answers.items()}

    assert set(names_seen_by("participant").values()) == {True}
    assert set(names_seen_by("stranger").values()) == {False}


def test_a_replaced_link_of_the_projector_opens_nothing(hall):
    paths = (f"projector/{hall.projector}", f"projector/{hall.projector}/room")

    def statuses() -> list[int]:
        return [hall.ask(who).get(hall.url(path)).status_code for who in ("stranger", "organiser") for path in paths]

    before = statuses()
    assert hall.ask("organiser").put(hall.url("settings/projector-key")).status_code == 303

    assert (before, statuses()) == ([200] * 4, [404] * 4)


def test_a_withdrawn_topic_is_gone_for_others(hall):
    hall.ask("convener").put(hall.url("topics/1/withdrawal"))

    statuses = {
        who: hall.ask(who).get(hall.url("topics/1")).status_code for who in ("participant", "convener", "facilitator")
    }

    assert statuses == {"participant": 404, "convener": 200, "facilitator": 200}


def test_a_tap_on_what_is_not_there_is_refused(hall):
    def taps(who: str, number: int) -> tuple[int, int]:
        client, address = hall.ask(who), hall.url(f"topics/{number}/interest")
        put, delete = client.put(address, data={"kind": "go"}, headers=JSON), client.delete(address, headers=JSON)
        return put.status_code, delete.status_code

    assert taps("participant", 99) == (404, 404)
    hall.ask("convener").put(hall.url("topics/1/withdrawal"))
    assert taps("participant", 1) == (404, 404)
    assert taps("convener", 1) == (409, 200)


def after_waiting(hall, work) -> int:
    """The status of a participant's tap on topic 1 that began while somebody else held the board and did `work`."""
    client, statuses = hall.ask("participant"), []

    def tap() -> None:
        answer = client.put(hall.url("topics/1/interest"), data={"kind": "go"}, headers=JSON)
        statuses.append(answer.status_code)

    waiting = threading.Thread(target=tap)
    with hall.app.test_request_context(), sqlite.writing():
        organiser = db.session.get_one(Member, hall.ids["organiser"])
        log.claim(hall.id)
        waiting.start()
        time.sleep(0.3)
        work(topic_numbered(organiser.event_id, 1), organiser)
        db.session.commit()
    waiting.join()
    return statuses[0]


def test_a_tap_that_waited_for_the_board_meets_it_as_it_is_then(hall):
    def move(topic, by) -> None:
        key = CellKey.parse(hall.cell(3, 2))
        where = {"slot": db.session.get_one(Slot, key.slot_id), "space": db.session.get_one(Space, key.space_id)}
        actions.move(topic.placements[0], **where, by=by, anyway=True)

    assert after_waiting(hall, move) == 200
    with hall.app.test_request_context():
        revision = log.revision(hall.id, BOARD)
        patches = packet(hall.id, BOARD, revision - 1, revision, View("uk", "members")).content["patches"]
    assert [ident for ident, _ in patches] == [f"going-{hall.cell(3, 2)}", f"full-{hall.cell(3, 2)}"]

    assert after_waiting(hall, lambda topic, by: actions.withdraw(topic, by=by)) == 404


def test_who_left_while_their_tap_waited_has_no_chair(hall):
    status = after_waiting(hall, lambda topic, by: access.leave(db.session.get_one(Member, hall.ids["participant"])))

    with hall.app.app_context():
        # Where the lock is for all, they are not even known any more.
        assert (status in {403, 404}, db.session.query(Interest).count()) == (True, 0)


def test_my_day_shows_topics_chairs_and_clashes(hall):
    facilitator, client = hall.ask("facilitator"), hall.ask("participant")
    facilitator.put(hall.url("topics/2/placement"), data={"cell": hall.cell(2, 1), "anyway": "y"})
    for number in (1, 2):
        client.put(hall.url(f"topics/{number}/interest"), data={"kind": "go"})

    page = client.get(hall.url("me/day"), headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert page.count("overlaps another") == 2


def fill(app, hall, topics: int) -> None:
    """Today's board with so many topics on it."""
    with app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        member = a_member(event, role=Role.FACILITATOR)
        known = [events.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces]
        events.set_spaces(event, known + [events.SpaceSheet(None, f"Зала {n}", 20) for n in range(40 - len(known))])
        # What has begun would stay.
        db.session.execute(db.delete(Placement))
        db.session.expire_all()
        events.set_slots(event, DAY, [events.SlotSheet(None, Block(500 + 60 * n, 560 + 60 * n)) for n in range(9)])
        cells = [(slot, space) for slot in event.slots if slot.day == DAY for space in event.spaces]
        for slot, space in cells[:topics]:
            actions.place(a_topic(event, member), slot=slot, space=space, by=member, anyway=True)
        db.session.commit()


def test_the_board_takes_the_same_number_of_queries_at_10_and_300_topics(hall):
    def queries() -> int:
        seen = []
        with hall.app.app_context():
            engine = db.engine
        sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        clear_all()
        hall.ask("participant").get(hall.url())
        return len([statement for statement in seen if statement.startswith("SELECT")])

    fill(hall.app, hall, 10)
    few = queries()
    fill(hall.app, hall, 300)

    assert queries() == few


def test_a_topic_that_somebody_has_just_placed_is_not_hung_twice(hall):
    facilitator, fields = hall.ask("facilitator"), {"cell": hall.cell(3, 1), "moving": ""}

    answer = facilitator.put(hall.url("topics/1/placement"), data=fields)
    again = facilitator.put(hall.url("topics/1/placement?repeat=1"), data=fields)

    assert (answer.status_code, again.status_code) == (409, 303)
    assert f'name="moving" value="{hall.cell(2, 0)}"' in answer.get_data(as_text=True)


def test_after_a_stale_move_the_form_knows_where_the_topic_hangs_now(hall):
    facilitator = hall.ask("facilitator")
    facilitator.put(hall.url("topics/1/placement"), data={"cell": hall.cell(3, 0), "moving": hall.cell(2, 0)})

    answer = facilitator.put(hall.url("topics/1/placement"), data={"cell": hall.cell(3, 2), "moving": hall.cell(2, 0)})

    assert answer.status_code == 409
    assert f'name="moving" value="{hall.cell(3, 0)}"' in answer.get_data(as_text=True)


def test_what_is_over_is_only_for_facilitators(hall):
    fields = {"title": "Запізно", "language": "uk", "cell": hall.cell(0, 0)}

    statuses = [
        hall.ask(who).post(hall.url("topics"), data=fields, headers=JSON).status_code
        for who in ("participant", "facilitator")
    ]

    assert statuses == [404, 201]


@pytest.mark.parametrize("path", ["topics/{0}", "spaces/{0}", "live?channel=board&since={0}", "live?channel=topic-{0}"])
def test_a_number_beyond_all_numbers_is_not_found(hall, path):
    assert hall.ask("participant").get(hall.url(path.format("9" * 30))).status_code in {200, 404}


def test_a_script_that_asks_gets_the_address_and_the_toast_waits_there(hall):
    client, fields = hall.ask("participant"), {"title": "Нова", "language": "uk"}

    answer = client.post(hall.url("topics"), data=fields, headers={"X-Draft": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (201, hall.url("#market-3"))
    assert 'class="toast"' in client.get(hall.url()).get_data(as_text=True)


def test_a_cell_that_is_taken_by_now_is_told_before_anything_is_written(hall):
    answer = hall.ask("participant").get(
        hall.url(f"topics/new?cell={hall.cell(2, 0)}"), headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 200
    assert "This place has just been taken." in answer.get_data(as_text=True)


def test_a_convener_reads_who_took_their_topic_down_and_why(hall):
    hall.ask("facilitator").put(hall.url("topics/1/withdrawal"), data={"why": "Є така сама тема"})

    page, of_facilitator = (
        hall.ask(who).get(hall.url("topics/1"), headers={"Accept-Language": "en"}).get_data(as_text=True)
        for who in ("convener", "facilitator")
    )
    assert "Taken down by Ірина." in page
    assert "Є така сама тема" in page
    assert ("Bring back" in of_facilitator, "Bring back" in page) == (True, False)
    assert hall.ask("convener").delete(hall.url("topics/1/withdrawal")).status_code == 403
    day = hall.ask("convener").get(hall.url("me/day"), headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Taken down by a facilitator" in day
    assert hall.ask("participant").get(hall.url("topics/1")).status_code == 404
    assert hall.ask("facilitator").delete(hall.url("topics/1/withdrawal")).status_code == 303


def test_ones_own_topic_offers_what_its_convener_needs(hall):
    pages = {who: hall.ask(who).get(hall.url("topics/1")).get_data(as_text=True) for who in ("convener", "participant")}

    bars = {who: page[page.index('class="actionbar actionbar--two"') :] for who, page in pages.items()}
    assert ['data-mark="go"' in bars[who] for who in ("convener", "participant")] == [False, True]
    assert [hall.url("topics/1/placement") in bars[who] for who in ("convener", "participant")] == [True, False]
    assert hall.url("topics/1/edit") in bars["convener"]


def test_names_lead_to_the_cards_that_there_are(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    convener, participant = (hall.url(f"contacts/{hall.ids[who]}") for who in ("convener", "participant"))

    page = hall.ask("organiser").get(hall.url("topics/1")).get_data(as_text=True)
    hall.open_to_the_public()
    public = hall.ask("stranger").get(hall.url("topics/1")).get_data(as_text=True)

    assert (f'href="{convener}"' in page, f'href="{participant}"' in page) == (True, False)
    assert "Олена Ткачук" in page
    assert convener not in public


def test_what_is_over_is_neither_moved_nor_taken_off_by_its_convener(hall):
    wall = hall.url("topics/1/placement")
    moved = {"cell": hall.cell(0, 1), "moving": hall.cell(2, 0)}
    assert hall.ask("facilitator").put(wall, data=moved).status_code == 303
    back = {"cell": hall.cell(2, 0), "moving": hall.cell(0, 1)}

    refused = [hall.ask("convener").put(wall, data=back), hall.ask("convener").delete(wall)]
    page = hall.ask("convener").get(hall.url("topics/1"), headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert [answer.status_code for answer in refused] == [404, 404]
    assert "Repeat it once more" in page[page.index('class="actionbar actionbar--two"') :]
    assert hall.ask("facilitator").put(wall, data=back).status_code == 303


def test_the_code_of_a_merged_topic_opens_the_joint_one(hall):
    def code(number: int) -> tuple[int, str]:
        answer = hall.ask("stranger").get(hall.url(f"topics/{number}/qr.svg"))
        return answer.status_code, answer.get_data(as_text=True)

    hall.open_to_the_public()
    before = [code(number) for number in (1, 2)]
    with hall.app.test_request_context(), sqlite.writing():
        part, first = (topic_numbered(hall.id, number) for number in (1, 2))
        merging.merge(first, part, by=first.convener)
        db.session.commit()

    assert ([code(1), code(2)], before[0] != before[1]) == ([before[1]] * 2, True)
