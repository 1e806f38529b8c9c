"""The property that live stands on: page before + patches since = page after, whatever is done in between."""

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.board import actions as board, fragments
from openspace.board.models import BOARD, Placement, Topic, topic_numbered
from openspace.errors import Problem
from openspace.events import actions as events
from openspace.events.models import Event, Slot, slots_on
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.live import log, packets
from openspace.live.fragments import View
from tests.factories import DAY, a_member, a_topic, an_event
from tests.live.page import Page

VIEWS = (View("uk", "members"), View("de", "public"))
numbers = st.integers(0, 50)
titles = st.sampled_from(
    ["Вода", "Кібербезпека <b>", "Städtepartnerschaft & Jugend", "Дуже довга назва теми, яку ніхто не читає до кінця"]
)


class Board(RuleBasedStateMachine):
    """Several people do anything at all; two pages, opened at some time before, are kept by patches alone."""

    app = None

    @initialize()
    def open_pages(self):
        with self.app.test_request_context():
            self.event_id = an_event().id
            event = db.session.get_one(Event, self.event_id)
            for name in ("Олена", "Anna"):
                a_member(event, name)
            a_member(event, "Ірина", Role.FACILITATOR)
            a_topic(event, self.member(0), "Перша")
            db.session.commit()
            self.pages = {view: Page(self.fresh(view)) for view in VIEWS}
            self.stand = dict.fromkeys(VIEWS, log.revision(self.event_id, BOARD))
            self.topic_page = Page(self.fresh_topic(VIEWS[0]))
            self.topic_stand = log.revision(self.event_id, "topic-1")

    # what people see

    def fresh(self, view: View) -> str:
        event = db.session.get_one(Event, self.event_id)
        with force_locale(view.language):
            return "".join(fragments.draw_day(event, DAY, view)) + fragments.draw_market(event, view)

    def fresh_topic(self, view: View) -> str:
        event = db.session.get_one(Event, self.event_id)
        topic = topic_numbered(event, 1)
        with force_locale(view.language):
            return fragments.topic_html(event, topic, view)

    @rule(which=st.sampled_from(VIEWS))
    def catch_up(self, which):
        """A phone comes back, after however many changes."""
        self.stand[which] = self.patched(self.pages[which], BOARD, self.stand[which], which)

    def patched(self, page: Page, channel: str, since: int, view: View) -> int:
        with self.app.test_request_context():
            event = db.session.get_one(Event, self.event_id)
            client = self.client(event, view)
        query = {"channel": channel, "since": since, "language": view.language}
        packet = client.get(f"/{self.slug}/live", query_string=query).get_json()
        page.apply(packet["patches"])
        return packet["to"]

    def client(self, event, view):
        self.slug = event.slug
        event.is_public = True
        db.session.commit()
        client = self.app.test_client()
        if view.audience == "members":
            with client.session_transaction() as session:
                session["seats"] = {str(event.id): self.member(0).key}
        return client

    @invariant()
    def pages_are_in_step(self):
        if not hasattr(self, "pages"):
            return
        for view in VIEWS:
            self.catch_up(view)
            with self.app.test_request_context():
                assert self.pages[view].text() == Page(self.fresh(view)).text()
        self.topic_stand = self.patched(self.topic_page, "topic-1", self.topic_stand, VIEWS[0])
        with self.app.test_request_context():
            assert self.topic_page.text() == Page(self.fresh_topic(VIEWS[0])).text()

    # what people do

    def member(self, index: int) -> Member:
        members = db.session.scalars(select(Member).where(Member.event_id == self.event_id).order_by(Member.id)).all()
        return members[index % len(members)]

    def do(self, work) -> None:
        with self.app.test_request_context():
            try:
                work(db.session.get_one(Event, self.event_id))
                db.session.commit()
            except Problem:
                db.session.rollback()

    def topic(self, index: int) -> Topic:
        topics = db.session.scalars(select(Topic).where(Topic.event_id == self.event_id).order_by(Topic.id)).all()
        return topics[index % len(topics)]

    def cell(self, event: Event, slot: int, space: int) -> dict:
        slots = db.session.scalars(select(Slot).where(Slot.event_id == event.id).order_by(Slot.starts_at)).all()
        return {"slot": slots[slot % len(slots)], "space": event.spaces[space % len(event.spaces)]}

    @rule(who=numbers, title=titles)
    def propose(self, who, title):
        self.do(lambda event: a_topic(event, self.member(who), title))

    @rule(which=numbers, title=titles)
    def edit(self, which, title):
        self.do(lambda event: board.edit(self.topic(which), title=title, text="…", language="de", by=self.member(2)))

    @rule(which=numbers, slot=numbers, space=numbers)
    def place(self, which, slot, space):
        self.do(lambda e: board.place(self.topic(which), **self.cell(e, slot, space), by=self.member(2), anyway=True))

    @rule(which=numbers, slot=numbers, space=numbers)
    def move(self, which, slot, space):
        def work(event):
            for placement in self.topic(which).placements[:1]:
                board.move(placement, **self.cell(event, slot, space), by=self.member(2), anyway=True)

        self.do(work)

    @rule(which=numbers)
    def unplace(self, which):
        self.do(lambda event: [board.unplace(p, by=self.member(2)) for p in self.topic(which).placements[:1]])

    @rule(which=numbers)
    def withdraw(self, which):
        self.do(lambda event: board.withdraw(self.topic(which), by=self.member(2)))

    @rule(which=numbers)
    def restore(self, which):
        self.do(lambda event: board.restore(self.topic(which), by=self.member(2)))

    @rule(who=numbers, which=numbers, kind=st.sampled_from(["go", "look", ""]))
    def mark(self, who, which, kind):
        self.do(
            lambda e: (
                board.mark(self.topic(which), kind=kind, by=self.member(who))
                if kind
                else board.unmark(self.topic(which), by=self.member(who))
            )
        )

    @rule(keep=st.integers(1, 4), more=st.booleans(), chairs=st.integers(1, 5))
    def edit_spaces(self, keep, more, chairs):
        def work(event):
            sheets = [events.SpaceSheet(space.id, space.name, chairs) for space in event.spaces[-keep:]]
            events.set_spaces(event, sheets + [events.SpaceSheet(None, "Намет", 20)] * more)

        self.do(work)

    @rule(drop=numbers, fill=st.booleans(), add=st.booleans())
    def edit_slots(self, drop, fill, add):
        def work(event):
            slots = list(db.session.scalars(slots_on(event, DAY)))
            sheets = [events.SlotSheet(s.id, block(event, s)) for n, s in enumerate(slots) if n != drop % 7]
            if fill and sheets:
                sheets[0] = sheets[0]._replace(block=sheets[0].block._replace(title="Коло"))
            events.set_slots(event, DAY, sheets + [events.SlotSheet(None, Block(1200, 1260))] * add)

        self.do(work)

    @precondition(lambda self: hasattr(self, "pages"))
    @rule()
    def leave(self):
        self.do(lambda event: board.leave(self.member(1)))


def block(event: Event, slot: Slot) -> Block:
    starts, ends = event.local(slot.starts_at), event.local(slot.ends_at)
    return Block(starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute, slot.title, slot.is_break)


def test_page_before_and_patches_since_are_page_after(app):
    packets.drawn.clear()
    Board.app = app
    run_state_machine_as_test(
        Board,
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.mark.parametrize("since", [0, 1, 2])
def test_catch_up_names_where_it_starts_and_ends(hall, since):
    packet = hall.ask("participant").get(hall.url(f"live?channel=board&since={since}")).get_json()

    assert (packet["channel"], packet["from"]) == ("board", since)
    assert packet["to"] > since
    assert all(isinstance(ident, str) for ident, _ in packet["patches"])


def test_catch_up_of_a_page_from_the_future_is_a_reload(hall):
    packet = hall.ask("participant").get(hall.url("live?channel=board&since=100000")).get_json()

    assert packet["reload"] is True


def test_catch_up_of_the_public_names_nobody(hall):
    query = "live?channel=board&since=0&language=uk"
    assert "Оксана Дячук" in str(hall.ask("participant").get(hall.url(query)).get_json())
    hall.open_to_the_public()

    text = str(hall.ask("stranger").get(hall.url(query)).get_json())

    assert "питання" in text
    assert "Оксана Дячук" not in text


def test_catch_up_with_the_projectors_key_reads_as_members_do(hall):
    address = hall.url(f"live?channel=board&since=0&language=uk&key={hall.projector}")

    assert "Оксана Дячук" in str(hall.ask("stranger").get(address).get_json())


def test_placement_of_a_gone_slot_is_no_patch_but_a_removal(hall):
    with hall.app.test_request_context():
        event = db.session.get_one(Event, hall.id)
        assert list(fragments.draw_board(event, BOARD, ["cell-999999-1"], VIEWS[0])) == [("cell-999999-1", None)]
        assert db.session.query(Placement).count() == 1


def test_catch_up_says_what_is_ones_own_and_nobody_elses(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "look"})
    address = hall.url("live?channel=board&since=0")

    assert hall.ask("participant").get(address).get_json()["mine"] == {
        "member": True,
        "topics": [],
        "marks": {"1": "look"},
    }
    assert hall.ask("convener").get(address).get_json()["mine"] == {"member": True, "topics": [1, 2], "marks": {}}
