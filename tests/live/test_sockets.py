"""The sockets against real clients, good and bad, on a real server."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import socketio

from openspace.access import doors
from openspace.live import engine, sockets
from tests.live.conftest import Serving
from tests.live.phone import Phone

NODE = Path(__file__).parent / "node"
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


def until(holds, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def auth(live: Serving) -> dict[str, str]:
    return {"event": live.event, "channel": "board", "language": "uk"}


@contextmanager
def listening(live: Serving, heard: list, **more) -> Iterator[socketio.Client]:
    """A Python client that keeps what it hears. It runs a thread for each message, so they may change places."""
    client = socketio.Client(**more)
    client.on("numbered", lambda packet: heard.append(packet["number"]))
    client.on("joined", lambda stand: heard.append("joined"))
    url = f"http://127.0.0.1:{live.port}"
    client.connect(url, {"Cookie": live.cookies["Олена Ткачук"]}, auth(live), transports=["websocket"])
    try:
        yield client
    finally:
        client.disconnect()


def test_the_python_client_hears_a_thousand_each_once_and_leaves(live):
    before, heard = live.metric("openspace_connections"), []
    with listening(live, heard):
        until(lambda: "joined" in heard)
        assert live.metric("openspace_connections") == before + 1

        live.order(emit=1000, size=50)

        until(lambda: len(heard) >= 1001)
    assert sorted(heard[1:]) == list(range(1000))
    until(lambda: live.metric("openspace_connections") == before)


def test_the_python_client_comes_back_to_a_new_server(start, tmp_path):
    first, heard = start(), []
    with listening(first, heard, reconnection_delay=0.1):
        until(lambda: "joined" in heard)

        first.stop()
        second = start(tmp_path, port=first.port)

        until(lambda: heard.count("joined") == 2)
        second.order(emit=3)
        until(lambda: sorted(heard[2:]) == [0, 1, 2])


@pytest.fixture(scope="session")
def node() -> str:
    """Node with socket.io's own client, fetched once."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        pytest.skip("no node and npm on this machine; the browser tests run the same client")
    if not (NODE / "node_modules").exists():
        fetched = subprocess.run(["npm", "ci", "--silent"], cwd=NODE, capture_output=True, text=True, check=False)
        if fetched.returncode:
            pytest.skip(f"npm could not fetch socket.io-client: {fetched.stderr[-200:]}")
    return found


def test_the_reference_client_hears_a_thousand_in_order_is_sent_away_and_comes_back(node, start, tmp_path):
    first = start(PING_INTERVAL=1, PING_TIMEOUT=1)
    words = [node, str(NODE / "phone.js"), f"http://127.0.0.1:{first.port}", first.cookies["Олена Ткачук"]]
    with subprocess.Popen([*words, json.dumps(auth(first))], stdout=subprocess.PIPE, text=True) as phone:
        tell = lambda: json.loads(phone.stdout.readline())  # noqa: E731
        assert tell()["event"] == "joined"

        first.order(emit=1000, size=50)

        assert tell() == {"event": "thousand", "in_order": True}
        # It answers pings meanwhile, or it would be cut.
        time.sleep(2.5)
        first.stop()
        assert tell()["event"] == "later"
        start(tmp_path, port=first.port)
        assert tell()["event"] == "joined"
        phone.kill()


def test_a_stranger_is_refused(live):
    phone = Phone(live.port)
    phone.handshake()
    phone.say("40" + json.dumps(auth(live)))

    phone.until(lambda: any(text.startswith("44") for text in phone.texts))

    assert "forbidden" in phone.texts[-1]


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"Sec_WebSocket_Version": "8"}, "HTTP/1.1 426 Upgrade Required"),
        ({"Sec_WebSocket_Key": "dGVzdA=="}, "HTTP/1.1 400 Bad Request"),
        ({"Sec_WebSocket_Key": "not base64 at all!"}, "HTTP/1.1 400 Bad Request"),
        ({"Sec_WebSocket_Key": ""}, "HTTP/1.1 400 Bad Request"),
    ],
)
def test_a_bad_handshake_is_refused(live, headers, answer):
    assert live.phone(**headers).handshake() == answer


def test_a_foreign_page_is_refused(live):
    assert "400" in live.phone(Origin="https://elsewhere.example").handshake()


# RFC 6455: what is wrong, and the close code of section 7.4.1 that says so.
WRONG = {
    "unmasked (5.1)": (lambda p: p.raw(TEXT, b"3", mask=False), 1002),
    "reserved bit (5.2)": (lambda p: p.raw(TEXT, b"3", rsv=4), 1002),
    "reserved opcode (5.2)": (lambda p: p.raw(3, b"3"), 1002),
    "reserved control opcode (5.2)": (lambda p: p.raw(11, b"3"), 1002),
    "control frame in fragments (5.5)": (lambda p: p.raw(PING, b"x", fin=False), 1002),
    "control frame over 125 bytes (5.5)": (lambda p: p.raw(PING, b"x" * 126), 1002),
    "continuation of nothing (5.4)": (lambda p: p.raw(0, b"x"), 1002),
    "a new message within another (5.4)": (lambda p: p.raw(TEXT, b"4", fin=False) + p.raw(TEXT, b"x"), 1002),
    "text that is not UTF-8 (8.1)": (lambda p: p.raw(TEXT, b"\xc3\x28"), 1007),
    "UTF-8 cut off at the end (8.1)": (lambda p: p.raw(TEXT, "ї".encode()[:1]), 1007),
    "close of one byte (5.5.1)": (lambda p: p.raw(CLOSE, b"\x03"), 1002),
    "close with a code that is not for sending (7.4.1)": (lambda p: p.raw(CLOSE, b"\x03\xed"), 1002),
    "close with a reason that is not UTF-8 (5.5.1)": (lambda p: p.raw(CLOSE, b"\x03\xe8\xc3\x28"), 1007),
    "binary, which nobody speaks here": (lambda p: p.raw(BINARY, b"x"), 1003),
    "more than a phone has to say": (lambda p: p.raw(TEXT, b"4" * 17000), 1009),
    "more than a phone has to say, in fragments": (
        lambda p: p.raw(TEXT, b"4" * 9000, fin=False) + p.raw(0, b"4" * 9000, fin=False),
        1009,
    ),
    "a length without end": (
        lambda p: b"\x81\xff" + b"\x00\x00\x7f\xff\xff\xff\xff\xff" + bytes(4) + b"x" * 20000,
        1009,
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_breaks_the_protocol_is_told_its_code_and_hung_up_on(live, wrong):
    make, code = WRONG[wrong]
    phone = live.joined()

    phone.socket.sendall(make(phone))

    assert phone.end() == code


@pytest.mark.parametrize(
    ("payload", "code"), [(b"\x03\xe8", 1000), (b"\x03\xe8bye", 1000), (b"\x0b\xb8", 3000), (b"", 1000)]
)
def test_a_goodbye_is_returned(live, payload, code):
    before = live.metric("openspace_connections")
    phone = live.joined()

    phone.socket.sendall(phone.raw(CLOSE, payload))

    assert phone.end() == code
    until(lambda: live.metric("openspace_connections") == before)


@pytest.mark.parametrize("text", ["hello", "", "9"])
def test_text_that_is_not_engine_io_leaves_nobody_behind(live, text):
    phone = live.joined()

    phone.say(text)
    phone.socket.close()

    until(lambda: live.metric("openspace_connections") == 0)


def test_a_message_in_fragments_with_a_ping_between_is_one_message(live):
    phone = live.phone()
    phone.handshake()
    words = ("40" + json.dumps(auth(live))).encode()

    phone.socket.sendall(phone.raw(TEXT, words[:5], fin=False) + phone.raw(PING, b"now") + phone.raw(0, b"", fin=False))
    phone.socket.sendall(phone.raw(0, words[5:]))

    phone.until(lambda: any('"joined"' in text for text in phone.texts))
    assert phone.pongs == [b"now"]


def test_frames_that_drip_in_byte_by_byte_are_understood_and_hold_up_nobody(live):
    slow, other = live.phone(), live.joined()
    slow.handshake()
    started = time.monotonic()
    for byte in slow.raw(TEXT, ("40" + json.dumps(auth(live))).encode()):
        slow.socket.sendall(bytes([byte]))
        time.sleep(0.002)
    live.order(emit=1)
    other.until(lambda: other.numbers() == [0])

    slow.until(lambda: any('"joined"' in text for text in slow.texts))
    assert time.monotonic() - started < 5


def test_many_messages_in_one_piece_are_heard_in_order(live):
    phone = live.phone()
    phone.handshake()

    phone.socket.sendall(
        phone.raw(TEXT, ("40" + json.dumps(auth(live))).encode()) + phone.raw(TEXT, b"41") + phone.raw(TEXT, b"1")
    )

    phone.end()
    until(lambda: live.metric("openspace_connections") == 0)


def test_a_phone_that_does_not_answer_pings_is_let_go(live):
    phone = live.joined()
    phone.answers_pings = False

    started = time.monotonic()
    phone.end()

    assert time.monotonic() - started < 6
    until(lambda: live.metric("openspace_connections") == 0)


def test_a_phone_that_answers_pings_stays(live):
    phone = live.joined()

    phone.until(lambda: phone.texts.count("2") == 4)

    assert phone.closed is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can vanish from the network without a word")
def test_a_phone_that_vanishes_is_let_go(live):
    phone = live.joined()
    assert live.metric("openspace_connections") == 1

    # The next ping may tell that it is gone.
    phone.vanish()

    until(lambda: live.metric("openspace_connections") == 0)


def test_a_phone_that_stops_reading_costs_its_bound_and_delays_nobody(live):
    stalled, other = live.joined(receive=4096), live.joined()
    cut, parked, memory = live.metric("openspace_cut_total"), live.metric("openspace_parked_total"), live.memory()

    live.order(emit=3000, size=400, pause=0.05)

    other.until(lambda: len(other.texts) >= 3000 and len(other.numbers()) == 3000)
    assert other.numbers() == list(range(3000))
    assert live.metric("openspace_parked_total") > parked
    assert live.metric("openspace_cut_total") == cut + 1
    assert live.memory() - memory < 8
    # What it reads when it wakes up is whole packets in order, and then the end.
    stalled.end()
    assert stalled.numbers() == list(range(len(stalled.numbers())))
    assert 0 < len(stalled.numbers()) < 3000
    assert live.joined().texts


def test_a_phone_that_reads_one_byte_at_a_time_is_given_up_when_it_falls_too_far_behind(live):
    slow = live.joined(receive=4096)
    live.order(emit=300, size=400)
    started = time.monotonic()
    while live.metric("openspace_connections"):
        assert time.monotonic() - started < 15
        slow.read(1)
        time.sleep(0.05)

    slow.end()

    assert slow.numbers() == list(range(len(slow.numbers())))


def test_a_phone_that_stops_for_a_while_and_goes_on_has_lost_nothing(live):
    resting = live.joined(receive=4096)
    parked = live.metric("openspace_parked_total")
    live.order(emit=260, size=400)
    until(lambda: live.metric("openspace_parked_total") > parked)
    time.sleep(1.5)

    resting.until(lambda: len(resting.numbers()) == 260)
    live.order(emit=5)

    resting.until(lambda: len(resting.numbers()) == 265)
    assert resting.numbers() == [*range(260), *range(5)]


def test_another_version_of_engine_io_falls_back_with_one_warning(start):
    live, heard = start(stock=True), []
    with listening(live, heard):
        until(lambda: "joined" in heard)

        live.order(emit=100)

        until(lambda: len(heard) == 101)
    said = live.stop()
    assert said.count("stock sockets") == 1
    assert "Traceback" not in said


def test_who_may_no_longer_listen_is_shown_out(live):
    mine, other = Phone(live.port, live.cookies["Ірина"]).join(live.event), live.joined()

    live.ask(f"/{live.event}/me/key", method="PUT", who="Ірина")

    mine.until(lambda: "41" in mine.texts)
    live.order(emit=1)
    other.until(lambda: other.numbers() == [0])
    again = Phone(live.port, live.cookies["Ірина"])
    again.handshake()
    again.say("40" + json.dumps(auth(live)))
    again.until(lambda: any(text.startswith("44") for text in again.texts))


def test_flooding_the_server_with_messages_is_hung_up_on(live):
    phone, other = live.joined(), live.joined()

    try:
        for _ in range(200):
            phone.socket.sendall(phone.raw(TEXT, b'42["x"]') * 500)
    except OSError:
        pass

    live.order(emit=1)
    other.until(lambda: other.numbers() == [0])


SENSELESS = ("42[", "4", "40{", "40{}x", "42" + "[" * 5000, '451-["x",{"_placeholder":true}]', "44", "6", "0", "hello")


def test_malformed_messages_are_counted_and_end_the_connection_without_a_line_each(start):
    server = start()
    before = server.metric("openspace_malformed_total")

    for number in range(200):
        phone = server.joined()
        phone.socket.sendall(phone.raw(TEXT, SENSELESS[number % len(SENSELESS)].encode()) * 10)
        phone.end()

    assert server.metric("openspace_malformed_total") >= before + 200
    assert server.metric("openspace_connections") == 0
    assert server.stop() == ""


def test_a_phone_that_never_says_who_it_is_is_hung_up_on(start):
    server = start(introduced_within=1)
    silent, refused, listening = server.phone(), Phone(server.port), server.joined()
    assert "101" in silent.handshake()
    assert "101" in refused.handshake()
    refused.say("40" + json.dumps(auth(server)))

    silent.end()
    refused.end()

    assert server.metric("openspace_shut_out_total") == 2
    assert server.metric("openspace_connections") == 1
    assert listening.closed is None


def test_only_so_many_may_be_about_to_say_who_they_are_and_who_has_said_it_makes_room(start):
    server = start(most_strangers=2)
    assert [server.joined().closed for _ in range(4)] == [None] * 4
    silent = [server.phone() for _ in range(2)]
    assert all("101" in phone.handshake() for phone in silent)

    one_more = server.phone()
    assert "503" in one_more.handshake()
    silent[0].socket.close()

    for _ in range(50):
        if "101" in server.phone().handshake():
            return
        time.sleep(0.05)
    pytest.fail("nobody was let in after one had gone")


def test_a_full_hall_may_come_back_at_once():
    assert engine.MOST_STRANGERS > 4000


def test_of_one_browser_only_so_many_pages_are_open(start):
    server = start()
    pages = [server.joined() for _ in range(30)]

    one_more = server.phone()
    one_more.handshake()
    one_more.say("40" + json.dumps(auth(server)))
    one_more.until(lambda: any(text.startswith("44") for text in one_more.texts))

    assert "full" in one_more.texts[-1]
    pages[0].socket.close()
    until(lambda: server.metric("openspace_connections") == 29)
    server.joined()


@pytest.mark.parametrize("worthless", ["a made up projector key", "a seat that has ended"])
def test_what_lets_nobody_in_makes_no_stranger_a_person_of_their_own(hall, worthless):
    hall.open_to_the_public()
    client = hall.ask("participant")
    client.get(hall.url())
    cookie = f"openspace={client.get_cookie('openspace').value}" if "seat" in worthless else ""
    client.delete(hall.url("me/seat"))

    with hall.app.app_context():
        entrance = sockets._Entrance(hall.app, None)
        page = entrance._page(doors.door_of(hall.slug), ("board",), "uk", worthless, {"HTTP_COOKIE": cookie})

    assert page.audience == "public"
    assert (page.seat, page.projector_key) == ("", "")
