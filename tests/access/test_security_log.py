"""The security log: what is written down, who reads it, and how it ends."""

import re
from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions, security_log
from openspace.access.models import Member, Role
from openspace.access.passwords import hash_password
from openspace.access.security_log import KEPT, Kind, SecurityEntry
from openspace.extensions import db
from openspace.store import sqlite

ENGLISH = {"Accept-Language": "en"}


def written(hall) -> list[tuple[str, str, str | None, str | None]]:
    """Kind, detail, by and about of each entry, the earliest first."""
    with hall.app.app_context():
        found = db.session.query(SecurityEntry).filter_by(event_id=hall.id).order_by(SecurityEntry.id)
        names = {ident: who for who, ident in hall.ids.items() if who != "other event"}
        return [(each.kind, each.detail, names.get(each.by_id), names.get(each.about_id)) for each in found]


def read(hall) -> str:
    page = hall.ask("organiser").get(hall.url("settings/security"), headers=ENGLISH).get_data(as_text=True)
    return re.sub(r"<[^>]+>", " ", page.partition("<ol")[2])


@pytest.fixture
def with_password(hall):
    with hall.app.test_request_context(), sqlite.writing():
        member = db.session.get_one(Member, hall.ids["facilitator"])
        actions.set_password(member, email="iryna@example.org", password_hash=hash_password("long enough 1"))
        db.session.commit()
    return hall


def test_signing_in_and_failing_to_is_written_down(with_password):
    hall = with_password
    address, stranger = hall.url("sign-in"), hall.ask("stranger")
    stranger.post(address, data={"email": "iryna@example.org", "password": "wrong and secret"})
    stranger.post(address, data={"email": "nobody@example.org", "password": "wrong and secret"})
    stranger.post(address, data={"email": "iryna@example.org", "password": "long enough 1"})
    stranger.post(hall.url(f"me/{hall.keys['participant']}"))

    assert written(hall) == [
        (Kind.WRONG_PASSWORD, "", None, "facilitator"),
        (Kind.WRONG_PASSWORD, "", None, None),
        (Kind.SIGNED_IN, "password", "facilitator", None),
        (Kind.SIGNED_IN, "personal", "participant", None),
    ]
    text = read(hall)
    assert "Somebody typed a wrong password for Ірина." in text
    assert "Somebody tried to sign in with an e-mail that nobody here has." in text
    assert not re.search(f"example.org|secret|{hall.keys['participant']}", text)


def test_roles_invitations_and_downloads_are_written_down(hall):
    organiser, member = hall.ask("organiser"), hall.ids["participant"]
    organiser.put(hall.url(f"settings/members/{member}"), data={"role": "facilitator"})
    organiser.post(hall.url("settings/invitations"), data={"role": "organiser"})
    for download in ("contacts.csv", "contacts.xlsx", "consents.csv", "sessions.csv", f"people/{member}.json"):
        assert organiser.get(hall.url(f"exports/{download}")).status_code == 200
    organiser.delete(hall.url(f"exports/people/{hall.ids['convener']}"))

    assert written(hall) == [
        (Kind.ROLE, "participant facilitator", "organiser", "participant"),
        (Kind.INVITED, "organiser", "organiser", None),
        (Kind.DOWNLOADED, "contacts.csv", "organiser", None),
        (Kind.DOWNLOADED, "contacts.xlsx", "organiser", None),
        (Kind.DOWNLOADED, "consents.csv", "organiser", None),
        (Kind.DOWNLOADED, "sessions.csv", "organiser", None),
        (Kind.DOWNLOADED, "", "organiser", "participant"),
        (Kind.DELETED, "", "organiser", None),
    ]
    assert "Команда changed the role of Олена Ткачук: participant → facilitator." in read(hall)
    assert "Команда downloaded what is held on Олена Ткачук." in read(hall)


def test_a_refusal_is_written_down_and_its_repetition_counted(hall):
    for _ in range(5):
        assert hall.ask("participant").get(hall.url("settings")).status_code == 403
    hall.ask("participant").put(hall.url("topics/1"), data={"title": "Моя", "language": "uk"})
    # Whoever has no seat is shown the entrance: that is no refusal.
    hall.ask("stranger").get(hall.url("settings"))

    assert written(hall) == [
        (Kind.REFUSED, "GET /settings", "participant", None),
        (Kind.REFUSED, "PUT /topics/<int:number>", "participant", None),
    ]


def test_the_same_again_is_one_entry(hall):
    for _ in range(30):
        hall.ask("stranger").post(hall.url("sign-in"), data={"email": "a@example.org", "password": "wrong"})

    assert len(written(hall)) == 1
    assert "30 times" in read(hall)


def test_entries_name_nobody_who_has_left_and_end_with_their_time(hall):
    hall.ask("organiser").get(hall.url(f"exports/people/{hall.ids['participant']}.json"))
    hall.ask("participant").delete(hall.url("me"))
    assert "Олена" not in read(hall)
    assert "somebody who has left" in read(hall)

    clock.held += KEPT + timedelta(minutes=1)
    with hall.app.app_context(), sqlite.writing():
        security_log.forget_old()
        db.session.commit()
    assert written(hall) == []


def test_every_kind_has_its_words(hall):
    with hall.app.test_request_context(), sqlite.writing():
        for kind in set(Kind) - {Kind.SIGNED_IN, Kind.CREDENTIALS}:
            security_log.note(hall.id, kind, by=hall.ids["organiser"], about=hall.ids["convener"])
            security_log.note(hall.id, kind, by=hall.ids["organiser"], detail=Role.FACILITATOR)
        for kind, detail in [(Kind.SIGNED_IN, "password"), (Kind.SIGNED_IN, "link"), (Kind.SIGNED_IN, "personal")]:
            security_log.note(hall.id, kind, by=hall.ids["organiser"], detail=detail)
        for detail in ("password", "link"):
            security_log.note(hall.id, Kind.CREDENTIALS, by=hall.ids["organiser"], detail=detail)
        db.session.commit()

    assert read(hall).count("11:54") == 2 * (len(Kind) - 2) + 5
