"""Announcements reach every open page through the hub, whatever channels it follows, and none asks in vain."""

import json
from urllib.parse import urlencode

import pytest

from openspace.access.doors import door_of
from openspace.access.rules import hashed
from openspace.board.models import BOARD
from openspace.live.fragments import EVERYWHERE, View
from openspace.live.hub import Hub, OpenPage, Room
from tests.live.conftest import serving
from tests.live.phone import Phone
from tests.live.test_channels import NAMES, heard, projector_key, put, several

SENT = {"words_uk": "Обід пізніше", "words_en": "Lunch is later", "until": "soon", "on_phones": "y", "on_screens": "y"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    started = serving(tmp_path_factory.mktemp("announcements"))
    yield started
    started.process.kill()
    started.process.wait()


def told(phone: Phone, channel: str = EVERYWHERE) -> list[dict]:
    """The packets of a channel that the phone was sent."""
    packets = [json.loads(text[2:])[1] for text in phone.texts if text.startswith('42["changes"')]
    return [packet for packet in packets if packet["channel"] == channel and packet["patches"]]


def greeted(phone: Phone) -> dict:
    return next(json.loads(text[2:])[1] for text in phone.texts if text.startswith('42["joined"'))


def announce(server, **sent: str) -> None:
    status, body = server.ask(
        f"/{server.event}/facilitator/announcements",
        method="POST",
        fields=urlencode({**SENT, **sent}),
        who=NAMES["facilitator"],
    )
    assert status < 400, body


def test_every_open_page_hears_it_and_screens_by_their_own_channel(server):
    key = projector_key(server)
    pages = [heard(server, name, "participant") for name in ("board", "notices", "topic-1")]
    pages += [several(server, ["people", "board"]), several(server, ["board", "people"])]
    screen = heard(server, "messages", "stranger", key)
    assert not any("announced" in greeted(phone) for phone in (*pages, screen))

    announce(server)

    for phone in pages:
        phone.until(lambda phone=phone: told(phone))
        packet = told(phone)[0]
        assert (packet["from"], packet["to"]) == (0, 1)
        assert [name for name, html in packet["patches"]] == ["announcement-1"]
        assert "Обід пізніше" in packet["patches"][0][1]
    screen.until(lambda: told(screen, "messages"))
    assert [name for name, html in told(screen, "messages")[0]["patches"]] == ["message-1"]
    # Who comes later is told which revision a page should have.
    assert greeted(heard(server, "board", "convener"))["announced"] == 1


def test_what_is_for_screens_alone_is_sent_to_no_phone(server):
    phone = heard(server, "board", "participant")
    before = len(told(phone))
    server.ask(
        f"/{server.event}/facilitator/announcements",
        method="POST",
        fields=urlencode({name: value for name, value in SENT.items() if name != "on_phones"}),
        who=NAMES["facilitator"],
    )

    phone.until(lambda: len(told(phone)) > before)

    assert [html for _, html in told(phone)[-1]["patches"]] == [None]
    assert not any("Обід" in text for text in phone.texts)


def test_a_page_is_told_what_it_should_have_heard_in_quiet_times_too(hall):
    sent = []

    class Outlet:
        def emit(self, name, packet, to):
            sent.append((to, packet))

    def enter(hub: Hub) -> None:
        room = Room(hall.id, BOARD, View("uk", "members"))
        page = OpenPage((room,), "", hashed(hall.token("participant")), "members")
        hub.enter("phone", page, door_of(hall.slug))

    with hall.app.test_request_context():
        hub = Hub(Outlet())
        enter(hub)
        hub.remind()
    assert "announced" not in sent.pop()[1]

    hall.announce()
    with hall.app.test_request_context():
        hub.send_changes()
        hub.remind()

    assert [packet["channel"] for _, packet in sent] == [EVERYWHERE, BOARD]
    assert sent[1][1]["announced"] == 1
    assert hub.phones(hall.id) == 1
    hub.leave("phone")
    assert (hub.phones(hall.id), hub.announced(hall.id)) == (0, 0)


def test_catching_up_with_announcements_says_what_was_missed(server):
    address = f"/{server.event}/live?channel={EVERYWHERE}&since=0&language=en"
    status, body = server.ask(address, who=NAMES["participant"])

    assert (status, "Lunch is later" in body) == (200, True)
    put(server, "facilitator/announcements/1/withdrawal", "facilitator")
    assert "Lunch is later" not in server.ask(address, who=NAMES["participant"])[1]
