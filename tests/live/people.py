"""A state machine of people who do anything on a board, shared by the property tests of the live layer."""

from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import select

from openspace.access import actions as access, seats
from openspace.access.models import Member, Role
from openspace.board import actions as board, merging
from openspace.board.lock_actions import lock_board, lock_slot
from openspace.board.models import Topic
from openspace.board.swap import swap
from openspace.events.models import Event, Lock, Slot, slots_on
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.live.fragments import View
from openspace.organising import actions as events
from openspace.web.errors import Problem
from tests.factories import DAY, a_member, a_topic, an_event

VIEWS = (View("uk", "members"), View("de", "public"))
numbers = st.integers(0, 50)
titles = st.sampled_from(
    ["Вода", "Кібербезпека <b>", "Städtepartnerschaft & Jugend", "Дуже довга назва теми, яку ніхто не читає до кінця"]
)
names = count(1)


class People(RuleBasedStateMachine):
    """An event with three people, and a rule for each action on the board."""

    app = None

    def sit_down(self) -> None:
        """Make the event; called within a request."""
        event = an_event(f"Event {next(names)}")
        self.event_id, self.slug, event.is_public = event.id, event.slug, True
        for name in ("Олена", "Anna"):
            a_member(event, name)
        a_member(event, "Ірина", Role.FACILITATOR)
        a_topic(event, self.member(0), "Перша")
        self.token = seats.give(self.member(0))
        db.session.commit()

    def client(self, view: View):
        """Return a test client for a view (language and audience)."""
        client = self.app.test_client()
        if view.audience == "members":
            with self.app.test_request_context(), client.session_transaction() as session:
                session["seats"] = {str(self.event_id): self.token}
        return client

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

    @rule(which=numbers, other=numbers, who=st.integers(0, 2))
    def swap(self, which, other, who):
        def work(event):
            for one, two in zip(self.topic(which).placements[:1], self.topic(other).placements[:1], strict=False):
                swap(one, two, by=self.member(who), anyway=True)

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
                board.mark(e.id, self.topic(which).number, kind=kind, by=self.member(who))
                if kind
                else board.unmark(e.id, self.topic(which).number, by=self.member(who))
            )
        )

    @rule(keep=st.integers(1, 4), more=st.booleans(), chairs=st.integers(1, 5), butterfly=st.integers(0, 4))
    def edit_spaces(self, keep, more, chairs, butterfly):
        def work(event):
            kept = enumerate(event.open_spaces[-keep:])
            sheets = [events.SpaceSheet(space.id, space.name, chairs, n == butterfly) for n, space in kept]
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

    @rule(which=numbers, lock=st.sampled_from(Lock), whole=st.booleans())
    def lock(self, which, lock, whole):
        def work(event):
            if whole:
                lock_board(event, lock, by=self.member(2))
            else:
                lock_slot(event.slots[which % len(event.slots)], lock, by=self.member(2))

        self.do(work)

    @rule(which=numbers, other=numbers)
    def merge(self, which, other):
        self.do(lambda event: merging.merge(self.topic(which), self.topic(other), by=self.member(2)))

    @rule(which=numbers)
    def split(self, which):
        self.do(lambda event: merging.split(self.topic(which), by=self.member(2)))

    @rule()
    def leave(self):
        self.do(lambda event: access.leave(self.member(1)))


def block(event: Event, slot: Slot) -> Block:
    starts, ends = event.local(slot.starts_at), event.local(slot.ends_at)
    return Block(starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute, slot.title, slot.is_break)
