"""Compressed messages (permessage-deflate, RFC 7692): to the phones that offer it, and from them."""

import json
import zlib

import pytest

from openspace.live.websocket import TAIL, accepts_deflate, deflated, framed, unframed
from tests.live.phone import Phone
from tests.live.test_sockets import TEXT, auth, until

COMPRESSED = 4


def compressed(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


@pytest.mark.parametrize(
    ("offers", "is_taken"),
    [
        ("permessage-deflate; client_max_window_bits", True),
        ("x-webkit-deflate-frame, permessage-deflate", True),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", True),
        ("permessage-deflate; server_max_window_bits=10", False),
        ("permessage-bzip2", False),
        ("", False),
    ],
)
def test_an_offer_is_taken_if_its_window_is_ours(offers, is_taken):
    assert accepts_deflate(offers) is is_taken


def test_short_texts_are_not_compressed():
    assert deflated(b"2") == framed(b"2")


def test_only_who_has_offered_it_may_send_compressed_texts():
    phone = Phone.__new__(Phone)
    frame = phone.raw(TEXT, compressed(b"3" * 50), rsv=COMPRESSED)

    assert unframed(frame, 100, deflates=True) == "3" * 50
    assert unframed(frame, 100) is None
    assert unframed(frame, 10, deflates=True) != "3" * 50


def test_a_phone_that_offers_it_hears_the_same_in_fewer_bytes(live):
    small, large = live.joined(deflates=True), live.joined()
    before = small.size, large.size

    live.order(emit=200, size=400)

    for phone in (small, large):
        phone.until(lambda phone=phone: len(phone.numbers()) == 200)
        assert phone.numbers() == list(range(200))
    assert b"permessage-deflate" in small.head
    assert b"permessage-deflate" not in large.head
    assert small.size - before[0] < (large.size - before[1]) / 2


def test_a_phone_that_offers_it_may_rest_and_loses_nothing(live):
    resting = live.joined(deflates=True, receive=4096)
    live.order(emit=2000, size=900)

    resting.until(lambda: len(resting.numbers()) == 2000)

    assert resting.numbers() == list(range(2000))


def test_several_messages_and_fragments_in_one_piece_are_understood(live):
    phone = live.phone(deflates=True)
    phone.handshake()
    words = compressed(("40" + json.dumps(auth(live))).encode())

    phone.socket.sendall(
        phone.raw(TEXT, words[:7], fin=False, rsv=COMPRESSED)
        + phone.raw(0, words[7:])
        + phone.raw(TEXT, compressed(b'42["probe"]'), rsv=COMPRESSED)
    )

    phone.until(lambda: any('"joined"' in text for text in phone.texts))


BOMB = compressed(b"4" * 50_000_000)


@pytest.mark.parametrize("pieces", [1, 5])
def test_a_text_that_grows_without_end_is_hung_up_on_before_it_has(live, pieces):
    phone, memory = live.joined(deflates=True), live.memory()
    size = len(BOMB) // pieces + 1

    try:
        for begin in range(0, len(BOMB), size):
            is_last = begin + size >= len(BOMB)
            head = {"rsv": 0, "fin": is_last} if begin else {"rsv": COMPRESSED, "fin": is_last}
            phone.socket.sendall(phone.raw(0 if begin else TEXT, BOMB[begin : begin + size], **head))
    except OSError:
        pass  # because it hangs up in the middle

    assert phone.end() in {1009, None}
    assert live.memory() - memory < 16
    until(lambda: live.metric("openspace_connections") == 0)


def test_what_is_no_compression_is_told_so(live):
    phone = live.joined(deflates=True)

    phone.socket.sendall(phone.raw(TEXT, b"\xff\xff\xff\xff\xff", rsv=COMPRESSED))

    assert phone.end() == 1007
