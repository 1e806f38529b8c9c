"""The property that live stands on: page before + patches since = page after, whatever is done in between."""

import contextlib
import json
import threading
import time

import psycopg
import pytest
from flask_babel import force_locale
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from sqlalchemy import event as sqlalchemy_event

from openspace.access.doors import door_of
from openspace.access.rules import hashed
from openspace.board import fragments
from openspace.board.models import BOARD, Placement
from openspace.board.permissions import topic_shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View, draw
from openspace.live.hub import Hub, OpenPage, Room
from openspace.live.packets import packet
from openspace.store import sqlite
from openspace.web.cache import clear_all
from tests import machines
from tests.factories import DAY
from tests.live.page import Page
from tests.live.people import VIEWS, People


class Board(People):
    """Several people do anything at all; two pages, opened at some time before, are kept by patches alone."""

    @initialize()
    def open_pages(self):
        with self.app.test_request_context():
            self.sit_down()
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
        topic = topic_shown(self.event_id, 1, None)
        with force_locale(view.language):
            return fragments.topic_html(topic.event, topic, view) if topic and not topic.joint_id else ""

    @rule(which=st.sampled_from(VIEWS))
    def catch_up(self, which):
        """A phone comes back, after however many changes."""
        self.stand[which] = self.patched(self.pages[which], BOARD, self.stand[which], which)

    def patched(self, page: Page, channel: str, since: int, view: View) -> int:
        query = {"channel": channel, "since": since, "language": view.language}
        packet = self.client(view).get(f"/{self.slug}/live", query_string=query).get_json()
        page.apply(packet["patches"])
        self.must_load = any(ident == "page" for ident, _ in packet["patches"])
        return packet["to"]

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
            if self.must_load:
                self.topic_page = Page(self.fresh_topic(VIEWS[0]))
            assert self.topic_page.text() == Page(self.fresh_topic(VIEWS[0])).text()


def test_page_before_and_patches_since_are_page_after(app):
    clear_all()
    Board.app = app
    machines.run(Board)


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
        assert list(fragments.draw_board(hall.id, BOARD, ["cell-999999-1"], VIEWS[0])) == [("cell-999999-1", None)]
        assert db.session.query(Placement).count() == 1


def test_catch_up_says_what_is_ones_own_and_nobody_elses(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "look"})
    address = hall.url("live?channel=board&since=0")

    assert hall.ask("participant").get(address).get_json()["mine"] == {
        "member": True,
        "topics": [],
        "marks": {"1": "look"},
        "told": "",
    }
    assert hall.ask("convener").get(address).get_json()["mine"] == {
        "member": True,
        "topics": [1, 2],
        "marks": {},
        "told": "",
    }


def test_a_changed_cell_is_drawn_from_one_row_however_large_the_board(hall):
    key, fetched = hall.cell(2, 0), []

    def note(connection, cursor, statement, parameters, context, executemany):
        fetched.append(len(connection.connection.driver_connection.execute(statement, parameters).fetchall()))

    with hall.app.test_request_context():
        sqlalchemy_event.listen(db.engine, "after_cursor_execute", note)
        ((subject, html),) = draw(hall.id, BOARD, [f"cell-{key}"], View("uk", "members"))
        sqlalchemy_event.remove(db.engine, "after_cursor_execute", note)

    assert (subject, "питання" in str(html), fetched) == (f"cell-{key}", True, [1])


class Enough(BaseException):
    """Ends a loop that would never end."""


def test_the_hub_outlives_a_database_that_hangs_up_while_it_tells(hall):
    address = hall.app.config["SQLALCHEMY_DATABASE_URI"]
    if "sqlite" in address:
        pytest.skip("SQLite cannot hang up")
    told = []

    def take_the_chair_back() -> None:
        # What was hung up on may be met once more.
        while hall.ask("participant").delete(hall.url("topics/1/interest")).status_code == 503:
            time.sleep(0.05)

    class Outlet:
        """Where the first packet goes, the database hangs up on everybody and then something more happens."""

        def emit(self, name, packet, to):
            told.append(packet["to"])
            if len(told) > 1:
                raise Enough
            with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            # In a thread, for within the hub's own context it would be the hub's own session.
            changing = threading.Thread(target=take_the_chair_back)
            changing.start()
            changing.join()
            hub.wake()

    hub = Hub(Outlet())
    hub._wake = threading.Event()
    with hall.app.app_context():
        room = Room(hall.id, BOARD, View("uk", "members"))
        page = OpenPage((room,), "", hashed(hall.token("participant")), "members")
        before = hub.enter("phone", page, door_of(hall.slug))[BOARD]
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    hub.wake()

    def run() -> None:
        with contextlib.suppress(Enough):
            hub._run(hall.app)

    telling = threading.Thread(target=run, daemon=True)
    telling.start()
    telling.join(20)

    assert told == [before + 1, before + 2]


def test_two_make_the_first_change_of_a_channel_at_once(hall):
    together = threading.Barrier(2)

    def change(number: int) -> None:
        with hall.app.app_context(), sqlite.writing():
            together.wait(10)
            log.record(hall.id, "topic-9", f"subject-{number}")
            # The other one meets what is not committed yet.
            time.sleep(0.2)
            db.session.commit()

    people = [threading.Thread(target=change, args=(number,)) for number in range(2)]
    for each in people:
        each.start()
    for each in people:
        each.join()

    with hall.app.app_context():
        present, names = log.subjects_since(hall.id, "topic-9", 0)
    assert (present, sorted(names)) == (2, [f"subject-{number}" for number in range(2)])


def test_revisions_are_those_of_the_channels_asked_for(hall):
    with hall.app.app_context():
        everything = log.revisions([(hall.id, BOARD), (hall.id, "topic-2"), (hall.id, "topic-99")])

        assert everything == {(hall.id, BOARD): log.revision(hall.id, BOARD), (hall.id, "topic-2"): 1}
        assert log.revisions([]) == {}


def test_a_tap_sends_numbers_and_not_the_sheet(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})

    with hall.app.test_request_context():
        revision = log.revision(hall.id, BOARD)
        content = packet(hall.id, BOARD, revision - 1, revision, View("uk", "members")).content

    place = hall.cell(2, 0)
    assert [ident for ident, _ in content["patches"]] == [f"going-{place}", f"full-{place}"]
    # Bytes: the same for however long a title and a name.
    assert len(json.dumps(content, ensure_ascii=False).encode()) < 300
