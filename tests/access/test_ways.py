"""No link and no button of a page leads to a refusal, whatever is locked, closed or over, and whoever looks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from lxml import html

from openspace import clock
from openspace.access.models import Member
from openspace.board import actions as board, lock_actions
from openspace.board.models import topic_numbered
from openspace.events.models import Event, Lock
from openspace.extensions import db
from openspace.store import sqlite
from tests.conftest import MOMENT
from tests.factories import cell, open_slots

PAGES = ("", "market", "topics/1", "topics/2", "me/day", "spaces", "microphone", "petitions", "commitments")
TYPED = ".//input[not(@type) or @type='text' or @required] | .//select | .//textarea"


def _close_proposing(event: Event, by: Member) -> None:
    event.takes_topics = False


def _lock_for_participants(event: Event, by: Member) -> None:
    lock_actions.lock_board(event, Lock.FACILITATORS, by=by)


def _lock_for_all(event: Event, by: Member) -> None:
    lock_actions.lock_board(event, Lock.NOBODY, by=by)


def _lock_one_of_two(event: Event, by: Member) -> None:
    board.place(topic_numbered(event.id, 1), **cell(event, slot=3), by=by)
    lock_actions.lock_slot(open_slots(event)[3], Lock.NOBODY, by=by)


def _let_pass(event: Event, by: Member) -> None:
    clock.held = MOMENT + timedelta(hours=6)


def _withdraw(event: Event, by: Member) -> None:
    board.withdraw(topic_numbered(event.id, 1), by=by)


STATES = {
    "all open": lambda event, by: None,
    "proposing closed": _close_proposing,
    "locked for participants": _lock_for_participants,
    "locked for all": _lock_for_all,
    "one of two locked": _lock_one_of_two,
    "over": _let_pass,
    "withdrawn": _withdraw,
}


class Way(NamedTuple):
    """A link, or a button with what it sends."""

    address: str
    fields: tuple[tuple[str, str], ...] | None = None


def ways(page: html.HtmlElement) -> Iterator[Way]:
    """What the page offers in its main part and its menus, besides what needs something typed or chosen."""
    for link in page.xpath("//main//a[@href] | //details//a[@href]"):
        yield Way(link.get("href").partition("#")[0])
    for button in page.xpath("//main//button[not(@type='button')] | //details//button[not(@type='button')]"):
        forms = page.xpath(f"//form[@id='{button.get('form')}']") or button.xpath("ancestor::form")
        if forms and not forms[0].xpath(TYPED):
            own = [(button.get("name"), button.get("value"))] if button.get("name") else []
            yield Way(button.get("formaction") or forms[0].get("action"), (*forms[0].form_values(), *own))


def stand(hall, state: str) -> None:
    """Restore the hall, and let it come to this state."""
    hall.restore()
    clock.held = MOMENT
    with hall.app.test_request_context(), sqlite.writing():
        STATES[state](db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["facilitator"]))
        db.session.commit()


def is_refused(hall, person: str, path: str, way: Way) -> bool:
    address = hall.url(path) + way.address if way.address.startswith("?") else way.address
    client = hall.ask(person)
    answer = client.get(address) if way.fields is None else client.post(address, data=dict(way.fields))
    return answer.status_code >= 400 or "data-refusal" in answer.get_data(as_text=True)


@pytest.mark.parametrize("an_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("person", ["participant", "convener", "facilitator"])
@pytest.mark.parametrize("state", STATES)
def test_no_way_leads_to_a_refusal(hall, state, person):
    stand(hall, state)
    offered = {}
    for path in PAGES:
        answer = hall.ask(person).get(hall.url(path))
        if answer.status_code == 200:
            found = ways(html.document_fromstring(answer.get_data(as_text=True)))
            offered |= {way: path for way in found if way.address.startswith(("/", "?"))}

    refused = []
    for way, path in offered.items():
        if way.fields is not None:
            stand(hall, state)
        if is_refused(hall, person, path, way):
            refused.append((path, way.address))

    assert (refused, len(offered) > 20) == ([], True)


@pytest.mark.parametrize(("person", "closed"), [("participant", 0), ("convener", 0), ("facilitator", 1)])
def test_whoever_may_not_propose_is_not_asked_to_read_out(hall, person, closed):
    def asked() -> int:
        pages = [hall.ask(person).get(hall.url(path)).get_data(as_text=True) for path in ("market", "topics/2")]
        return sum(hall.url("microphone") in page for page in pages)

    is_own = person == "convener"
    assert asked() == 1 + is_own
    stand(hall, "proposing closed")
    assert asked() == closed
