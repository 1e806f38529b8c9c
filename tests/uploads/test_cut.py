"""Uploads over real connections that break: what had arrived stays, on both databases."""

import socket
import struct
import threading
import time

import pytest

from openspace.store import media
from tests.live.conftest import Serving
from tests.live.test_sockets import until
from tests.serving.lines import answer, connected, lines, tap
from tests.uploads.conftest import Real
from tests.uploads.tus import CONTENT, MIMETYPE, Wire, checksum, id_of, read

PROMPT = 2.0


def send_and_break_off(wire: Wire, sent: bytes, *, is_reset: bool = False) -> None:
    with connected(wire.server.port) as line:
        line.sendall(sent)
        if is_reset:
            # Give the server time to take what came before: a reset throws away what it has not read.
            time.sleep(0.2)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_file_that_is_cut_at_every_tenth_arrives_byte_for_byte(real: Real):
    wire, size = real.wire(), len(CONTENT)
    address, offsets = wire.create(size), []
    for tenth in range(1, 10):
        begin, end = wire.offset(address), size * tenth // 10
        head = wire.request("PATCH", address, size - begin, Upload_Offset=str(begin))
        send_and_break_off(wire, head + CONTENT[begin:end], is_reset=tenth % 2 == 0)
        until(lambda end=end: wire.offset(address) == end)
        offsets.append(wire.offset(address))

    status, headers = wire.ask(wire.piece(address, offsets[-1], CONTENT[offsets[-1] :]))

    assert offsets == [size * tenth // 10 for tenth in range(1, 10)]
    assert (status, headers["Upload-Offset"]) == (204, str(size))
    assert real.content(address) == CONTENT


def test_of_many_that_send_the_same_piece_at_once_one_is_kept_in_the_store(real: Real):
    wire, people = real.wire(), 12
    address, together, statuses = wire.create(2**20), threading.Barrier(people), []

    def send() -> None:
        together.wait()
        statuses.append(wire.ask(wire.piece(address, 0, bytes(2**20)))[0])

    threads = [threading.Thread(target=send) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [204] + [409] * (people - 1)
    with real.app.app_context():
        assert len(media.store().pieces(id_of(address))) == 1


def test_a_file_in_chunks_that_is_cut_keeps_what_had_arrived(real: Real):
    wire = real.wire()
    address = wire.create(100)
    head = wire.request(
        "PATCH",
        address,
        Upload_Offset="0",
        Transfer_Encoding="chunked",
        Content_Type="application/offset+octet-stream",
    )

    send_and_break_off(wire, head + b"5\r\n12345\r\n5\r\n678")

    until(lambda: wire.offset(address) == 8)
    assert real.content(address) == b"12345678"


def test_a_first_piece_that_is_cut_begins_the_upload(real: Real):
    """The client does not hear of it and begins another one; this one expires."""
    wire = real.wire()
    head = wire.request("POST", f"/{real.server.event}/uploads", 1001, Upload_Length="1001")

    send_and_break_off(wire, head + b"x" * 300)

    until(lambda: real.offsets(length=1001) == [300])


def answered(server: Serving, endpoint: str) -> float:
    name = f'openspace_request_seconds_count{{endpoint="{endpoint}"}}'
    return server.metric(name) if f"{name} " in server.ask("/metrics")[1] else 0


def test_a_piece_with_a_checksum_that_is_cut_keeps_nothing(real: Real):
    wire = real.wire()
    address, before = wire.create(1000), answered(real.server, "uploads.append")
    summed = {"Upload_Checksum": checksum(CONTENT[:1000])}
    head = wire.request("PATCH", address, 1000, Upload_Offset="0", **summed)

    send_and_break_off(wire, head + CONTENT[:500])

    until(lambda: answered(real.server, "uploads.append") == before + 1)
    assert wire.offset(address) == 0
    assert wire.ask(wire.piece(address, 0, CONTENT[:1000], **summed))[0] == 204


def test_other_writes_that_are_cut_do_nothing(real: Real):
    server, who = real.server, "Оксана Дячук"
    sent = b"name=Broken&community=Off"
    head = Wire(server, who).request("PUT", f"/{server.event}/me", len(sent) + 1)
    head = head.replace(MIMETYPE.encode(), b"application/x-www-form-urlencoded")

    send_and_break_off(real.wire(), head + sent)
    # Such a request is not counted anywhere.
    time.sleep(0.3)

    assert "Broken" not in server.ask(f"/{server.event}/me", who=who)[1]
    # It would do something if it were whole.
    assert Wire(server, who).ask(head + sent + b"f")[0] in {201, 303}
    assert "Broken" in server.ask(f"/{server.event}/me", who=who)[1]


def test_a_server_that_is_killed_in_the_middle_goes_on_where_it_stood(real: Real):
    wire = real.wire()
    address = wire.create(len(CONTENT), CONTENT[:10_000])
    with lines(wire.server.port, 1, wire.piece(address, 10_000, CONTENT[10_000:])[:-1000]):
        real.restart()

    wire = real.wire()
    begin = wire.offset(address)
    status, _ = wire.ask(wire.piece(address, begin, CONTENT[begin:]))

    # The server was killed before the connection broke off: what it had only in memory has gone.
    assert (begin, status) == (10_000, 204)
    assert real.content(address) == CONTENT


@pytest.mark.parametrize("sizes", [(len(CONTENT), len(CONTENT)), (len(CONTENT), 9000)])
def test_of_two_tabs_that_send_a_piece_at_once_one_adds_it(real: Real, sizes):
    wire = real.wire()
    for _ in range(8):
        real.forget()
        address = wire.create(len(CONTENT))
        with connected(wire.server.port) as one, connected(wire.server.port) as other:
            for line, size in zip((one, other), sizes, strict=True):
                line.sendall(wire.piece(address, 0, CONTENT[:size])[:-1])
            for line, size in zip((one, other), sizes, strict=True):
                line.sendall(CONTENT[size - 1 : size])
            statuses = sorted(read(answer(line))[0] for line in (one, other))

        assert statuses == [204, 409]
        assert real.content(address) == CONTENT[: wire.offset(address)]


def test_two_tabs_that_resume_the_same_file_end_with_its_bytes(real: Real):
    """Both send on from where the server stands, in pieces of their own size; the slower one finds it moved on."""
    wire = real.wire()
    address = wire.create(len(CONTENT))

    def send(size: int) -> None:
        while (begin := wire.offset(address)) < len(CONTENT):
            wire.ask(wire.piece(address, begin, CONTENT[begin : begin + size]))

    tabs = [threading.Thread(target=send, args=(size,)) for size in (1700, 2900)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(60)

    assert real.content(address) == CONTENT


def test_taps_are_answered_while_many_pieces_are_on_their_way(real: Real):
    """More of them than PostgreSQL's pool has connections, which is 40."""
    wire, server = real.wire(), real.server
    address = wire.create(len(CONTENT))
    with lines(server.port, 50, wire.piece(address, 0, CONTENT)[:-1000]):
        taps = [tap(f"http://127.0.0.1:{server.port}/{server.event}", server.cookies["Ірина"], timeout=PROMPT)]
        assert max(taps) < PROMPT
        assert wire.offset(address) == 0


@pytest.fixture
def impatient(start):
    """A server that waits one second where others wait for fifteen."""
    return start(waiting={"TRANSFER_SECONDS": 1, "SLOWEST_RATE": 2**30})


def test_a_piece_that_is_too_slow_counts_as_far_as_it_came(impatient):
    """The client is told how far that is, and sends the rest."""
    wire = Wire(impatient)
    address = wire.create(1000)
    with connected(impatient.port) as line:
        line.sendall(wire.piece(address, 0, b"x" * 1000)[:-400])
        status, headers = read(answer(line))

    assert (status, headers["Upload-Offset"], headers["Connection"]) == (204, "600", "close")
    assert wire.ask(wire.piece(address, 600, b"x" * 400))[1]["Upload-Offset"] == "1000"


def test_of_pieces_that_take_too_much_room_the_oldest_is_given_up_and_kept(start):
    server = start(receiving={"MOST_ON_DISK": 1_000_000})
    wire = Wire(server)
    addresses = [wire.create(400_000) for _ in range(3)]
    halves = [wire.piece(address, 0, b"x" * 400_000)[:-30_000] for address in addresses]
    with lines(server.port, 1, halves[0]), lines(server.port, 1, halves[1]):
        time.sleep(0.3)
        with lines(server.port, 1, halves[2]):
            until(lambda: wire.offset(addresses[0]) == 370_000)

            assert wire.offset(addresses[1]) == 0


def test_two_servers_see_the_same_offset(real: Real, start):
    wire = real.wire()
    address = wire.create(len(CONTENT), CONTENT[:1000])
    other = Wire(start(real.data, **real.settings))

    status, _ = other.ask(other.piece(address, 1000, CONTENT[1000:2000]))

    assert status == 204
    assert wire.offset(address) == other.offset(address) == 2000
    assert wire.ask(wire.piece(address, 1000, CONTENT[1000:2000]))[0] == 409
