"""Frames, read without wsproto and with it."""

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Message, Ping

from openspace.live.websocket import unframed


def sent(event) -> bytes:
    return Connection(ConnectionType.CLIENT).send(event)


@pytest.mark.parametrize("text", ["", "3", "ї" * 62, "x" * 125, "x" * 126, "ї" * 200, "x" * 65000])
def test_unframed_reads_one_whole_text(text):
    frame = sent(Message(text))

    assert unframed(frame, 100) == text


@pytest.mark.parametrize("text", ["", "3", "x" * 125, "x" * 126])
def test_unframed_leaves_what_is_not_just_one_whole_text(text):
    frame = sent(Message(text))

    assert [unframed(frame[:end], 100) for end in range(len(frame))] == [None] * len(frame)
    assert unframed(frame + frame[:1], 100) is None
    assert unframed(frame + frame, 100) is None


@pytest.mark.parametrize("event", [BytesMessage(b"x"), Ping(b"x"), Message("x", message_finished=False)])
def test_unframed_leaves_all_but_whole_texts(event):
    assert unframed(sent(event), 100) is None


def test_unframed_leaves_a_length_in_more_bytes_than_needed():
    assert unframed(b"\x81\xfe\x00\x01" + bytes(4) + b"3", 100) is None


def test_unframed_leaves_what_is_not_utf_8():
    assert unframed(b"\x81\x82" + bytes(4) + b"\xc3\x28", 100) is None
