"""The news on open pages and screens: page before + patches since = page after, whatever happens on the board."""

from flask_babel import force_locale
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from openspace.access import actions as access
from openspace.board import actions as board
from openspace.board.models import Topic
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.news import actions
from openspace.news.fragments import PARTS, parts_html, round_html
from openspace.news.models import NEWS
from openspace.notes import (
    actions as notes,
    attendance_actions as attendance,
    photo_actions as photos,
    step_actions as steps,
)
from openspace.notes.photo_models import photos_in
from openspace.phases import actions as phases
from openspace.phases.rules import Phase, usual
from openspace.store.media import Stored
from openspace.uploads.awaited import File
from tests import machines
from tests.factories import DAY, a_topic, cell
from tests.live.page import Page
from tests.live.people import People, numbers

FILE = File(Stored("0" * 64, 9), "image/webp", 480, 640)
VIEW = View("uk", "members")
TEXTS = st.sampled_from(["Двері.", "**Довго** говорили про двері, які важко відчинити. " * 3, ""])


class Evening(People):
    """People write notes while the board changes, and a facilitator goes through the sessions."""

    @initialize()
    def open_page(self):
        with self.app.test_request_context():
            self.sit_down()
            event = db.session.get_one(Event, self.event_id)
            for number, topic in enumerate(
                [self.topic(0), a_topic(event, self.member(1)), a_topic(event, self.member(0))]
            ):
                board.place(topic, **cell(event, slot=1, space=number), by=self.member(2), anyway=True)
            db.session.commit()
            self.page, self.stand = Page(self.fresh()), log.revision(self.event_id, NEWS)
        self.versions = 0

    def fresh(self) -> str:
        event = db.session.get_one(Event, self.event_id)
        with force_locale("uk"):
            return "".join([*parts_html(event, DAY, *PARTS).values(), *round_html(event).values()])

    def shown(self, which: int) -> Topic:
        topic = self.topic(which)
        return topic.joint or topic

    @rule(which=numbers, who=numbers, text=TEXTS)
    def write(self, which, who, text):
        self.versions += 1
        key, before = f"v{self.versions}", f"v{self.versions - 1}"
        self.do(
            lambda event: notes.save(
                self.shown(which), key="p", text=text, version=key, bases=[before], by=self.member(who)
            )
        )

    @rule(which=numbers, who=numbers, removes=st.booleans())
    def step(self, which, who, removes):
        def work(event):
            topic, by = self.shown(which), self.member(who)
            found = steps.add(topic, key="s", what="Аудит <b>", who=by, due_on=DAY, by=by)
            if removes:
                steps.remove(found)

        self.do(work)

    @rule(which=numbers, who=numbers, removes=st.booleans())
    def photo(self, which, who, removes):
        def work(event):
            topic, by = self.shown(which), self.member(who)
            for each in photos.add(topic, [f"photo-of-a-flipchart-{which}"], by=by):
                photos.prepared(each.id, {"width": 480, "height": 640}, [FILE])
            for each in photos_in([topic.id]):
                if removes and photos.may_remove(each, by):
                    photos.remove(each, by=by)

        self.do(work)

    @rule(which=numbers, who=numbers, comes=st.booleans())
    def attend(self, which, who, comes):
        self.do(lambda event: (attendance.come if comes else attendance.leave)(self.shown(which), by=self.member(who)))

    @rule(which=numbers, stops=st.booleans())
    def go_to(self, which, stops):
        def work(event):
            if stops:
                actions.stop(event, by=self.member(2))
            else:
                actions.go_to(event, self.shown(which), day=DAY, by=self.member(2))

        self.do(work)

    @rule(phase=st.sampled_from([Phase.NEWS, Phase.CLOSING]))
    def switch(self, phase):
        self.do(lambda event: phases.switch(event, phase, usual(phase), seen=event.phase, by=self.member(2)))

    @rule(who=numbers, name=st.sampled_from(["Ганна", "عمر"]))
    def introduce(self, who, name):
        self.do(lambda event: access.introduce(self.member(who), name=name, community="Броди"))

    @invariant()
    def page_is_in_step(self):
        if not hasattr(self, "page"):
            return
        with self.app.test_request_context(), force_locale("uk"):
            since = log.subjects_since(self.event_id, NEWS, self.stand)
            self.stand = since.revision
            self.page.apply([list(patch) for patch in draw(self.event_id, NEWS, list(since.names), VIEW)])
            assert self.page.text() == Page(self.fresh()).text()


def test_the_news_are_in_step(app):
    Evening.app = app
    machines.run(Evening, steps=25)
