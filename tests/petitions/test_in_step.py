"""The list of petitions and what waits on the console: page before + patches since = page after, whatever is done."""

from flask_babel import force_locale
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from openspace.board import merging
from openspace.console.fragments import part_html
from openspace.events.models import Event
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import CONSOLE, WAITING, last_step
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.petitions import actions, decision_actions as decisions
from openspace.petitions.fragments import list_html
from openspace.petitions.models import PETITIONS, Petition
from openspace.petitions.rules import Kind
from openspace.web.errors import NotFound
from tests import machines
from tests.factories import a_topic
from tests.live.page import Page
from tests.live.people import People, numbers

VIEW = View("uk", "members")


class Asking(People):
    """People ask, back and decide while everything else happens on the board."""

    @initialize()
    def open_pages(self):
        with self.app.test_request_context():
            self.sit_down()
            event = db.session.get_one(Event, self.event_id)
            for number, who in enumerate((0, 1, 0), start=2):
                a_topic(event, self.member(who), f"Тема {number}")
            db.session.commit()
            self.pages = {channel: Page(self.fresh(channel)) for channel in (PETITIONS, CONSOLE)}
            self.stand = {channel: log.revision(self.event_id, channel) for channel in self.pages}
        for which in range(4):
            self.place(which=which, slot=7 + which // 3, space=which % 3)
        self.are_effects_old = False

    def fresh(self, channel: str) -> str:
        event = db.session.get_one(Event, self.event_id)
        with force_locale("uk"):
            return list_html(event) if channel == PETITIONS else part_html(event, WAITING)

    def petition(self, which: int) -> Petition:
        found = db.session.query(Petition).filter_by(event_id=self.event_id).order_by(Petition.id).all()
        if not found:
            raise NotFound
        return found[which % len(found)]

    @rule(which=numbers, kind=st.sampled_from(Kind), slot=numbers, space=numbers, who=numbers)
    def ask(self, which, kind, slot, space, who):
        def work(event):
            topic, there = self.topic(which), self.cell(event, slot, space)
            takes = f"{there['slot'].id}-{there['space'].id}"
            leaves = next(iter(topic.cells), "")
            actions.ask(topic, kind=kind, leaves=leaves, takes=takes, words="Слайди <b>", by=self.member(who))

        self.do(work)

    @rule(which=numbers, who=numbers, back=st.booleans())
    def back(self, which, who, back):
        change = actions.back if back else actions.unback
        self.do(lambda event: change(self.petition(which), by=self.member(who)))

    @rule(which=numbers)
    def take_back(self, which):
        self.do(lambda event: actions.take_back(each := self.petition(which), by=each.asker))

    @rule(which=numbers, grants=st.booleans())
    def decide(self, which, grants):
        def work(event):
            petition, by = self.petition(which), self.member(2)
            with journal.step(event.id, "petitions.grant", by=by, title=""):
                (decisions.grant if grants else decisions.decline)(petition, by=by, answer="Так")

        self.do(work)

    @rule(undone=st.booleans())
    def undo(self, undone):
        def work(event):
            by = self.member(2)
            if step := last_step(event.id, by.id, undone=undone):
                (journal.redo if undone else journal.undo)(step, by=by)

        self.do(work)

    @rule(one=numbers, other=numbers)
    def ask_to_merge(self, one, other):
        self.do(lambda event: merging.ask(self.topic(one), self.topic(other), by=self.member(2)))

    @rule(who=numbers, which=numbers, kind=st.sampled_from(["go", "look", ""]))
    def mark(self, who, which, kind):
        People.mark(self, who=who, which=which, kind=kind)
        # Chairs that are taken count when the effects are drawn next.
        self.are_effects_old = True

    def catch_up(self, channel: str) -> None:
        since = log.subjects_since(self.event_id, channel, self.stand[channel])
        names = [name for name in since.names if channel == PETITIONS or name == WAITING]
        with force_locale("uk"):
            self.pages[channel].apply([list(patch) for patch in draw(self.event_id, channel, names, VIEW)])
        self.stand[channel] = since.revision
        if WAITING in names:
            self.are_effects_old = False

    @invariant()
    def pages_are_in_step(self):
        if not hasattr(self, "pages"):
            return
        with self.app.test_request_context():
            for channel, page in self.pages.items():
                self.catch_up(channel)
                if channel == PETITIONS or not self.are_effects_old:
                    assert page.text() == Page(self.fresh(channel)).text()


def test_page_before_and_patches_since_are_page_after(app):
    Asking.app = app
    machines.run(Asking, steps=20)
