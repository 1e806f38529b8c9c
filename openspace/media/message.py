"""The format of messages to a child process and back: a head, which is one line of JSON, then binary parts."""

import json
from collections.abc import Sequence
from typing import Any


def packed(head: dict[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    """Return a message: the head with the sizes of the parts as a line of JSON, then the parts."""
    encoded = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    return b"".join((encoded, b"\n", *parts))


def unpacked(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the head and the parts of a message. Raises `ValueError` if it is incomplete or no message."""
    line, _, rest = message.partition(b"\n")
    head, parts, begin = head_of(line), [], 0
    for size in head["sizes"]:
        parts.append(rest[begin : begin + size])
        begin += size
    if begin != len(rest):
        raise ValueError("a message that is cut off")
    return head, parts


def head_of(line: bytes) -> dict[str, Any]:
    """Return the head of a message. Raises `ValueError` if it is none, as a malicious file may make a child say."""
    try:
        head = json.loads(line)
    except RecursionError:
        raise ValueError("no message") from None
    if not isinstance(head, dict) or not all(isinstance(size, int) and size >= 0 for size in head.get("sizes", [None])):
        raise ValueError("no message")
    return head
