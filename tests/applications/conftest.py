"""A published call, and applications on it."""

import re

import pytest

from openspace.applications.models import Application, applications_of
from openspace.extensions import db
from tests.programmes.conftest import Lab

CITIES = {
    "kind": "together",
    "city": "Вербівка",
    "country": "UA",
    "twin_city": "Lindental",
    "twin_country": "DE",
    "organisation": "Міська рада Вербівки",
}
CONTACT = {"contact": "Олена Ткачук", "email": "tkachuk@verbivka.example", "phone": "", "networks": ""}
NAMED = {"name": "Олена Ткачук", "agrees": "y"}


class Applicant:
    """Somebody with a link, in a browser of their own that is signed in nowhere."""

    def __init__(self, lab: Lab, key: str) -> None:
        self.lab, self.key, self.browser = lab, key, lab.app.test_client()

    def url(self, step: str = "") -> str:
        """The address of a page of the application."""
        return self.lab.url(f"apply/{self.key}/{step}")

    def page(self, step: str = "") -> str:
        """A page of the application."""
        answer = self.browser.get(self.url(step), query_string={"lang": "uk"})
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    def save(self, step: str, seen: int = 0, is_json: bool = True, **texts: str):
        """Save a step as the page's script does, or as a form."""
        sent = {**texts, **{f"seen_{name}": str(seen) for name in texts}}
        headers = {"Accept": "application/json"} if is_json else {}
        return self.browser.post(self.url(step), query_string={"method": "PUT"}, data=sent, headers=headers)

    def fill(self) -> None:
        """Write all that is needed."""
        for step, texts in (("cities", CITIES), ("contact", CONTACT), ("sign", {"declared": "Олена Ткачук"})):
            assert self.save(step, **texts).status_code == 200
        for number in (1, 2, 3):
            assert self.save(f"q{number}", **{f"q{number}": f"Відповідь {number}."}).status_code == 200

    def send(self, what: str, method: str = "PUT", **fields: str):
        """Send a form of the overview."""
        return self.browser.post(self.url(what), query_string={"method": method}, data=fields)

    def hand_in(self):
        """Hand the application in."""
        return self.send("handed-in")

    def twin(self) -> "Applicant":
        """The twin city, by the link that is made for it."""
        assert self.browser.post(self.url("twin")).status_code == 303
        keys = set(re.findall(r"/apply/([\w-]+)/\"", self.page())) - {self.key}
        found = Applicant(self.lab, keys.pop())
        assert found.send("name", name="Anna Berger", agrees="y").status_code == 303
        return found


class Round:
    """A published call with whoever applies."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        lab.publish()

    def begin(self) -> Applicant:
        """Begin an application."""
        answer = self.lab.app.test_client().post(self.lab.url("apply"), data=NAMED)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return Applicant(self.lab, answer.location.split("/")[-2])

    def stands(self) -> list[Application]:
        """All applications as they stand, with their fields and links."""
        with self.lab.app.test_request_context():
            found = applications_of(self.lab.id)
            for each in found:
                _ = each.texts, [link.name for link in each.links]
            db.session.expunge_all()
            return found


@pytest.fixture
def lab(hall):
    return Lab(hall)


@pytest.fixture
def calling(lab):
    return Round(lab)
