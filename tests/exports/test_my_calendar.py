"""The calendar of somebody's day: without a cookie, for whoever has its address, until there is another one."""

import re
from datetime import timedelta

import pytest
import vobject
from icalendar import Calendar

from openspace.access import actions as access, merging as people
from openspace.access.models import Member, Role
from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import Hall, cell


def make(hall: Hall, who: str = "participant") -> str:
    """Make the calendar as on its page; returns the path of its address."""
    assert hall.ask(who).post(hall.url("me/calendar")).status_code == 303
    return address(hall, who)


def address(hall: Hall, who: str = "participant") -> str:
    page = hall.ask(who).get(hall.url("me/calendar")).get_data(as_text=True)
    found = re.search(r'value="https?://[^/"]+(/[^"]+\.ics)"', page)
    return found[1] if found else ""


def read(hall: Hall, path: str) -> Calendar:
    answer = hall.ask("stranger").get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    vobject.readOne(answer.get_data(as_text=True))
    return Calendar.from_ical(answer.data)


def titles(book: Calendar, status: str = "CONFIRMED") -> set[str]:
    return {str(entry["summary"]) for entry in book.walk("VEVENT") if entry["status"] == status}


def change(hall: Hall, act) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        act(db.session.get_one(Event, hall.id))
        db.session.commit()


def test_it_has_what_one_goes_to_looks_into_and_convenes(hall):
    mine, conveners = make(hall), make(hall, "convener")
    assert titles(read(hall, mine)) == set()
    assert titles(read(hall, conveners)) == {"Ґендерно-чутливі питання"}

    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "look"})

    assert titles(read(hall, mine)) == {"Ґендерно-чутливі питання"}


def test_what_is_taken_off_is_cancelled_in_it_and_comes_back_under_its_uid(hall):
    path = make(hall, "convener")
    (before,) = read(hall, path).walk("VEVENT")

    change(hall, lambda event: board.unplace(topic_numbered(event.id, 1).placements[0], by=convener(event)))
    (gone,) = read(hall, path).walk("VEVENT")
    change(hall, lambda event: board.place(topic_numbered(event.id, 1), **cell(event, 3, 1), by=convener(event)))
    (back,) = read(hall, path).walk("VEVENT")

    assert [str(entry["status"]) for entry in (before, gone, back)] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert before["uid"] == gone["uid"] == back["uid"]
    assert before["sequence"] < gone["sequence"] < back["sequence"]


def convener(event: Event) -> Member:
    return topic_numbered(event.id, 1).convener


@pytest.mark.parametrize(("chosen", "before"), [("", None), ("5", 5), ("10", 10), ("15", 15)])
def test_it_reminds_as_was_chosen(hall, chosen, before):
    path = make(hall, "convener")
    assert hall.ask("convener").put(hall.url("me/calendar"), data={"alarm": chosen}).status_code == 303

    alarms = read(hall, path).walk("VALARM")

    assert [alarm.decoded("trigger") for alarm in alarms] == ([timedelta(minutes=-before)] if before else [])
    page = hall.ask("convener").get(hall.url("me/calendar")).get_data(as_text=True)
    assert re.search(rf'value="{chosen}"\s+checked', page)


@pytest.mark.parametrize("chosen", ["7", "ten", "-5"])
def test_another_reminder_is_refused_and_changes_nothing(hall, chosen):
    path = make(hall, "convener")

    answer = hall.ask("convener").put(hall.url("me/calendar"), data={"alarm": chosen})

    assert answer.status_code == 422
    assert read(hall, path).walk("VALARM") == []


def test_a_new_address_ends_the_old_one_and_keeps_the_reminder(hall):
    before = make(hall, "convener")
    hall.ask("convener").put(hall.url("me/calendar"), data={"alarm": "5"})

    assert hall.ask("convener").put(hall.url("me/calendar/address")).status_code == 303

    assert hall.ask("stranger").get(before).status_code == 404
    assert len(read(hall, address(hall, "convener")).walk("VALARM")) == 1


def test_made_once_more_on_a_page_that_is_out_of_date_it_keeps_its_address(hall):
    before = make(hall, "convener")

    assert make(hall, "convener") == before
    read(hall, before)


def test_whoever_signs_out_everywhere_because_a_phone_is_lost_ends_its_address_too(hall):
    path = make(hall)

    change(hall, lambda event: access.renew_key(db.session.get_one(Member, hall.ids["participant"])))

    assert hall.ask("stranger").get(path).status_code == 404


@pytest.mark.parametrize("of", ["the event", "a day"])
def test_what_was_withdrawn_is_shown_to_its_convener_and_to_facilitators_alone(hall, of):
    hall.open_to_the_public()
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    theirs, own, whole = make(hall), make(hall, "convener"), hall.url("exports/calendar.ics")
    change(hall, lambda event: board.withdraw(topic_numbered(event.id, 1), by=event_facilitator(hall)))

    def seen(who: str, path: str) -> set[str]:
        return titles(Calendar.from_ical(hall.ask(who).get(path).data), "CANCELLED")

    title = {"Ґендерно-чутливі питання"}
    if of == "the event":
        assert [seen(who, whole) for who in ("stranger", "participant", "facilitator")] == [set(), set(), title]
    else:
        assert (seen("stranger", theirs), seen("stranger", own)) == (set(), title)


def event_facilitator(hall: Hall) -> Member:
    return db.session.get_one(Member, hall.ids["facilitator"])


def test_switched_off_it_leads_nowhere_and_reminds_of_nothing(hall):
    path = make(hall)
    assert hall.ask("participant").delete(hall.url("me/calendar")).status_code == 303

    assert hall.ask("stranger").get(path).status_code == 404
    assert address(hall) == ""
    late = hall.ask("participant").put(hall.url("me/calendar"), data={"alarm": "5"})
    assert late.status_code == 404
    assert "Ваш календар вимкнено" in late.get_data(as_text=True)


def test_whoever_leaves_takes_it_along(hall):
    path = make(hall)

    change(hall, lambda event: access.leave(db.session.get_one(Member, hall.ids["participant"])))

    assert hall.ask("stranger").get(path).status_code == 404


@pytest.mark.parametrize("has_own", [False, True])
@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR, Role.ORGANISER])
def test_when_two_become_one_no_address_leads_to_a_higher_role_than_its_owners(hall, has_own, role):
    """`facilitator` is kept; who had been a participant or an organiser has the calendar."""
    theirs = make(hall, "convener")
    own = make(hall, "facilitator") if has_own else ""

    def merge(event: Event) -> None:
        kept, gone = (db.session.get_one(Member, hall.ids[who]) for who in ("facilitator", "convener"))
        gone.role = role
        people.merge(kept, gone)

    change(hall, merge)

    goes_on = {
        Role.PARTICIPANT: {own},
        Role.FACILITATOR: {own or theirs},
        Role.ORGANISER: {theirs},
    }[role] - {""}
    leading = {path for path in (own, theirs) if path and hall.ask("stranger").get(path).status_code == 200}
    assert leading == goes_on
    for path in leading:
        assert titles(read(hall, path)) == {"Ґендерно-чутливі питання"}


def test_of_another_event_it_is_not_found(hall):
    path = make(hall).replace(hall.slug, "seminar")

    assert hall.ask("stranger").get(path).status_code == 404


def test_who_has_it_is_told_so(hall):
    path = make(hall, "convener")
    etag = hall.ask("stranger").get(path).headers["ETag"]

    assert hall.ask("stranger").get(path, headers={"If-None-Match": etag}).status_code == 304


def test_its_page_is_kept_by_no_browser_and_names_the_scheme_for_subscribing(hall):
    make(hall)

    answer = hall.ask("participant").get(hall.url("me/calendar"))

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert re.search(r'href="webcal://[^"]+\.ics"', answer.get_data(as_text=True))


@pytest.mark.parametrize("rest", ["exports/calendar.ics", "spaces/{space}/calendar.ics"])
def test_calendars_of_the_event_and_of_a_space_need_the_key_or_a_member(hall, rest):
    path = hall.url(rest.format(space=hall.spaces[0]))
    with hall.app.app_context():
        key = db.session.get_one(Event, hall.id).feed_key

    assert hall.ask("stranger").get(path).status_code == 403
    assert hall.ask("participant").get(path).status_code == 200
    book = Calendar.from_ical(hall.ask("stranger").get(f"{path}?key={key}").data)
    assert titles(book) == {"Ґендерно-чутливі питання"}
    empty = hall.url(f"spaces/{hall.spaces[1]}/calendar.ics")
    assert Calendar.from_ical(hall.ask("participant").get(empty).data).walk("VEVENT") == []
