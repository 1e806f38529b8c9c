"""The log is written once, right before the commit, and no two transactions can wait for each other's locks."""

import threading

import pytest

from openspace.access.models import Member
from openspace.board import actions as board
from openspace.board.models import BOARD, topic_numbered
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import queue
from openspace.live import log
from openspace.organising import actions as organising
from openspace.store import sqlite
from tests.access.test_matrix import ROWS, address, fields, routes
from tests.factories import DAY, cell
from tests.statements import listened

LOG = ("INSERT INTO channel", "INSERT INTO change", "DELETE FROM change", "NOTIFY")
LOCK = "SELECT id FROM event WHERE id"
# Rows that a transaction may lock before the event: nobody who holds the event's lock asks for them. The key of a write
# is its browser's own; an event that the transaction itself adds is seen by nobody yet.
FIRST = ("INSERT INTO answer", "INSERT INTO event ", "SELECT link.id")


def of_log(said: list[str]) -> list[str]:
    return [statement for statement in said if statement.startswith(LOG)]


def in_a_transaction(hall, work) -> list[str]:
    """What is said while `work` is done to the event and its convener, and committed."""
    with listened(hall.app) as said, hall.app.test_request_context(), sqlite.writing():
        work(db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["convener"]))
        db.session.commit()
    return said


def test_place_writes_the_log_once(hall):
    def place(event, convener) -> None:
        board.place(topic_numbered(event.id, 2), **cell(event, 3, 1), by=convener)

    said = in_a_transaction(hall, place)

    calls = [] if "sqlite" in hall.app.config["SQLALCHEMY_DATABASE_URI"] else ["NOTIFY openspace"]
    assert [statement.split(" (")[0] for statement in of_log(said)] == [*LOG[:2], *calls]


def test_set_slots_writes_the_log_once(hall):
    def later(event, convener) -> None:
        sheets = [organising.as_sheet(event, slot) for slot in event.slots if slot.day == DAY]
        moved = [sheet._replace(block=sheet.block._replace(end=sheet.block.end - 5)) for sheet in sheets]
        organising.set_slots(event, DAY, moved, by=convener)

    said = in_a_transaction(hall, later)

    assert len(of_log(said)) == (2 if "sqlite" in hall.app.config["SQLALCHEMY_DATABASE_URI"] else 3)
    with hall.app.app_context():
        assert log.revision(hall.id, "topic-1") > 1


def test_what_was_recorded_before_a_savepoint_stays_and_what_came_after_is_forgotten(inside, hall):
    before = log.revision(hall.id, BOARD)
    log.record(hall.id, BOARD, "one")
    savepoint = db.session.begin_nested()
    log.record(hall.id, BOARD, "two")
    log.record(hall.id, "topic-9", "topic")
    savepoint.rollback()
    with db.session.begin_nested():
        log.record(hall.id, BOARD, "three")
    db.session.commit()

    assert log.subjects_since(hall.id, BOARD, before) == (before + 2, {"one": before + 1, "three": before + 2})
    assert log.revision(hall.id, "topic-9") == 0


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_what_was_recorded_is_forgotten_with_its_transaction(inside, hall, end):
    before = log.revision(hall.id, BOARD)
    log.record(hall.id, BOARD, "one")
    getattr(db.session, end)()
    db.session.commit()

    assert log.revision(hall.id, BOARD) == before


def test_who_reads_the_log_in_between_reads_what_was_recorded(inside, hall):
    before = log.revision(hall.id, BOARD)
    log.record(hall.id, BOARD, "one", "two", "one")

    assert log.subjects_since(hall.id, BOARD, before) == (before + 2, {"two": before + 1, "one": before + 2})


def out_of_order(said: list[str]) -> list[str]:
    """The statements of one transaction that lock something when they must not."""
    wrong, has_lock, has_channels = [], False, False
    writes = [
        (n, statement) for n, statement in enumerate(said) if not statement.startswith("SELECT") or "FOR " in statement
    ]
    records = any(statement.startswith(LOCK) for _, statement in writes)
    for _, statement in writes:
        # The queue's call names no row: PostgreSQL keeps it for the commit. Savepoints lock nothing.
        if statement == f"NOTIFY {queue.CALL}" or statement.startswith(("SAVEPOINT", "RELEASE SAVEPOINT")):
            continue
        if statement.startswith(LOCK):
            wrong += [statement] if has_channels else []
            has_lock = True
        elif statement.startswith(LOG):
            has_channels = True
        elif has_channels or (records and not has_lock and not statement.startswith(FIRST)):
            wrong.append(statement)
    return wrong


def transactions(said: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for statement in said:
        if statement in {"COMMIT", "ROLLBACK"}:
            found.append([])
        else:
            found[-1].append(statement)
    return found


@pytest.mark.parametrize("person", ["convener", "organiser"])
def test_every_write_locks_the_event_then_its_rows_and_the_channels_last(hall, person):
    if "sqlite" in hall.app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("SQLite has one lock for all")
    wrong, recorded = {}, set()
    for name in ROWS:
        if name.startswith("GET"):
            continue
        hall.restore()
        # Making what the address names is no part of the write.
        path = address(hall, routes(hall.app)[name])
        with listened(hall.app) as said:
            hall.ask(person).open(path, method=name.split()[0], data=fields(hall, name))
        if found := [statement for each in transactions(said) for statement in out_of_order(each)]:
            wrong[name] = found
        if of_log(said):
            recorded.add(name)

    assert wrong == {}
    assert len(recorded) > 10


def test_actions_that_touch_board_book_and_members_in_turn_do_not_wait_for_each_other(hall):
    answers: list[int] = []
    together = threading.Barrier(3)
    writes = [
        ("convener", "PUT", "me", {"name": "Оксана"}),
        ("convener", "PUT", "contacts/mine/who", {"name": "Оксана Дячук"}),
        ("organiser", "PUT", "topics/1/placement", {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)}),
    ]

    def write(who, method, path, data) -> None:
        client = hall.app.test_client()
        with client.session_transaction() as session:
            session["seats"] = {str(hall.id): hall.token(who)}
        together.wait(20)
        for turn in range(12):
            name = {"name": f"{data['name']} {turn}"} if "name" in data else {}
            answers.append(client.open(hall.url(path), method=method, data={**data, **name}).status_code)

    threads = [threading.Thread(target=write, args=each) for each in writes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 36
    assert set(answers) <= {303, 409}
