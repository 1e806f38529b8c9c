"""The demo's programme: a call that everybody can read, and applications as far as their people have come."""

from lxml import html

from openspace import demo
from openspace.access import seats
from openspace.applications.models import applications_of
from openspace.clock import now
from openspace.extensions import db
from openspace.programmes.models import call_of
from openspace.store import sqlite


def test_it_has_an_open_call_in_three_languages_and_nine_applications(app):
    with app.test_request_context(), sqlite.writing():
        lead = demo.build(is_illustrated=False).lead
        slug, token, office = lead.event.slug, seats.give(lead, confirmed_at=now()), lead.event_id
        db.session.commit()
        call, applications = call_of(office), applications_of(office)
        assert (call.is_open, call.written_in) == (True, ["uk", "de", "en"])
        assert [each.number for each in applications] == [1, 2, 3, 4, 5, 6, None, None, None]
        assert sum(len(each.cities) == 1 for each in applications) == 4
    client = app.test_client()
    for code, title in (("uk", "Прискорювач"), ("de", "Beschleuniger"), ("en", "Booster")):
        page = html.fromstring(client.get(f"/programmes/{slug}/call", query_string={"lang": code}).text)
        assert page.xpath("string(//h1)").strip().replace("\N{SOFT HYPHEN}", "").startswith(title)
    with client.session_transaction() as session:
        session["seats"] = {str(office): token}
    assert "Вербівка" in client.get(f"/programmes/{slug}/applications").text
