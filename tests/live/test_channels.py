"""Who hears of which channel: a live channel obeys the rule of its page, for every channel and kind of person."""

import json
import re
import time
from html import unescape
from urllib.parse import urlencode

import pytest

from openspace.access import actions as access
from openspace.access.models import Member
from openspace.board import actions as board, merging
from openspace.board.models import Topic, topic_numbered
from openspace.extensions import db
from openspace.live import fragments
from openspace.store import sqlite
from tests.access.test_matrix import PEOPLE
from tests.live.conftest import serving
from tests.live.phone import Phone

# The page of each channel, by its kind: for people, and for the projector (None: it has no such page).
PAGES = {
    "board": ("", "projector/{key}"),
    "topic": ("topics/1", None),
    "notes": ("topics/1/notes", None),
    "people": ("contacts", None),
    "room": ("contacts/room", "projector/{key}/room"),
    "news": ("news", "projector/{key}/news"),
    "toolbox": ("toolbox/fishbowl", "projector/{key}/guide"),
    "dots": ("dots", "projector/{key}/dots"),
    "notices": ("me/notices", None),
    "console": ("facilitator", None),
    "petitions": ("petitions", None),
    "commitments": ("commitments", "projector/{key}/commitments"),
    "stories": ("stories", None),
    "pitch": ("microphone", "projector/{key}/pitch"),
    # To people it says nothing that the wall does not.
    "slides": ("stories", "projector/{key}/stories"),
    # Every page shows announcements; a screen has those that are for screens from a channel of its own.
    "announcements": ("", None),
    "messages": ("me", "projector/{key}"),
    "screens": ("facilitator/screens", "projector/{key}/join"),
}
# What is no channel, though some of it begins as one does.
UNKNOWN = ["door", "", "board-1", "room-", "people-1", "topic", "topic-", "topic-99", "topic-x", "topic-01", "topic-١"]
UNKNOWN += ["topic-99999999999999999999", "nothing"]
SECRET = "питання"


CHANNELS = {kind: f"{kind}-1" if kind in {"topic", "notes"} else kind for kind in PAGES}


def pages(hall, who: str) -> dict[str, int]:
    """How each page answers."""
    return {
        kind: hall.ask(who).get(hall.url(page), follow_redirects=True).status_code for kind, (page, _) in PAGES.items()
    }


def catch_ups(hall, who: str, key: str = "") -> dict[str, int]:
    """How catching up with each channel is answered."""
    return {
        kind: hall.ask(who).get(hall.url(f"live?{urlencode({'channel': channel, 'key': key})}")).status_code
        for kind, channel in CHANNELS.items()
    }


def withdraw(hall) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        topic = db.session.query(Topic).filter_by(event_id=hall.id, number=1).one()
        board.withdraw(topic, by=topic.convener)
        db.session.commit()


def delete_author(hall) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        access.leave(db.session.get_one(Member, hall.ids["convener"]))
        db.session.commit()


def merge_topic(hall) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        second, first = (topic_numbered(hall.id, number) for number in (1, 2))
        merging.merge(first, second, by=first.convener)
        db.session.commit()


STATES = {
    "merged": [merge_topic],
    "public, merged": [lambda hall: hall.open_to_the_public(), merge_topic],
    "as it is": [],
    "withdrawn": [withdraw],
    "author deleted": [delete_author],
    "public": [lambda hall: hall.open_to_the_public()],
    "public, withdrawn": [lambda hall: hall.open_to_the_public(), withdraw],
    "public, author deleted": [lambda hall: hall.open_to_the_public(), delete_author],
}


def test_every_channel_has_a_page_here(app):
    assert fragments.kinds() == set(PAGES)


@pytest.mark.parametrize("state", STATES)
def test_catch_up_is_answered_as_the_page_is(hall, state):
    for change in STATES[state]:
        change(hall)
    found = {who: catch_ups(hall, who) for who in PEOPLE}

    assert found == {who: pages(hall, who) for who in PEOPLE}


@pytest.mark.parametrize("state", STATES)
def test_the_projectors_key_opens_what_the_projector_shows(hall, state):
    for change in STATES[state]:
        change(hall)
    shown = {kind: page.format(key=hall.projector) for kind, (_, page) in PAGES.items() if page}
    found = {kind: hall.ask("stranger").get(hall.url(page)).status_code for kind, page in shown.items()}
    expected = {kind: found.get(kind, 403) for kind in PAGES}

    assert catch_ups(hall, "stranger", hall.projector) == expected


@pytest.mark.parametrize("who", ["stranger", "participant", "organiser"])
def test_what_is_no_channel_is_not_found(hall, who):
    hall.open_to_the_public()
    found = {name: hall.ask(who).get(hall.url(f"live?{urlencode({'channel': name})}")).status_code for name in UNKNOWN}

    assert found == dict.fromkeys(UNKNOWN, 404)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_withdrawn_topic_is_in_no_packet(hall, who):
    hall.open_to_the_public()
    query = "live?channel=topic-1&since=0&language=uk"
    assert SECRET in hall.ask(who).get(hall.url(query)).get_data(as_text=True)
    withdraw(hall)

    for address in (query, f"{query}&key={hall.projector}"):
        assert SECRET not in hall.ask(who).get(hall.url(address)).get_data(as_text=True)


def test_what_is_ones_own_comes_with_the_channel_that_shows_it(hall):
    own = {
        channel: set(hall.ask("facilitator").get(hall.url(f"live?channel={channel}")).get_json()["mine"])
        for channel in CHANNELS.values()
        if channel != "console"
    }

    marks, alone = {"member", "topics", "marks", "told"}, {"told"}
    people = {"meets", "fits", "told"}
    live = {"board": marks, "topic-1": marks, "people": people, "stories": {"coming", "stories", "told"}}
    live |= dict.fromkeys(
        ("room", "news", "toolbox", "notices", "slides", "announcements", "messages", "screens"), alone
    )
    live["commitments"] = {"commitments", "told"}
    live["dots"] = {"dots", "told"}
    assert own == {**live, "pitch": {"pitch", "told"}, "petitions": {"petitions", "told"}, "notes-1": {"here", "told"}}


@pytest.mark.parametrize("path", ["", "market", "me/day", "topics/1", "topics/new", "contacts", "contacts/room", "me"])
def test_a_page_opens_one_socket_for_all_its_channels(hall, path):
    page = hall.ask("participant").get(hall.url(path)).get_data(as_text=True)

    assert page.count('data-module="live"') == 1
    assert set(json.loads(unescape(re.search(r'data-channels="([^"]+)"', page)[1]))) <= set(CHANNELS.values())


# The same through sockets, on a real server.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    started = serving(tmp_path_factory.mktemp("channels"))
    yield started
    started.process.kill()
    started.process.wait()


NAMES = {"organiser": "Команда", "facilitator": "Ірина", "convener": "Оксана Дячук", "participant": "Олена Ткачук"}


def heard(server, channel: str, who: str, key: str = "", event: str = "") -> Phone:
    """A phone that has asked to listen, and been answered."""
    phone = Phone(server.port, server.cookies[NAMES[who]] if who in NAMES else "")
    assert "101" in phone.handshake()
    phone.say("40" + json.dumps({"event": event or server.event, "channel": channel, "language": "uk", "key": key}))
    phone.until(lambda: any('"joined"' in text or text.startswith("44") for text in phone.texts))
    return phone


def stand(phone: Phone) -> dict:
    """What the phone was greeted with; without the moment and the version of the server. None if it was refused."""
    found = [json.loads(text[2:])[1] for text in phone.texts if text.startswith('42["joined"')]
    return {name: value for name, value in found[0].items() if name not in ("now", "version")} if found else {}


def several(server, channels: object, who: str = "convener") -> Phone:
    """A phone that has asked to listen to a list of channels, and been answered."""
    phone = Phone(server.port, server.cookies[NAMES[who]] if who in NAMES else "")
    assert "101" in phone.handshake()
    phone.say("40" + json.dumps({"event": server.event, "channels": channels, "language": "uk"}))
    phone.until(lambda: any('"joined"' in text or text.startswith("44") for text in phone.texts))
    return phone


def admitted(server, who: str, key: str = "") -> set[str]:
    return {kind for kind, name in CHANNELS.items() if is_in(heard(server, name, who, key))}


def is_in(phone: Phone) -> bool:
    return any('"joined"' in text for text in phone.texts)


def patches(phone: Phone) -> list[list]:
    """What the phone was told, packet by packet, without reminders of where it stands."""
    packets = [json.loads(text[2:])[1] for text in phone.texts if text.startswith('42["changes"')]
    return [packet["patches"] for packet in packets if packet["patches"]]


def put(server, path: str, who: str, fields: str = "", method: str = "PUT") -> None:
    status, body = server.ask(f"/{server.event}/{path}", method=method, fields=fields, who=NAMES[who])
    assert status < 400, body


def projector_key(server) -> str:
    page = server.ask(f"/{server.event}/projector", who=NAMES["organiser"], Accept="text/html")[1]
    return re.search(r'data-key="([^"]+)"', page)[1]


def test_sockets_obey_the_rule_of_the_page(server):
    everywhere, for_all = set(PAGES), {"announcements", "board", "topic"}
    with_key = {"board", "commitments", "dots", "messages", "news", "pitch", "room", "screens", "slides", "toolbox"}
    roles = dict.fromkeys(("organiser", "facilitator"), everywhere)
    roles |= dict.fromkeys(("convener", "participant"), everywhere - {"console", "screens"})
    key = projector_key(server)
    event = {"name": "Відкрита", "starts_on": "2026-06-03", "ends_on": "2026-06-05", "zone": "Europe/Kyiv"}
    event |= {"languages": "uk", "months_kept": "6"}

    assert {who: admitted(server, who) for who in NAMES} == roles
    assert (admitted(server, "stranger"), admitted(server, "stranger", key)) == (set(), with_key)
    # Somebody is signed in on the hall's computer.
    assert admitted(server, "participant", key) == everywhere - {"console"}
    assert not any(is_in(heard(server, name, "organiser")) for name in UNKNOWN)
    assert not any(is_in(heard(server, "board", "organiser", event=name)) for name in ("no-such", "\0", "\ud800"))

    put(server, "settings/event", "organiser", urlencode({**event, "is_public": "y"}))
    assert (admitted(server, "stranger"), admitted(server, "stranger", key)) == (for_all, with_key)

    inside = [heard(server, "topic-1", who) for who in ("stranger", "participant", "convener")]
    put(server, "topics/1/withdrawal", "convener")
    for phone in inside:
        phone.until(lambda phone=phone: patches(phone))
        assert patches(phone) == [[["topic", None], ["page", None]]]
    put(server, "topics/1", "convener", urlencode({"title": "Не для всіх", "language": "uk"}))
    for phone in inside:
        phone.until(lambda phone=phone: len(patches(phone)) == 2)
        assert not any("Не для" in text or SECRET in text for text in phone.texts)

    assert {who: "topic" in admitted(server, who) for who in (*NAMES, "stranger")} == {
        "organiser": True,
        "facilitator": True,
        "convener": True,
        "participant": False,
        "stranger": False,
    }


def test_whoever_loses_a_right_hears_no_more(server):
    event = {"name": "Закрита", "starts_on": "2026-06-03", "ends_on": "2026-06-05", "zone": "Europe/Kyiv"}
    event |= {"languages": "uk", "months_kept": "6"}
    put(server, "settings/event", "organiser", urlencode({**event, "is_public": "y"}))
    key = projector_key(server)
    stranger, projector = heard(server, "board", "stranger"), heard(server, "room", "stranger", key)
    both = heard(server, "people", "participant", key)

    put(server, "settings/event", "organiser", urlencode(event))
    put(server, "settings/projector-key", "organiser")
    put(server, "me/key", "participant")

    for phone in (stranger, projector, both):
        # Socket.IO's DISCONNECT: from here on it is in no room.
        phone.until(lambda: "41" in phone.texts)  # noqa: B023


def test_whoever_loses_the_role_hears_nothing_of_the_console_any_more(server):
    page = server.ask(f"/{server.event}/facilitator", who=NAMES["facilitator"], Accept="text/html")[1]
    ident = re.search(f'data-member="{server.event}-([0-9]+)"', page)[1]
    address = f"settings/members/{ident}"
    console, screens = (heard(server, channel, "facilitator") for channel in ("console", "screens"))
    board, organiser = heard(server, "board", "facilitator"), heard(server, "console", "organiser")

    put(server, address, "organiser", "role=participant")

    for phone in (console, screens):
        phone.until(lambda: "41" in phone.texts)  # noqa: B023
    put(server, address, "organiser", "role=facilitator")
    assert "41" not in board.texts + organiser.texts


def test_one_socket_hears_several_channels(server):
    phone = several(server, ["board", "topic-2", "board"])
    before = stand(phone)["revisions"]
    metric = server.metric("openspace_connections")

    put(server, "topics/2/interest", "convener", "kind=go")

    phone.until(lambda: len(patches(phone)) == 2)
    packets = [json.loads(text[2:])[1] for text in phone.texts if text.startswith('42["changes"')]
    told = {packet["channel"]: (packet["from"], packet["to"]) for packet in packets if packet["patches"]}
    assert told == {name: (revision, revision + 1) for name, revision in before.items()}
    assert set(before) == {"board", "topic-2"}
    phone.socket.close()
    several(server, ["board", "topic-2"]).socket.close()
    deadline = time.monotonic() + 10
    while server.metric("openspace_connections") >= metric:
        assert time.monotonic() < deadline, "somebody was not counted out"
        time.sleep(0.05)


def test_who_may_not_hear_one_of_the_channels_hears_none(server):
    refused = [
        ["board", "topic-99"],
        ["people", ""],
        [],
        ["board", "people", "room", "notices", "topic-2"],
        "board",
        None,
    ]

    assert stand(several(server, ["board", "people", "room", "notices"]))
    assert [stand(several(server, channels)) for channels in refused] == [{}] * len(refused)
    assert stand(several(server, ["board", "people"], "stranger")) == {}


def test_a_client_that_names_one_channel_is_greeted_as_before(server):
    phone = heard(server, "people", "convener")

    revision = stand(phone)["revision"]

    assert stand(phone) == {"channel": "people", "revision": revision, "revisions": {"people": revision}}
    # By this a page that was open over an upgrade loads itself anew.
    assert any('"version":"' in text for text in phone.texts if "joined" in text)
