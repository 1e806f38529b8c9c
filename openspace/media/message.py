"""What is said to a child process and back: a head as JSON, and parts as they are."""

import json
import struct
from collections.abc import Sequence
from typing import Any


def packed(head: dict[str, Any], parts: Sequence[bytes]) -> bytes:
    """Make a message: the head's length as four bytes, the head, the parts."""
    encoded = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    return b"".join((struct.pack("!I", len(encoded)), encoded, *parts))


def unpacked(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the head and the parts of a message. Raises `ValueError` if it is cut off or is none."""
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
