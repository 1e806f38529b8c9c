"""A one-time link lasts no longer than the right of whoever made it, and there is one way to set an installation up."""

import pytest

from openspace.access import actions as access
from openspace.access.models import Link, Member, Role
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import an_event

ENGLISH = {"Accept-Language": "en"}


def do(hall, action, who: str, **more) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        action(db.session.get_one(Member, hall.ids[who]), **more)
        db.session.commit()


@pytest.fixture
def two_organisers(hall):
    do(hall, access.give_role, "facilitator", role=Role.ORGANISER)
    return hall


def invited(hall, by: str, role: str = "organiser") -> str:
    page = hall.ask(by).post(hall.url("settings/invitations"), data={"role": role}, headers=ENGLISH)
    return "/link/" + page.get_data(as_text=True).partition("/link/")[2].partition('"')[0]


def opens(hall, *addresses: str) -> list[bool]:
    return [hall.app.test_client().get(address).status_code == 200 for address in addresses]


@pytest.mark.parametrize(
    ("action", "more"),
    [
        (access.give_role, {"role": Role.FACILITATOR}),
        (access.give_role, {"role": Role.PARTICIPANT}),
        (access.leave, {}),
    ],
)
def test_an_invitation_ends_with_its_issuers_right(two_organisers, action, more):
    hall = two_organisers
    theirs, sign_in, others = invited(hall, "facilitator"), sign_in_link(hall), invited(hall, "organiser")
    assert opens(hall, theirs, sign_in, others) == [True, True, True]

    do(hall, action, "facilitator", **more)

    assert opens(hall, theirs, sign_in, others) == [False, False, True]
    back = hall.app.test_client().post(theirs, data={"name": "Знову я"})
    assert back.status_code == 404


def sign_in_link(hall, by: str = "facilitator") -> str:
    address = hall.url(f"exports/people/{hall.ids['participant']}/link")
    page = hall.ask(by).post(address, headers=ENGLISH).get_data(as_text=True)
    return "/link/" + page.partition("/link/")[2].partition('"')[0]


def test_who_is_promoted_again_gets_no_old_invitations_back(two_organisers):
    hall = two_organisers
    theirs = invited(hall, "facilitator")

    do(hall, access.give_role, "facilitator", role=Role.PARTICIPANT)
    do(hall, access.give_role, "facilitator", role=Role.ORGANISER)

    assert opens(hall, theirs) == [False]


def test_open_links_are_listed_and_can_be_taken_back(hall):
    address = invited(hall, "organiser", "facilitator")
    with hall.app.app_context():
        link = db.session.query(Link).one()
        assert link.issued_by_id == hall.ids["organiser"]
        ident = link.id
    page = hall.ask("organiser").get(hall.url("settings"), headers=ENGLISH).get_data(as_text=True)
    assert "Links not used yet" in page
    assert "Invitation for a facilitator" in page
    assert "Made by Команда. Good until June 11, 11:54." in page

    hall.ask("organiser").delete(hall.url(f"settings/invitations/{ident}"))

    assert opens(hall, address) == [False]
    page = hall.ask("organiser").get(hall.url("settings"), headers=ENGLISH).get_data(as_text=True)
    assert "Links not used yet" not in page


def test_a_used_link_is_not_listed(hall):
    hall.app.test_client().post(invited(hall, "organiser"), data={"name": "Нова"})

    page = hall.ask("organiser").get(hall.url("settings"), headers=ENGLISH).get_data(as_text=True)

    assert "Links not used yet" not in page


@pytest.mark.parametrize("way", ["given", "invited"])
def test_a_sign_in_link_ends_when_its_person_becomes_an_organiser(hall, way):
    link, person = sign_in_link(hall, "organiser"), hall.ask("participant")
    assert opens(hall, link) == [True]

    if way == "given":
        do(hall, access.give_role, "participant", role=Role.ORGANISER)
    else:
        person.post(invited(hall, "organiser"))

    assert opens(hall, link) == [False]


def test_links_of_another_event_cannot_be_taken_back(hall):
    with hall.app.test_request_context(), sqlite.writing():
        other = db.session.get_one(Member, hall.ids["other"])
        access.issue_link(event=other.event, role=Role.ORGANISER, by=other)
        db.session.commit()
        ident = db.session.query(Link).one().id

    assert hall.ask("organiser").delete(hall.url(f"settings/invitations/{ident}")).status_code == 404


def setup_link(app) -> str:
    with app.test_request_context(), sqlite.writing():
        token = access.issue_link()
        db.session.commit()
    return f"/setup/{token}"


def test_only_the_newest_setup_link_is_valid(app):
    first, second = setup_link(app), setup_link(app)

    statuses = [app.test_client().get(address).status_code for address in (first, second)]

    assert statuses == [404, 200]


def test_no_setup_link_is_valid_after_the_first_event(app):
    address = setup_link(app)
    with app.test_request_context(), sqlite.writing():
        an_event()
        db.session.commit()

    client = app.test_client()

    assert client.get(address).status_code == 404
    assert [client.post(f"{address}{rest}").status_code for rest in ("", "/wall", "/demo")] == [404, 404, 404]
