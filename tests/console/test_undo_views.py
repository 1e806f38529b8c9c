"""An undo that no longer fits says so and offers free places, to scripts and as a page."""

import pytest
from lxml import html

from openspace.board import actions as board
from openspace.board.models import topic_numbered
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import a_topic, cell

JSON = {"Accept": "application/json"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def moved(hall):
    """The hall, after the facilitator has moved topic 1 away, and its convener has hung another one at its old time."""
    sent = {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)}
    path = hall.url("facilitator/topics/1/placement")
    assert hall.ask("facilitator").put(path, data=sent, headers=JSON).status_code == 200
    with hall.app.test_request_context(), sqlite.writing():
        topic = topic_numbered(hall.id, 1)
        other = a_topic(topic.event, topic.convener, "Земля")
        board.place(other, **cell(topic.event, slot=2, space=1), by=topic.convener)
        db.session.commit()
    return hall


def cells(hall) -> list[str]:
    with hall.app.app_context():
        return list(topic_numbered(hall.id, 1).cells)


def test_refusal_offers_places_at_other_times(moved):
    answer = moved.ask("facilitator").delete(moved.url("facilitator/steps/last"), headers=JSON | ENGLISH)

    assert answer.status_code == 409
    told = answer.get_json()
    assert "Земля" in told["says"]
    assert (told["problem"], told["topic"], told["moving"]) == ("ConvenerBusy", 1, moved.cell(3, 1))
    assert len(told["free"]) == 3
    busy = moved.cell(2, 0).partition("-")[0]
    assert busy not in {free["cell"].partition("-")[0] for free in told["free"]}
    assert cells(moved) == [moved.cell(3, 1)]


def test_page_of_the_refusal_hangs_the_topic_where_it_offers(moved):
    facilitator = moved.ask("facilitator")
    came_from = f"http://localhost{moved.url('facilitator/screens')}"

    answer = facilitator.delete(moved.url("facilitator/steps/last"), headers=ENGLISH | {"Referer": came_from})

    assert answer.status_code == 409
    page = html.fromstring(answer.text)
    assert "Земля" in page.xpath("//*[@data-refusal]")[0].text_content()
    assert page.xpath("//a[contains(., 'Leave it')]/@href") == [moved.url("facilitator/screens")]
    form = page.xpath("//main//form[.//button[contains(@class, 'btn')]]")[0]
    fields = dict(form.form_values())
    assert facilitator.post(form.get("action"), data=fields).status_code == 303
    assert cells(moved) == [fields["cell"]]


def test_nothing_is_offered_for_what_hangs_nowhere(hall):
    facilitator = hall.ask("facilitator")
    assert facilitator.put(hall.url("facilitator/lock"), data={"lock": "nobody"}, headers=JSON).status_code == 200
    assert (
        hall.ask("organiser").put(hall.url("facilitator/lock"), data={"lock": "open"}, headers=JSON).status_code == 200
    )

    answer = facilitator.delete(hall.url("facilitator/steps/last"), headers=JSON)

    assert answer.status_code == 409
    assert "free" not in answer.get_json()
