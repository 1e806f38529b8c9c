"""A commitment that abuses somebody: hidden from everybody but those in it, everywhere at once, and written down."""

from datetime import timedelta

import pytest
from lxml import html

from openspace.access import notices
from openspace.access.models import Member, Role
from openspace.clock import frozen_at
from openspace.commitments import (
    actions,
    checks,
    follow_up_actions as follow_ups,
    letters,
    moderation_actions as moderation,
)
from openspace.commitments.follow_up_models import FollowUp, MailAddress
from openspace.commitments.follow_up_rules import Outcome, due_at
from openspace.commitments.models import COMMITMENTS, Commitment, counts
from openspace.extensions import db
from openspace.journal.models import steps_of
from openspace.live import log
from openspace.store import transactions
from openspace.web.errors import NotAllowed
from tests.factories import a_follow_up, a_member, an_event

WHAT = "Аудит входу"


@pytest.fixture
def hidden(hall):
    """A commitment of the convener that the participant is asked to help with, hidden; its id."""
    ident = hall.commitment().id
    assert hall.ask("facilitator").put(hall.url(f"commitments/{ident}/hiding")).status_code == 303
    return ident


@pytest.mark.parametrize("path", ["commitments", "projector/{key}/commitments", "me/day"])
def test_it_stands_nowhere(hall, hidden, path):
    address = hall.url(path.format(key=hall.projector))
    pages = [hall.ask(who).get(address) for who in ("participant", "convener", "organiser")]

    assert [each.status_code for each in pages] == [200] * 3
    assert [WHAT in each.get_data(as_text=True) for each in pages] == [False] * 3
    hall.ask("facilitator").delete(hall.url(f"commitments/{hidden}/hiding"))
    assert WHAT in hall.ask("convener").get(address).get_data(as_text=True)


def test_its_page_is_for_those_in_it_and_facilitators(hall, hidden):
    with hall.app.test_request_context(), transactions.writing():
        commitment = db.session.get_one(Commitment, hidden)
        other = a_member(commitment.event, "Інша")
        assert not moderation.may_see(commitment, other)
    pages = {who: hall.ask(who).get(hall.url(f"commitments/{hidden}")) for who in ("convener", "facilitator")}

    assert {who: page.status_code for who, page in pages.items()} == {"convener": 200, "facilitator": 200}
    button = "//main//form[contains(@action, '/hiding')]"
    assert [len(html.fromstring(page.data).xpath(button)) for page in pages.values()] == [0, 1]


def test_others_do_not_find_it(hall, hidden):
    with hall.app.test_request_context(), transactions.writing():
        commitment = db.session.get_one(Commitment, hidden)
        actions.ask_no_more(commitment, db.session.get_one(Member, hall.ids["participant"]), by=commitment.owner)
    client = hall.ask("participant")

    assert client.get(hall.url(f"commitments/{hidden}")).status_code == 404
    assert client.put(hall.url(f"commitments/{hidden}/pledge?word=yes")).status_code == 404


def test_the_table_leaves_it_out(hall, hidden):
    def table() -> str:
        return hall.ask("organiser").get(hall.url("exports/commitments.csv")).get_data(as_text=True)

    before = table()
    hall.ask("facilitator").delete(hall.url(f"commitments/{hidden}/hiding"))

    assert (WHAT in before, WHAT in table()) == (False, True)


def test_it_is_a_step_that_can_be_undone(hall, hidden):
    with hall.app.test_request_context():
        (step,) = steps_of(hall.id)
        before = log.revision(hall.id, COMMITMENTS)
        assert WHAT in step.words
    hall.ask("facilitator").delete(hall.url(f"facilitator/steps/{step.id}"))

    with hall.app.test_request_context():
        assert db.session.get_one(Commitment, hidden).hidden_at is None
        assert f"commitment-{hidden}" in log.subjects_since(hall.id, COMMITMENTS, before).names


def test_nobody_is_asked_or_told_about_it_any_more(hall, hidden):
    with hall.app.test_request_context():
        helper = db.session.get_one(Member, hall.ids["participant"])
        assert notices.waiting(helper.id, helper.event) == []
        assert sum(counts(hall.id).values()) == 0


def test_letters_about_it_wait_and_its_link_opens_nothing_but_the_way_out(hall):
    ident, token = hall.follow_up()
    with hall.app.test_request_context(), transactions.writing():
        commitment = db.session.get_one(FollowUp, ident).commitment
        follow_ups.agree(commitment.owner, email="oksana@mail.example", language="uk")
        checks.confirm(db.session.get_one(MailAddress, commitment.owner_id).check)
        late = due_at(commitment.event.ends_on, commitment.event.zone, 6) + timedelta(days=1)
        with frozen_at(late):
            assert len(letters.due(hall.id)) == 1
        by = a_member(commitment.event, "Ірина", Role.FACILITATOR)
        with pytest.raises(NotAllowed):
            moderation.hide(commitment, by=commitment.owner)
        moderation.hide(commitment, by=by)
        with frozen_at(late):
            assert letters.due(hall.id) == []
    client = hall.app.test_client()

    assert client.get(hall.url(f"outcomes/{token}")).status_code == 404
    assert client.post(hall.url(f"outcomes/{token}"), data={"outcome": "done"}).status_code == 404
    assert client.post(hall.url(f"outcomes/{token}/end")).status_code == 200


def test_a_call_for_help_with_it_is_not_heard(inside):
    owner = a_member(an_event(), "Оксана")
    helper = a_member(owner.event, "Олена")
    commitment = actions.propose(owner.event, actions.Plan(WHAT), by=owner, helper=helper)
    actions.answer(commitment, accepts=True, by=helper)
    follow_ups.answer(a_follow_up(commitment), Outcome.STUCK, words="Лайка", wants_help=True)
    assert len(notices.waiting(helper.id, helper.event)) == 1

    moderation.hide(commitment, by=a_member(owner.event, "Ірина", Role.FACILITATOR))

    assert notices.waiting(helper.id, helper.event) == []
