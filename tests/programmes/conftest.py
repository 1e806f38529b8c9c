"""A programme with its office, beside the hall and another programme."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from openspace.access import seats
from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.extensions import db
from openspace.programmes import actions
from openspace.programmes.actions import Frame
from openspace.programmes.models import Call, call_of
from openspace.programmes.rules import LENGTHS, stamp
from openspace.store import sqlite
from tests.factories import a_member

TEXT = {
    "title": "Прискорювач міст-побратимів",
    "lead": "Дві пари міст. Чотири семінари.",
    "who": "Міська влада: мери й адміністрації\nТовариства",
    "gets": "Свіжий погляд\nКарту людей",
    "steps": "Стартовий семінар\nу вашому місті\nДивимося, як є.\n\nПогоджуй та дій\nразом",
    "declaration": "Посадовці підтримують заявку.",
}


class Lab:
    """The hall's installation with two programmes. Its people: organisers of each, the hall's people, a stranger."""

    def __init__(self, hall) -> None:
        self.hall, self.app = hall, hall.app
        with self.app.test_request_context(), sqlite.writing():
            office = actions.found(name="Twin City Lab", zone="Europe/Berlin", languages=["uk", "de"])
            elsewhere = actions.found(name="Another Lab", zone="Europe/Kyiv", languages=["en"])
            self.slug, self.id, self.elsewhere = office.slug, office.id, elsewhere.slug
            lead, other = a_member(office, "Марта", Role.ORGANISER), a_member(elsewhere, "Paul", Role.ORGANISER)
            self.lead_id = lead.id
            self._seats = {
                "lead": (office.id, seats.give(lead, confirmed_at=now())),
                "lead of another": (elsewhere.id, seats.give(other, confirmed_at=now())),
            }
            db.session.commit()
        self._clients: dict[str, Any] = {}

    def ask(self, who: str):
        """The client of a person: of a programme's, or of the hall's."""
        if who not in self._seats:
            return self.hall.ask(who)
        if who not in self._clients:
            client = self._clients[who] = self.app.test_client()
            event_id, token = self._seats[who]
            with client.session_transaction() as session:
                session["seats"] = {str(event_id): token}
        return self._clients[who]

    def url(self, rest: str = "") -> str:
        """An address within the programme."""
        return f"/programmes/{self.slug}/{rest}"

    def page(self, who: str, rest: str = "", **query: str) -> str:
        """The text of a page."""
        answer = self.ask(who).get(self.url(rest), query_string=query)
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    def send(self, who: str, rest: str, method: str = "PUT", /, **fields: Any):
        """Send a form."""
        return self.ask(who).post(self.url(rest), query_string={"method": method}, data=fields)

    def do(self, act, *args: Any, **more: Any) -> None:
        """Do something with the call as its organiser."""
        with self.app.test_request_context(), sqlite.writing():
            act(call_of(self.id), *args, by=db.session.get_one(Member, self.lead_id), **more)
            db.session.commit()

    def write(self, language: str = "uk", **texts: str) -> None:
        """Write the call in a language."""
        with self.app.test_request_context():
            seen = stamp(call_of(self.id).texts.get(language, {}))
        self.do(actions.write, language, {**dict.fromkeys(LENGTHS, ""), **TEXT, **texts}, seen=seen)

    def publish(self) -> None:
        """Write the call and publish it."""
        self.write()
        self.do(actions.publish)

    def closes(self, at: datetime) -> None:
        """Move the deadline."""
        with self.app.test_request_context():
            call = call_of(self.id)
            kept, seen = call.kept_until, stamp(actions.frame_of(call))
        self.do(actions.set_frame, Frame("Europe/Berlin", ["uk", "de"], at, 2, "lab@example.org", kept), seen=seen)

    def frame(self, **changes: Any) -> dict[str, Any]:
        """The fields of the form with deadline and places as its page shows them, with changes."""
        page = html.fromstring(self.page("lead", "call/frame")).forms[-1]
        shown = {name: value for name, value in page.form_values() if name != "key"}
        shown["languages"] = [value for name, value in page.form_values() if name == "languages"]
        return {**shown, **changes}

    def call(self) -> Call:
        """The call as it stands."""
        with self.app.test_request_context():
            found = call_of(self.id)
            _ = found.office.languages, found.changes
            db.session.expunge_all()
            return found


@pytest.fixture
def lab(hall):
    return Lab(hall)


def local(*parts: int, zone: str = "Europe/Berlin") -> datetime:
    """A moment on the clock of a zone."""
    return datetime(*parts, tzinfo=ZoneInfo(zone))
