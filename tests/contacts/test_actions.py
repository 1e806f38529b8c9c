"""Cards, consents, exchanges and wishes: effect, refusals, recorded changes, and two at once."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from openspace import clock
from openspace.access import actions as access, notices, seats
from openspace.access.models import Member
from openspace.access.notices import NOTICES
from openspace.board import actions as board
from openspace.clock import now
from openspace.contacts import actions, exchange_actions as exchanges
from openspace.contacts.models import (
    Card,
    Consent,
    Contact,
    Line,
    Photo,
    Wish,
    card_of,
    cards_in_book,
    contacts_of,
    has_exchanged,
)
from openspace.contacts.rules import Viewer, Visibility
from openspace.contacts.visible import visible_to
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.models import Change
from openspace.store import sqlite
from openspace.web.errors import Invalid, NotAllowed, NotFound
from tests.factories import a_card, a_member, a_topic, an_event, cell


@pytest.fixture
def event(inside) -> Event:
    return an_event()


@pytest.fixture
def olena(event) -> Member:
    return a_member(event)


@pytest.fixture
def anna(event) -> Member:
    return a_member(event, "Anna Berger")


def recorded(event: Event, channel: str) -> list[str]:
    log.write()
    rows = select(Change.subject).where(Change.event_id == event.id, Change.channel == channel)
    return list(db.session.scalars(rows.order_by(Change.revision)))


def test_begin_makes_one_blank_card_that_nobody_else_sees(event, olena):
    card = actions.ensure_card(olena)

    assert actions.ensure_card(olena) is card
    assert card.is_blank
    assert db.session.scalars(cards_in_book(event.id)).all() == []


def test_write_changes_fields_and_lists_and_drops_what_is_gone(event, olena):
    card = actions.ensure_card(olena)
    actions.write(card, by=olena, occupation="староста", offers=["одне", "друге", "", "одне"])

    actions.write(card, by=olena, offers=["друге"])

    assert (card.occupation, card.lines_of("offers")) == ("староста", ["друге"])
    assert db.session.scalar(select(func.count()).select_from(Line)) == 1


def test_write_refuses_somebody_elses_card_and_a_list_too_long(event, olena, anna):
    card = actions.ensure_card(olena)

    with pytest.raises(NotAllowed):
        actions.write(card, by=anna, about="x")
    with pytest.raises(Invalid):
        actions.write(card, by=olena, offers=[str(n) for n in range(6)])


def test_consent_puts_the_card_into_the_book_until_the_events_day(event, olena):
    card = actions.ensure_card(olena)
    event.months_kept = 8

    given = actions.consent(card, words="I agree", exports_card=True, exports_details=False, by=olena)

    assert given.kept_until == card.in_book_until == date(2027, 2, 5)
    assert db.session.scalars(cards_in_book(event.id)).all() == [card]
    assert recorded(event, "people") == [f"card-{olena.id}"] * 1


def test_consent_given_again_ends_the_one_before(event, olena):
    card = a_card(olena)

    actions.consent(card, words="Again", exports_card=True, exports_details=True, by=olena)

    consents = db.session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [consent.ended_at is None for consent in consents] == [False, True]


def test_take_back_leaves_nothing_but_the_proof_of_the_consent(event, olena, anna):
    card, other = a_card(olena, offers=["щось"]), a_card(anna)
    exchanges.exchange(other, by=olena)
    exchanges.wish(card, "meet", by=anna)

    actions.take_back(olena, by=olena)

    counts = {table: db.session.scalar(select(func.count()).select_from(table)) for table in (Line, Contact, Wish)}
    assert counts == {Line: 0, Contact: 0, Wish: 0}
    assert db.session.scalars(select(Photo.member_id)).all() == [anna.id]
    assert [c.ended_at is not None for c in db.session.scalars(select(Consent).order_by(Consent.id))] == [True, False]
    assert card_of(olena.id) is None
    assert recorded(event, "people")[-1] == f"card-{olena.id}"
    assert anna.notices_at is None


def test_take_back_is_for_the_owner_and_organisers(event, olena, anna):
    a_card(olena)

    with pytest.raises(NotAllowed):
        actions.take_back(olena, by=anna)


def test_leaving_the_event_takes_the_card_along(event, olena):
    a_card(olena)

    access.leave(olena)

    assert card_of(olena.id) is None


def test_introducing_oneself_changes_the_card_and_where_it_stands(event, olena):
    card = a_card(olena)
    before = card.sort_key
    log.write()

    access.introduce(olena, name="Яна Ткачук", community="Степова громада")

    assert card.sort_key > before
    assert recorded(event, "people").count(f"card-{olena.id}") == 2


def test_forget_expired_takes_back_what_is_over_and_nothing_else(event, olena, anna):
    a_card(olena)
    a_card(anna).in_book_until = date(2026, 6, 10)
    db.session.flush()

    with clock.frozen_at(clock.now() + timedelta(days=7)):
        assert actions.delete_expired_cards() == 1

    assert (card_of(olena.id) is None, card_of(anna.id) is None) == (False, True)


def test_an_expired_card_is_shown_to_nobody_even_before_it_is_deleted(event, olena):
    card = a_card(olena, occupation="староста")

    with clock.frozen_at(clock.now() + timedelta(days=800)):
        assert visible_to(card, Viewer.EXCHANGED).occupation == ""
        assert db.session.scalars(cards_in_book(event.id)).all() == []


def test_exchange_is_for_both_and_tells_the_other(event, olena, anna):
    card = a_card(anna)
    topic = a_topic(event, olena)
    board.place(topic, **cell(event, slot=1, space=1), by=olena)

    exchanges.exchange(card, by=olena)
    exchanges.exchange(card, by=olena)

    assert has_exchanged(olena, anna.id)
    assert has_exchanged(anna, olena.id)
    assert (contacts_of(olena)[0].place, contacts_of(anna)[0].place) == ("Бібліотека", "Бібліотека")
    assert (olena.notices_at, anna.notices_at) == (None, now())
    assert recorded(event, NOTICES) == [f"member-{anna.id}"]


def test_exchange_refuses_oneself_and_another_event(event, olena, anna):
    card = a_card(anna)
    stranger = a_member(an_event("Seminar"), "Marek")

    with pytest.raises(Invalid):
        exchanges.exchange(card, by=anna)
    with pytest.raises(NotFound):
        exchanges.exchange(card, by=stranger)


def test_part_ends_an_exchange_for_both(event, olena, anna):
    exchanges.exchange(a_card(anna), by=olena)

    exchanges.undo_exchange(olena, anna)

    assert (has_exchanged(olena, anna.id), has_exchanged(anna, olena.id)) == (False, False)
    assert anna.notices_at is None


def test_wish_is_private_until_it_is_mutual(event, olena, anna):
    hers, annas = a_card(olena), a_card(anna)

    assert exchanges.wish(annas, "meet", by=olena) is False
    assert (olena.notices_at, anna.notices_at) == (None, None)

    assert exchanges.wish(hers, "meet", by=anna) is True
    assert (olena.notices_at, anna.notices_at) == (now(), None)
    assert recorded(event, NOTICES) == [f"member-{olena.id}"]


def test_wish_of_not_now_is_never_mutual(event, olena, anna):
    hers, annas = a_card(olena), a_card(anna)
    exchanges.wish(annas, "later", by=olena)

    assert exchanges.wish(hers, "meet", by=anna) is False
    assert olena.notices_at is None


def test_wish_refuses_oneself(event, olena):
    with pytest.raises(Invalid):
        exchanges.wish(a_card(olena), "meet", by=olena)


def test_unwish_takes_untold_news_back(event, olena, anna):
    hers, annas = a_card(olena), a_card(anna)
    exchanges.wish(annas, "meet", by=olena)
    exchanges.wish(hers, "meet", by=anna)

    exchanges.unwish(hers, by=anna)

    assert olena.notices_at is None


def test_read_leaves_nothing_to_tell(event, olena, anna):
    exchanges.exchange(a_card(anna), by=olena)

    notices.read(anna, shown=now())

    assert anna.notices_at is None
    assert db.session.scalars(select(Contact.other_id).where(Contact.is_news)).all() == []


def test_show_keeps_only_what_differs_from_the_beginning(event, olena):
    card = a_card(olena)

    actions.set_visibilities(card, {"phone": Visibility.EXCHANGED, "about": Visibility.NOBODY}, by=olena)

    assert card.visibilities == {"about": "nobody"}


def test_two_scan_each_other_at_the_same_moment_and_exchange_once(app):
    with app.app_context(), sqlite.writing():
        event = an_event()
        people = [a_member(event, name) for name in ("Олена", "Anna")]
        codes = [a_card(person).code for person in people]
        ids, slug, event_id = [person.id for person in people], event.slug, event.id
        tokens = [seats.give(person) for person in people]
        db.session.commit()
        db.session.remove()
    together, statuses = threading.Barrier(8), []

    def scan(turn: int) -> None:
        client = app.test_client()
        with client.session_transaction() as session:
            session["seats"] = {str(event_id): tokens[turn % 2]}
        together.wait(30)
        answer = client.put(f"/{slug}/contacts/code/{codes[(turn + 1) % 2]}", headers={"Accept": "application/json"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=scan, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [201] * 8
    with app.app_context():
        pairs = db.session.execute(select(Contact.member_id, Contact.other_id)).all()
        assert sorted(tuple(pair) for pair in pairs) == sorted([tuple(ids), tuple(reversed(ids))])
        assert db.session.scalar(select(func.count()).select_from(Card)) == 2
