"""The wall of commitments: page before + patches since = page after, whatever people promise, answer, and leave."""

from flask_babel import force_locale
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select

from openspace.access import actions as access
from openspace.commitments import actions
from openspace.commitments.actions import Plan
from openspace.commitments.fragments import counts_html, wall_html
from openspace.commitments.models import COMMITMENTS, Commitment
from openspace.commitments.rules import COLUMNS, State, Word
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.web.errors import NotFound
from tests import machines
from tests.live.page import Page
from tests.live.people import People, numbers

VIEW = View("uk", "members")


class Promising(People):
    """People promise, ask, answer and let go while everything else happens on the board."""

    @initialize()
    def open_page(self):
        with self.app.test_request_context():
            self.sit_down()
            self.page, self.stand = Page(self.fresh()), log.revision(self.event_id, COMMITMENTS)

    def fresh(self) -> str:
        event = db.session.get_one(Event, self.event_id)
        with force_locale("uk"):
            counts = "".join(counts_html(event).values())
            lists = (f'<div id="pacts-{name}">{"".join(sheets)}</div>' for name, sheets in wall_html(event).items())
            return counts + "".join(lists)

    def commitment(self, which: int) -> Commitment:
        found = db.session.scalars(select(Commitment).where(Commitment.event_id == self.event_id)).all()
        if not found:
            raise NotFound
        return sorted(found, key=lambda each: each.id)[which % len(found)]

    @rule(who=numbers, owner=numbers, helper=numbers, which=numbers, has_day=st.booleans())
    def promise(self, who, owner, helper, which, has_day):
        def work(event):
            plan = Plan("Слайди <b>", "Крок", event.starts_on if has_day else None)
            people = {"by": self.member(who), "owner": self.member(owner), "helper": self.member(helper)}
            actions.propose(event, plan, topic=self.topic(which), **people)

        self.do(work)

    @rule(which=numbers, who=numbers, accepts=st.booleans())
    def answer(self, which, who, accepts):
        self.do(lambda event: actions.answer(self.commitment(which), accepts=accepts, by=self.member(who)))

    @rule(which=numbers, who=numbers)
    def take_on(self, which, who):
        self.do(lambda event: actions.take_on(self.commitment(which), by=self.member(who)))

    @rule(which=numbers, who=numbers, whom=numbers, stops=st.booleans())
    def ask(self, which, who, whom, stops):
        change = actions.ask_no_more if stops else actions.ask
        self.do(lambda event: change(self.commitment(which), self.member(whom), by=self.member(who)))

    @rule(which=numbers, who=numbers, state=st.sampled_from(State), why=st.sampled_from(["", "Немає грошей"]))
    def move(self, which, who, state, why):
        self.do(lambda event: actions.move(self.commitment(which), state, why=why, by=self.member(who)))

    @rule(which=numbers)
    def change(self, which):
        def work(event):
            commitment = self.commitment(which)
            actions.change(commitment, Plan("Інше"), revision=commitment.revision, by=self.member(2))

        self.do(work)

    @rule(who=numbers)
    def rename(self, who):
        self.do(lambda event: access.introduce(self.member(who), name="Інакша", community="Інша"))

    @invariant()
    def page_is_in_step(self):
        if not hasattr(self, "page"):
            return
        with self.app.test_request_context():
            since = log.subjects_since(self.event_id, COMMITMENTS, self.stand)
            self.stand = since.revision
            with force_locale("uk"):
                self.page.apply([list(patch) for patch in draw(self.event_id, COMMITMENTS, since.names, VIEW)])
            assert self.page.text() == Page(self.fresh()).text()

    @invariant()
    def nobody_is_bound_who_did_not_say_yes(self):
        if not hasattr(self, "page"):
            return
        with self.app.test_request_context():
            for each in db.session.scalars(select(Commitment).where(Commitment.event_id == self.event_id)):
                assert each.column in COLUMNS
                if each.state in (State.ACCEPTED, State.DOING):
                    assert each.word_of(each.owner_id) == Word.YES
                if each.state == State.ACCEPTED:
                    assert each.awaited == []


def test_the_wall_is_in_step(app):
    Promising.app = app
    machines.run(Promising)
