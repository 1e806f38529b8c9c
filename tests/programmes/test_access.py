"""Who may do what in a programme, which has a scope of its own; and an office is no event."""

import pytest
from lxml import html

from openspace.access.actions import issue_link
from openspace.access.models import Link, Member
from openspace.clock import now
from openspace.extensions import db
from openspace.organising.event_actions import RESERVED
from openspace.programmes.models import call_of
from openspace.store import sqlite
from tests.access.test_matrix import routes
from tests.programmes.test_call import FRAME, TEXT, rows

PEOPLE = ("stranger", "organiser", "lead of another", "lead")
ROWS = {
    "GET programmes.show": (303, 303, 303, 200),
    "POST programmes.invite": (403, 403, 403, 200),
    "DELETE programmes.take_invitation_back": (403, 403, 403, 303),
    "GET calls.show": (404, 404, 404, 200),
    "PUT calls.publish": (403, 403, 403, 422),
    "DELETE calls.withdraw": (403, 403, 403, 303),
    "GET calls.frame": (403, 403, 403, 200),
    "PUT calls.put_frame": (403, 403, 403, 409),
    "GET calls.texts": (403, 403, 403, 200),
    "PUT calls.put_texts": (403, 403, 403, 409),
    "GET calls.questions": (403, 403, 403, 200),
    "PUT calls.put_questions": (403, 403, 403, 409),
}
FIELDS = {
    "PUT calls.put_frame": FRAME,
    "PUT calls.put_texts": {**TEXT, "seen": "of yesterday"},
    "PUT calls.put_questions": {**rows("Хто ви?"), "seen": "of yesterday"},
}


def address(lab, rule, slug: str) -> str:
    values = {"event": slug, "code": "uk", "link_id": lab.link_id}
    with lab.app.test_request_context():
        adapter = lab.app.url_map.bind("")
        return adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


@pytest.fixture
def invited(lab):
    lab.ask("lead").post(lab.url("invitations"))
    with lab.app.test_request_context():
        lab.link_id = db.session.query(Link.id).filter_by(event_id=lab.id).scalar()
    return lab


def test_every_route_of_programmes_has_a_row(lab):
    found = {name for name in routes(lab.app) if name.split()[1].startswith(("programmes.", "calls."))}

    assert found == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("who", PEOPLE)
def test_matrix(invited, name, who):
    path = address(invited, routes(invited.app)[name], invited.slug)

    answer = invited.ask(who).open(path, method=name.split()[0], data=FIELDS.get(name))

    assert answer.status_code == ROWS[name][PEOPLE.index(who)]


@pytest.mark.parametrize("name", ROWS)
def test_an_event_is_no_programme(invited, name):
    path = address(invited, routes(invited.app)[name], invited.hall.slug)

    assert invited.ask("organiser").open(path, method=name.split()[0], data=FIELDS.get(name)).status_code == 404


def test_an_office_has_no_board_no_entrance_and_no_settings(lab):
    for path in ("", "market", "settings", "contacts", "stories", "facilitator", "exports/", "live?channel=board"):
        assert lab.ask("lead").get(f"/{lab.slug}/{path}").status_code == 404
    with lab.app.test_request_context():
        code = call_of(lab.id).office.join_code
    assert lab.app.test_client().post("/", data={"code": code}).status_code == 303
    assert lab.ask("stranger").get(f"/{lab.slug}/join/{code}").status_code == 403


def test_an_office_has_the_pages_of_signing_in(lab):
    for path in ("me", "me/everything.json", "sign-in"):
        assert lab.ask("lead").get(f"/{lab.slug}/{path}").status_code in (200, 303)


def test_the_pages_of_an_office_lead_to_no_page_that_it_does_not_have(lab):
    for path in (lab.url(), lab.url("call"), lab.url("call/frame"), f"/{lab.slug}/me"):
        page = html.fromstring(lab.ask("lead").get(path).get_data(as_text=True))
        for link in set(page.xpath("//body//a/@href")):
            if link.startswith("/"):
                assert lab.ask("lead").get(link).status_code in (200, 302, 303), (path, link)


def test_an_invitation_makes_an_organiser_of_this_programme(lab):
    page = lab.ask("lead").post(lab.url("invitations")).get_data(as_text=True)
    link = page.partition("/link/")[2].partition('"')[0]
    newcomer = lab.app.test_client()

    answer = newcomer.post(f"/link/{link}", data={"name": "Софія"})

    assert (answer.status_code, answer.location) == (303, f"/programmes/{lab.slug}/")
    assert newcomer.get(lab.url("call/frame")).status_code == 200
    assert newcomer.get(f"/programmes/{lab.elsewhere}/call/frame").status_code == 403


def test_whoever_has_the_setup_link_founds_a_programme(app):
    with app.test_request_context(), sqlite.writing():
        token = issue_link()
        db.session.commit()
    browser = app.test_client()
    fields = {
        "name": "Twin City Lab",
        "zone": "Europe/Berlin",
        "languages": ["de", "uk"],
        "organiser": "Марта",
        "email": "marta@lab.example",
        "password": "ріка тече повз обидва міста",
    }

    for wrong in ({"name": ""}, {"languages": []}, {"password": "123"}, {"zone": "Mars"}):
        answer = browser.post(f"/setup/{token}/programme", data={**fields, **wrong})
        assert (answer.status_code, "marta@lab.example" in answer.get_data(as_text=True)) == (422, True)
    answer = browser.post(f"/setup/{token}/programme?lang=uk", data=fields)

    assert (answer.status_code, answer.location) == (303, "/programmes/twin-city-lab/")
    assert browser.get(answer.location).status_code == 200
    # The link was for once.
    assert app.test_client().get(f"/setup/{token}/programme").status_code == 404
    with app.test_request_context():
        (member,) = db.session.query(Member).filter_by(name="Марта")
        assert (member.role, call_of(member.event_id).office.languages) == ("organiser", ["uk", "de"])
        assert member.joined_at <= now()


def test_no_event_takes_the_first_word_of_programmes():
    assert "programmes" in RESERVED
