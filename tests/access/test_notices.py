"""Notices: whom they reach, on which pages, and how they end."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import notices
from openspace.access.models import Member
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from tests.statements import listened

ENGLISH = {"Accept-Language": "en"}
MOVED = "has moved: 15:30, place 2"
PAGES = ("", "market", "topics/1", "topics/new", "me", "me/day", "spaces", "contacts", "contacts/code", "me/leave")


def move(hall, by: str = "facilitator") -> None:
    """Topic 1, in which the participant holds a chair, hangs elsewhere."""
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    fields = {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0), "anyway": "y"}
    assert hall.ask(by).put(hall.url("topics/1/placement"), data=fields).status_code == 303


def page(hall, who: str, path: str = "") -> str:
    return hall.ask(who).get(hall.url(path), headers=ENGLISH).get_data(as_text=True)


def shown(hall, who: str) -> str:
    with hall.app.app_context():
        return db.session.get_one(Member, hall.ids[who]).notices_at.isoformat()


@pytest.mark.parametrize("path", PAGES)
def test_who_is_moved_is_told_on_every_page_and_nobody_else(hall, path):
    move(hall)

    told = {who: MOVED in page(hall, who, path) for who in ("convener", "participant", "facilitator", "organiser")}

    assert told == {"convener": True, "participant": True, "facilitator": False, "organiser": False}


def test_a_projector_in_the_browser_of_somebody_told_shows_nothing_of_it(hall):
    move(hall)

    assert MOVED in page(hall, "convener")
    assert MOVED not in page(hall, "convener", f"projector/{hall.projector}")
    assert MOVED not in page(hall, "convener", f"projector/{hall.projector}/room")


def test_the_public_is_never_told(hall):
    hall.open_to_the_public()
    move(hall)

    assert "notices" in page(hall, "stranger")
    assert MOVED not in page(hall, "stranger")
    assert hall.ask("stranger").get(hall.url("me/notices")).status_code == 403


def test_understood_ends_it_and_leads_back_to_the_page_it_stood_on(hall):
    move(hall)
    before = page(hall, "participant", "me/notices")

    answer = hall.ask("participant").delete(
        hall.url("me/notices"),
        data={"shown": shown(hall, "participant")},
        headers={"Referer": f"http://localhost{hall.url('contacts?q=water')}"},
    )

    assert MOVED in before
    assert (answer.status_code, answer.location) == (303, hall.url("contacts?q=water"))
    assert MOVED not in page(hall, "participant", "me/notices")
    assert MOVED in page(hall, "convener", "me/notices")


@pytest.mark.parametrize("referrer", ["https://evil.example/innovatsii-hromad/", "http://localhost/other/", ""])
def test_understood_never_leads_elsewhere(hall, referrer):
    fields = {"shown": now().isoformat()}

    answer = hall.ask("participant").delete(hall.url("me/notices"), data=fields, headers={"Referer": referrer})

    assert answer.location == hall.url()


def test_what_came_while_one_was_reading_goes_on_waiting(hall):
    move(hall)
    seen = shown(hall, "participant")
    clock.held += timedelta(seconds=1)
    hall.ask("facilitator").put(hall.url("topics/1/withdrawal"))

    left = hall.ask("participant").delete(
        hall.url("me/notices"), data={"shown": seen}, headers={**ENGLISH, "X-Piece": "1"}
    )

    assert "has been taken down" in left.get_data(as_text=True)


def test_a_question_alone_is_not_to_be_understood_but_answered(hall):
    hall.ask("facilitator").post(hall.url("topics/1/merge"), data={"other": 2}, headers=ENGLISH)
    piece = page(hall, "convener", "me/notices")
    move(hall)

    assert ("Yes, merge" in piece, "Understood" in piece) == (True, False)
    assert "Understood" in page(hall, "convener", "me/notices")


@pytest.mark.parametrize("shown", ["", "yesterday", "2026-06-04T09:00:00"])
def test_a_time_that_is_none_is_refused(hall, shown):
    answer = hall.ask("participant").delete(hall.url("me/notices"), data={"shown": shown})

    assert answer.status_code == 422


def test_catching_up_says_that_something_waits(hall):
    move(hall)

    mine = hall.ask("participant").get(hall.url("live?channel=board&since=0")).get_json()["mine"]

    assert mine["told"] == shown(hall, "participant")


def test_the_board_asks_nothing_more_when_nothing_waits(hall):
    statements = []
    page(hall, "organiser")
    listen = db.event.listen
    with hall.app.app_context():
        listen(db.engine, "before_cursor_execute", lambda *asked: statements.append(asked[2]))

    page(hall, "organiser")

    assert len(statements) == 1


def test_the_piece_with_the_notices_of_somebody_who_was_told_nothing_costs_one_statement(hall):
    client = hall.ask("organiser")

    with listened(hall.app) as said:
        piece = client.get(hall.url("me/notices"), headers=ENGLISH).get_data(as_text=True)

    assert 'data-told=""' in piece
    assert [statement.split()[0] for statement in said] == ["SELECT", "ROLLBACK"]


def test_many_are_told_in_few_statements(hall):
    from openspace.board import actions as board
    from openspace.board.models import topic_numbered
    from openspace.events.models import Event
    from openspace.store import sqlite
    from tests.factories import a_member, cell

    statements = []
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        for number in range(60):
            board.mark(event.id, 1, kind="go", by=a_member(event, f"Людина {number}"))
        topic, by = topic_numbered(event.id, 1), db.session.get_one(Member, hall.ids["facilitator"])
        db.event.listen(db.engine, "before_cursor_execute", lambda *asked: statements.append(asked[2]))
        board.move(topic.placements[0], **cell(event, slot=3, space=1), by=by, anyway=True)
        told = db.session.query(Member).filter(Member.notices_at.is_not(None)).count()
        subjects = log.subjects_since(event.id, notices.NOTICES, 0)
        db.session.rollback()

    assert told == 61
    assert len(subjects.names) == 61
    assert (
        len(
            [
                statement
                for statement in statements
                if statement.startswith(("INSERT INTO topic_notice", "UPDATE member"))
            ]
        )
        == 2
    )
