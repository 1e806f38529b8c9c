"""Nobody who sends slowly, reads slowly, or not at all may keep others waiting; on both databases, on real servers."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import ENGINES
from tests.live.conftest import ME, Serving, serving
from tests.live.test_sockets import until
from tests.serving.lines import WRITES, answer, asked, connected, half, is_open, lines, tap

# More than the connections of PostgreSQL's pool, which has 40.
MANY = 50
# A write that waits for a lock is given up after 10 s.
PROMPT = 2.0


@pytest.fixture(scope="module", params=ENGINES)
def server(request: pytest.FixtureRequest) -> Iterator[Serving]:
    """A server on each database."""
    settings = {}
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS slow WITH (FORCE)")
            connection.execute("CREATE DATABASE slow")
        settings["SQLALCHEMY_DATABASE_URI"] = request.getfixturevalue("postgres").replace("/postgres?", "/slow?")
    started = serving(Path(tempfile.mkdtemp(prefix="openspace-slow-")), **settings)
    yield started
    print(started.stop()[-3000:])


@pytest.fixture
def impatient(start) -> Serving:
    """A server that waits one second where others wait for fifteen, and for few."""
    return start(waiting={"HEAD_SECONDS": 1, "TRANSFER_SECONDS": 1, "SLOWEST_RATE": 2**30, "MOST_WAITING": 20})


def tapped(server: Serving) -> float:
    return tap(f"http://127.0.0.1:{server.port}/{server.event}", server.cookies["Ірина"], timeout=PROMPT)


def pages_drawn(server: Serving) -> float:
    return server.metric('openspace_request_seconds_count{endpoint="board.show"}')


@pytest.mark.parametrize("kind", WRITES)
def test_a_tap_is_answered_while_many_never_finish_what_they_send(server, kind):
    with lines(server.port, MANY, half(server.event, kind, server.cookies[ME])):
        assert max(tapped(server) for _ in range(3)) < PROMPT


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"PUT / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_tap_is_answered_while_many_never_finish_a_head(server, sent):
    with lines(server.port, MANY, sent):
        assert max(tapped(server) for _ in range(3)) < PROMPT


def test_a_tap_is_answered_while_many_take_no_answer(server):
    # So many that the kernel does not take all of it for them: then the server draws no more.
    page = f"GET /{server.event}/ HTTP/1.1\r\nHost: x\r\nCookie: {server.cookies[ME]}\r\n\r\n".encode() * 50
    server.ask(f"/{server.event}/")
    with lines(server.port, MANY, page, receive=2048):
        drawn, before = pages_drawn(server), -1.0
        while drawn != before:
            time.sleep(2)
            drawn, before = pages_drawn(server), drawn
        assert max(tapped(server) for _ in range(3)) < PROMPT


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\nX: "])
def test_a_head_that_is_not_finished_ends_its_connection(impatient, sent):
    begun = time.monotonic()

    assert asked(impatient.port, sent) == b""

    assert 0.5 < time.monotonic() - begun < 5


def test_a_head_that_comes_byte_by_byte_has_the_same_deadline(impatient):
    begun = time.monotonic()
    with connected(impatient.port) as line:
        while is_open(line) and time.monotonic() - begun < 5:
            line.send(b"G")
            time.sleep(0.05)

    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("kind", ["sign-in", "photo", "chunked", "interest"])
def test_a_body_that_is_not_finished_is_refused_in_words(impatient, kind):
    sent = half(impatient.event, kind, impatient.cookies[ME]).replace(b"\r\n", b"\r\nAccept-Language: en\r\n", 1)

    refusal = asked(impatient.port, sent).decode()

    assert refusal.startswith("HTTP/1.1 408 ")
    assert "Connection: close" in refusal
    assert "the connection is too slow" in refusal


def test_who_takes_no_answer_is_cut(impatient):
    page = f"GET /{impatient.event}/ HTTP/1.1\r\nHost: x\r\nCookie: {impatient.cookies[ME]}\r\n\r\n".encode()

    with lines(impatient.port, 1, page * 2000, receive=2048):
        until(lambda: 'openspace_refused_total{reason="slow reader"} 1' in impatient.ask("/metrics")[1])


def test_a_connection_is_kept_for_the_next_request(impatient):
    page = f"HEAD /{impatient.event}/ HTTP/1.1\r\nHost: x\r\nCookie: {impatient.cookies[ME]}\r\n\r\n".encode()
    with connected(impatient.port) as line:
        for _ in range(2):
            line.sendall(page)
            assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
            time.sleep(1.5)


def test_of_too_many_who_wait_those_go_who_have_waited_longest(impatient):
    with lines(impatient.port, 30, b"GET / HTTP/1.1\r\n") as waiting:
        until(lambda: [is_open(line) for line in waiting] == [False] * 10 + [True] * 20, 0.9)
        assert tapped(impatient) < PROMPT


def test_a_large_upload_on_a_bad_line_arrives_while_others_write(server):
    head, _, body = half(server.event, "photo", server.cookies[ME]).partition(b"\r\n\r\n")
    whole = body + b"\r\n--x--\r\n"
    head = head.replace(b"2000000", str(len(whole)).encode())
    with connected(server.port) as line:
        line.sendall(head + b"\r\n\r\n")
        for begin in range(0, len(whole), 10_000):
            line.sendall(whole[begin : begin + 10_000])
            tapped(server)

        # It is no picture, but all of it came.
        assert line.recv(65536).startswith(b"HTTP/1.1 422 ")


def test_of_large_bodies_that_take_too_much_room_the_oldest_is_given_up(start):
    server = start(receiving={"MOST_ON_DISK": 1_000_000})
    part = half(server.event, "photo", server.cookies[ME]) + b"x" * 350_000
    with lines(server.port, 2, part) as opened:
        time.sleep(0.3)
        assert [is_open(line) for line in opened] == [True, True]

        with lines(server.port, 1, part) as (newest,):
            until(lambda: [is_open(line) for line in (*opened, newest)] == [False, True, True])


def test_a_body_in_chunks_is_taken(server):
    head = half(server.event, "chunked", server.cookies["Ірина"]).partition(b"\r\n\r\n")[0]
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"title=In", b"+parts&", b"language=uk"))

    got = asked(server.port, head + b"\r\nAccept: application/json\r\nConnection: close\r\n\r\n" + body + b"0\r\n\r\n")

    assert got.startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("body", [b"5\r\ntitle5\r\n", b"+5\r\ntitle\r\n", b"5;x\r\ntitle\r\n", b"0\r\nX: y\r\n\r\n"])
def test_a_body_in_malformed_chunks_is_refused(server, body):
    head = half(server.event, "chunked", server.cookies[ME]).partition(b"\r\n\r\n")[0]

    with connected(server.port) as line:
        line.sendall(head + b"\r\n\r\n" + body)
        assert line.recv(65536).startswith(b"HTTP/1.1 400 ")


ONE_END = b"POST /sign-in HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 1_0\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: \r\n",
        b"Content-Length : 5\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"X: y\rContent-Length: 5\r\n",
        b"X: \0\r\n",
        b"no header\r\nContent-Length: 5\r\n",
        b"Host: y\r\n",
    ],
)
def test_a_request_that_two_servers_could_read_differently_is_refused(server, headers):
    # The answer ends with the connection: what comes after is not taken for another request.
    got = asked(server.port, ONE_END + headers + b"\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")

    assert got == b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def test_a_head_too_large_is_refused_before_it_is_kept(server):
    many = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 2000) for number in range(50))

    assert asked(server.port, ONE_END + many + b"\r\n").startswith(b"HTTP/1.1 431 ")
    assert asked(server.port, ONE_END + b"X: " + b"x" * 20_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 431 ")
    assert asked(server.port, ONE_END + b"X: y\r\n" * 101 + b"\r\n").startswith(b"HTTP/1.1 400 ")
    # Somebody may have searched for a whole page of text.
    address = b"GET /?search=" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert "Diese Adresse ist zu lang" in asked(server.port, address).decode()


def test_a_picture_too_large_is_refused_in_words_that_the_sender_gets_to_read(server):
    """Also by a client that sends all of it before it reads."""
    head, _, begun = half(server.event, "photo", server.cookies[ME]).partition(b"\r\n\r\n")
    head = head.replace(b"2000000", b"20000000") + b"\r\nAccept-Language: en\r\n\r\n"
    with connected(server.port) as line:
        line.sendall(head + begun.ljust(20_000_000, b"x"))
        refusal = answer(line).decode()

    assert refusal.startswith("HTTP/1.1 413 ")
    assert "This picture is larger than 16 MB" in refusal


def test_a_body_that_says_it_is_endless_is_refused_without_waiting_for_it(impatient):
    begun = time.monotonic()

    got = asked(impatient.port, ONE_END + b"Content-Length: 99999999999999\r\n\r\n")

    assert got.startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - begun < 5


def test_nonsense_is_counted_and_not_logged(start, tmp_path):
    server = start(tmp_path)
    for _ in range(50):
        asked(server.port, b"\x16\x03\x01 nonsense\r\n\r\n")

    assert 'openspace_refused_total{reason="malformed"} 50.0' in server.ask("/metrics")[1]
    assert server.stop() == ""
