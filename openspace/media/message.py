"""The format of messages to a child process and back: a head as JSON, then binary parts."""

import json
import struct
from collections.abc import Sequence
from typing import Any


def packed(head: dict[str, Any], parts: Sequence[bytes]) -> bytes:
    """Return a message: the length of the head as four bytes, the head with the sizes of the parts, the parts."""
    encoded = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    return b"".join((struct.pack("!I", len(encoded)), encoded, *parts))


def unpacked(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the head and the parts of a message. Raises `ValueError` if it is incomplete or no message."""
    if len(message) < 4:
        raise ValueError("no message")
    begin = 4 + struct.unpack_from("!I", message)[0]
    head, parts = json.loads(message[4:begin]), []
    for size in head["sizes"]:
        parts.append(message[begin : begin + size])
        begin += size
    if begin != len(message):
        raise ValueError("a message that is cut off")
    return head, parts
