"""A page of notes: page before + patches since = page after, whatever is written, chosen or brought back."""

from flask_babel import force_locale
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select

from openspace.board.models import topic_numbered
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.notes import actions, photo_actions, step_actions
from openspace.notes.fragments import here_html, paragraph_html, photo_html, step_html
from openspace.notes.models import Attendance, Paragraph, channel_of, paragraphs_of, steps_on, topic_ids
from openspace.notes.photo_models import NotePhoto, photos_on
from openspace.notes.rules import Part
from openspace.store.media import Stored
from openspace.uploads.awaited import File
from tests import machines
from tests.live.page import Page
from tests.live.people import People, numbers

FILES = [File(Stored(f"{place:064x}", 9), f"image/{form}", 480, 640) for place, form in enumerate(("avif", "webp"))]
VIEW = View("uk", "members")
TEXTS = st.lists(st.sampled_from(["Двері важкі.", "Пандуса нема.", "Ще.", ""]), max_size=3).map(" ".join)


class Writing(People):
    """People write in few paragraphs, from bases old and new, so that much clashes."""

    @initialize()
    def open_page(self):
        with self.app.test_request_context():
            self.sit_down()
            self.page, self.follows = Page(self.fresh()), self.channel()
            self.stand = log.revision(self.event_id, self.follows)
        self.versions = 0

    def notes_topic(self):
        topic = topic_numbered(self.event_id, 1)
        return topic.joint or topic

    def channel(self) -> str:
        return channel_of(self.notes_topic())

    def fresh(self) -> str:
        topic = self.notes_topic()
        with force_locale("uk"):
            parts = {part: [] for part in Part}
            for paragraph in paragraphs_of(topic):
                parts[paragraph.part].append(paragraph_html(paragraph))
            steps = "".join(step_html(step) for step in steps_on(topic))
            lists = "".join(f'<div id="{part}">{"".join(found)}</div>' for part, found in parts.items())
            photos = "".join(photo_html(photo) for photo in photos_on(topic))
            rest = f'<ul id="steps">{steps}</ul><div id="flips">{photos}</div>'
            return f"<div>{here_html(topic)}{lists}{rest}</div>"

    @rule(which=numbers, who=numbers, text=TEXTS, base=numbers, part=st.sampled_from(Part), below=numbers)
    def write(self, which, who, text, base, part, below):
        self.versions += 1
        version, known = f"v{self.versions}", f"v{base % self.versions}"

        def work(event):
            topic = self.notes_topic()
            named = {"version": version, "bases": [known], "after": f"p{below % 6}"}
            actions.save(topic, key=f"p{which % 6}", text=text, part=part, by=self.member(who), **named)

        self.do(work)

    @rule(which=numbers, who=numbers, keeps=numbers)
    def choose(self, which, who, keeps):
        def work(event):
            found = [each for each in paragraphs_of(self.notes_topic()) if each.rivals]
            if found:
                paragraph = found[which % len(found)]
                keys = [version.key for version in paragraph.standing]
                actions.choose(paragraph, keeps=[*keys, "all"][keeps % (len(keys) + 1)], of=keys, by=self.member(who))

        self.do(work)

    @rule(which=numbers, who=numbers, takes=st.booleans())
    def take(self, which, who, takes):
        def work(event):
            for paragraph in paragraphs_of(self.notes_topic())[which % 4 : which % 4 + 1]:
                (actions.take if takes else actions.let_go)(paragraph, by=self.member(who))

        self.do(work)

    @rule(revision=numbers, who=numbers)
    def bring_back(self, revision, who):
        def work(event):
            first = db.session.query(Paragraph).first()
            if first:
                actions.bring_back(self.notes_topic(), revision=first.versions[0].id + revision, by=self.member(who))

        self.do(work)

    @rule(which=numbers, who=numbers, removes=st.booleans())
    def step(self, which, who, removes):
        def work(event):
            topic, by = self.notes_topic(), self.member(who)
            if removes and (steps := steps_on(topic)):
                step_actions.remove(steps[which % len(steps)])
            else:
                step_actions.add(topic, key=f"s{which % 5}", what="Аудит", who=by, due_on=None, by=by)

        self.do(work)

    @rule(which=numbers, who=numbers, how=st.sampled_from(["add", "prepare", "fail", "describe", "remove", "return"]))
    def photo(self, which, who, how):
        def work(event):
            topic, by = self.notes_topic(), self.member(who)
            if how == "add":
                photo_actions.add(topic, [f"photo-of-a-flipchart-{which % 4}"], by=by)
                return
            ids = list(db.session.scalars(select(NotePhoto.id).where(NotePhoto.topic_id.in_(topic_ids(topic)))))
            if not ids:
                return
            photo = db.session.get_one(NotePhoto, ids[which % len(ids)])
            if how == "prepare":
                photo_actions.prepared(photo.id, {"width": 480, "height": 640}, FILES)
            elif how == "fail":
                photo_actions.failed(photo.id, "unreadable")
            elif how == "describe":
                photo_actions.describe(photo, "Список", was=photo.caption)
            elif photo_actions.may_remove(photo, by):
                (photo_actions.remove if how == "remove" else photo_actions.bring_back)(photo, by=by)

        self.do(work)

    @rule(who=numbers, is_named=st.booleans())
    def come(self, who, is_named):
        def work(event):
            topic, by = self.notes_topic(), self.member(who)
            log.claim(event.id)
            known = db.session.get(Attendance, (topic.id, by.id))
            if known:
                known.is_named = is_named
            else:
                db.session.add(Attendance(topic_id=topic.id, member_id=by.id, is_named=is_named))
            log.record(event.id, channel_of(topic), "here")

        self.do(work)

    @invariant()
    def page_is_in_step(self):
        if not hasattr(self, "page"):
            return
        with self.app.test_request_context(), force_locale("uk"):
            since = log.subjects_since(self.event_id, self.follows, self.stand)
            self.stand = since.revision
            patches = [list(patch) for patch in draw(self.event_id, self.follows, list(since.names), VIEW)]
            if ["page", None] in patches:
                self.page, self.follows = Page(self.fresh()), self.channel()
                self.stand = log.revision(self.event_id, self.follows)
            else:
                self.page.apply(patches)
            assert self.page.text() == Page(self.fresh()).text()


def test_a_page_of_notes_is_in_step(app):
    Writing.app = app
    machines.run(Writing, steps=20)
