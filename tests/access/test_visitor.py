"""The visitor of a request: read in one row, never older than the database, and loaded further when asked."""

import json
from datetime import timedelta

import pytest
from flask import session
from sqlalchemy import event as sqlalchemy_event

from openspace.access import actions as access
from openspace.access.browser_seats import give_up_seat, take_seat
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite


def opened(hall, who: str, **headers: str) -> str:
    return hall.ask(who).get(hall.url(), headers={"Accept-Language": "en", **headers}).get_data(as_text=True)


def do(hall, action, who: str, **more) -> None:
    """As another process would: nothing of this one is told."""
    with hall.app.test_request_context(), sqlite.writing():
        action(db.session.get_one(Member, hall.ids[who]), **more)
        db.session.commit()


def test_the_second_opening_asks_for_one_row(hall):
    asked = []
    opened(hall, "participant")
    with hall.app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    opened(hall, "participant")

    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def selects(hall, ask) -> int:
    """How many queries a request asks; it is asked once before, so that everything is in the caches."""
    ask()
    asked = []
    with hall.app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    ask()
    return len([statement for statement in asked if statement.startswith("SELECT")])


def test_catching_up_asks_for_one_row(hall):
    client = hall.ask("participant")
    since = json.loads(client.get(hall.url("live?channel=board&since=0")).data)["to"]

    assert selects(hall, lambda: client.get(hall.url(f"live?channel=board&since={since}"))) == 1


@pytest.mark.parametrize(("rest", "more"), [("poster", 1), ("projector", 1)])
def test_a_view_that_needs_more_loads_event_and_member_together(hall, rest, more):
    client = hall.ask("facilitator")

    assert selects(hall, lambda: client.get(hall.url(rest))) == 1 + more


def test_the_visitor_of_a_request_is_who_was_signed_in_during_it(hall):
    with hall.app.test_request_context(hall.url("topics/1/interest"), method="PUT"):
        hall.app.preprocess_request()
        assert (visitor.audience, visitor.member_or_none) == ("public", None)

        take_seat(db.session.get_one(Member, hall.ids["participant"]))
        assert (visitor.audience, visitor.member.id) == ("members", hall.ids["participant"])

        give_up_seat(visitor.event)
        assert (visitor.audience, visitor.member_or_none) == ("public", None)


def test_outside_of_an_event_there_is_no_visitor(hall):
    with hall.app.test_request_context("/"):
        hall.app.preprocess_request()

        assert not visitor


def test_the_code_stands_for_the_event_in_its_short_address_alone(hall):
    with hall.app.app_context():
        code = db.session.get_one(Event, hall.id).join_code

    assert [hall.app.test_client().get(f"/{code}/{rest}").status_code for rest in ("", "market")] == [302, 404]


def test_a_new_name_and_a_new_role_show_at_the_next_opening(hall):
    before = opened(hall, "participant")

    do(hall, access.introduce, "participant", name="Zoe Young", community="")
    do(hall, access.give_role, "participant", role=Role.ORGANISER)
    after = opened(hall, "participant")

    assert ('data-initials="ОТ"' in before, "Organise" in before) == (True, False)
    assert ('data-initials="ZY"' in after, "Organise" in after) == (True, True)


@pytest.mark.parametrize("action", [access.renew_key, access.leave])
def test_who_has_no_seat_any_more_sees_nothing_at_once(hall, action):
    assert "seat" in opened(hall, "participant")

    do(hall, action, "participant")

    assert hall.ask("participant").get(hall.url()).status_code == 403
    assert hall.ask("participant").get(hall.url("market")).status_code == 403


def test_on_a_public_board_who_has_left_is_one_of_the_public(hall):
    hall.open_to_the_public()
    assert "Дячук" in opened(hall, "participant")

    do(hall, access.leave, "participant")

    assert "Дячук" not in opened(hall, "participant")


def test_a_seat_in_another_event_is_none_in_this(hall):
    hall.open_to_the_public()

    assert "Дячук" not in opened(hall, "other")


def test_a_word_for_the_next_page_is_shown_once(hall):
    opened(hall, "convener")
    hall.ask("convener").put(hall.url("topics/2/withdrawal"), headers={"Accept-Language": "en"})

    assert ["has been taken down" in opened(hall, "convener") for _ in range(2)] == [True, False]


def test_a_mark_shows_at_the_next_opening(hall):
    opened(hall, "participant")

    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})

    assert '"marks":{"1":"go"}' in opened(hall, "participant").replace(" ", "")


def test_what_one_request_does_to_its_session_is_not_in_the_next(hall):
    cookie = {"Cookie": f"openspace={signed(hall, {'seats': {'1': 'key'}})}"}
    with hall.app.test_request_context(headers=cookie):
        session["seats"]["2"] = "another"

    with hall.app.test_request_context(headers=cookie):
        assert dict(session) == {"seats": {"1": "key"}}


def test_a_cookie_that_is_too_old_or_not_ours_seats_nobody(hall):
    cookie = signed(hall, {"seats": {str(hall.id): hall.keys["participant"]}})
    sessions, lasts = hall.app.session_interface, hall.app.permanent_session_lifetime
    assert sessions.read(cookie) == {"seats": {str(hall.id): hall.keys["participant"]}}

    sessions._lifetime = timedelta(seconds=-1)
    old = sessions.read(cookie)
    sessions._lifetime = lasts

    assert (old, sessions.read("x" + cookie), sessions.read("")) == ({}, {}, {})


def signed(hall, words) -> str:
    return hall.app.session_interface.get_signing_serializer(hall.app).dumps(words)


@pytest.mark.parametrize("page", ["", "market", "me"])
def test_the_console_is_linked_for_those_who_may_open_it(hall, page):
    def is_linked(who: str) -> bool:
        return f'href="{hall.url("facilitator")}"' in hall.ask(who).get(hall.url(page)).text

    assert [is_linked(who) for who in ("participant", "facilitator", "organiser")] == [False, True, True]
