"""The book that is kept in memory says what the database says, whatever is done to cards in between."""

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from openspace import clock
from openspace.access import actions as access
from openspace.access.merging import merge
from openspace.access.models import Member, Role
from openspace.contacts import actions
from openspace.contacts.finding.book import KeptBook, book_cache, present_book
from openspace.contacts.models import PEOPLE, card_of, cards_in_book
from openspace.contacts.rules import Viewer, Visibility
from openspace.contacts.visible import VisibleCard, visible_to
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.store import sqlite
from tests.factories import a_card, a_member
from tests.statements import listened


def kept(event_id: int) -> list[VisibleCard]:
    return list(present_book(event_id).cards.values())


def stored(event_id: int) -> list[VisibleCard]:
    return [visible_to(card, Viewer.MEMBER) for card in db.session.scalars(cards_in_book(event_id))]


class Crowd:
    """People who do anything at all to their cards, and organisers to people."""

    def __init__(self, event_id: int, seed: int) -> None:
        self.event_id, self.chance = event_id, random.Random(seed)

    def act(self) -> None:
        often, seldom = [self.come, self.come, self.write, self.hide], [self.rename, self.end, self.promote, self.join]
        self.chance.choice(often * 3 + seldom)()

    def _somebody(self) -> Member | None:
        here = select(Member).where(Member.event_id == self.event_id, Member.left_at.is_(None))
        found = db.session.scalars(here.where(Member.role == Role.PARTICIPANT).order_by(Member.id)).all()
        return self.chance.choice(found) if found else None

    def come(self) -> None:
        name = f"{self.chance.choice('АЄЇЯaz')}-{self.chance.random()}"
        member = a_member(db.session.get_one(Event, self.event_id), name)
        if self.chance.random() < 0.8:
            a_card(member, offers=[name, "курси"], languages=["uk"], country="PL")

    def write(self) -> None:
        if member := self._somebody():
            card = actions.ensure_card(member)
            actions.write(card, by=member, needs=["курси", str(self.chance.random())], region="Полісся")

    def hide(self) -> None:
        if member := self._somebody():
            fields = self.chance.sample(["offers", "country", "photo", "needs"], 2)
            chosen = dict.fromkeys(fields, self.chance.choice(list(Visibility)))
            actions.set_visibilities(actions.ensure_card(member), chosen, by=member)

    def rename(self) -> None:
        if member := self._somebody():
            access.introduce(member, name=f"Інша {self.chance.random()}", community="Степова громада")

    def end(self) -> None:
        if member := self._somebody():
            self.chance.choice([access.leave, lambda who: actions.take_back(who, by=who)])(member)

    def promote(self) -> None:
        if member := self._somebody():
            access.give_role(member, Role.FACILITATOR)

    def join(self) -> None:
        one, two = self._somebody(), self._somebody()
        if one and two and one.id != two.id:
            if self.chance.random() < 0.5:
                access.give_role(two, Role.FACILITATOR)
            merge(one, two)


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_book_is_the_stored_one_whatever_is_done(hall, seed):
    crowd = Crowd(hall.id, seed)
    seen = set()
    for _ in range(40):
        with hall.app.test_request_context(), sqlite.writing():
            crowd.act()
            if crowd.chance.random() < 0.3:
                present_book(hall.id)
            db.session.commit() if crowd.chance.random() < 0.7 else db.session.rollback()
        with hall.app.test_request_context():
            assert kept(hall.id) == stored(hall.id)
            seen.add(len(kept(hall.id)))

    assert len(seen) > 4


def test_a_card_that_was_loaded_before_a_change_is_not_kept(hall):
    def write() -> None:
        with hall.app.test_request_context(), sqlite.writing():
            member = db.session.get_one(Member, hall.ids["convener"])
            actions.write(card_of(member.id), by=member, region="Полісся")
            db.session.commit()

    with hall.app.test_request_context():
        kept(hall.id)
    with hall.app.test_request_context():
        card = card_of(hall.ids["convener"])
        other = threading.Thread(target=write)
        other.start()
        other.join()
        kept(hall.id)
        assert card.member_id == hall.ids["convener"]

    with hall.app.test_request_context():
        assert kept(hall.id) == stored(hall.id)
        assert kept(hall.id)[0].region == "Полісся"


def test_a_book_that_is_far_behind_the_log_is_read_whole(hall, monkeypatch):
    monkeypatch.setattr(log, "KEPT", 5)
    monkeypatch.setattr(log, "TRIMMED_EVERY", 1)
    with hall.app.test_request_context():
        assert len(kept(hall.id)) == 1
    for number in range(9):
        with hall.app.test_request_context(), sqlite.writing():
            a_card(a_member(db.session.get_one(Event, hall.id), f"Людина {number}"))
            db.session.commit()

    with hall.app.test_request_context():
        assert len(kept(hall.id)) == 10
        assert kept(hall.id) == stored(hall.id)


def test_a_card_leaves_the_book_with_the_last_day_of_its_consent(hall):
    with hall.app.test_request_context():
        last, before = card_of(hall.ids["convener"]).in_book_until, kept(hall.id)

    with hall.app.test_request_context(), clock.frozen_at(clock.held + (last - clock.held.date())):
        on_the_day = kept(hall.id)
    with hall.app.test_request_context(), clock.frozen_at(clock.held + (last - clock.held.date()) + timedelta(days=1)):
        after = kept(hall.id)

    assert (len(before), on_the_day, after) == (1, before, [])


def test_the_book_reads_no_card_again_that_has_not_changed(hall):
    with hall.app.test_request_context(), sqlite.writing():
        member = a_member(db.session.get_one(Event, hall.id), "Яна")
        a_card(member)
        db.session.commit()
        ident = member.id
    hall.ask("organiser").get(hall.url("contacts"))

    with listened(hall.app) as quiet:
        hall.ask("organiser").get(hall.url("contacts"))
    with hall.app.test_request_context(), sqlite.writing():
        actions.write(card_of(ident), by=db.session.get_one(Member, ident), region="Полісся")
        db.session.commit()
    with listened(hall.app) as told:
        hall.ask("organiser").get(hall.url("contacts"))

    of_the_book = [[words for words in said if "card.in_book_until >= " in words] for said in (quiet, told)]
    assert [len(said) for said in of_the_book] == [0, 1]
    assert " IN " in of_the_book[1][0]


def test_after_the_database_went_back_to_an_earlier_revision_it_is_read_anew(hall):
    with hall.app.test_request_context(), sqlite.writing():
        before = stored(hall.id)
        event = db.session.get_one(Event, hall.id)
        log.record(hall.id, PEOPLE, "card-0")
        a_card(a_member(event, "Пізніша"), offers=["мед"])
        db.session.flush()
        kept_now = book_cache.get(hall.id, KeptBook)
        assert len(kept_now.at(hall.id, log.revision(hall.id, PEOPLE)).cards) == len(before) + 1
        db.session.rollback()

        assert list(kept_now.at(hall.id, log.revision(hall.id, PEOPLE)).cards.values()) == before
