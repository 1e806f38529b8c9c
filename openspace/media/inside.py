"""The child process of `process.py`: limits itself, calls one function, and answers."""

import os
import socket
from collections.abc import Callable
from errno import EFBIG, ENOSPC
from importlib import import_module
from typing import Any, BinaryIO

from openspace import children
from openspace.media import Refused
from openspace.media.message import packed, unpacked

# The most open files that the kernel passes at once.
MOST_FILES = 253


def main() -> None:
    """Receive a message and open files from standard input, call the function that it names, and answer."""
    children.close_inherited()
    line = socket.socket(fileno=0)
    message, files = _received(line)
    head, parts = unpacked(message)
    children.die_with_parent(head["parent"])
    module, _, name = head["name"].partition(".")
    function = getattr(import_module(f"openspace.media.{module}"), name)
    if head["is_followed"]:
        head["options"]["progress"] = _progress(line)
    _seal(head)
    line.sendall(_answer(function, [*parts, *files], head["options"]))
    # What libraries do at the end of a process is of no use, and may crash after a malicious file.
    os._exit(0)


def _received(line: socket.socket) -> tuple[bytes, list[BinaryIO]]:
    """The whole message, and the files that came with its first bytes."""
    first, numbers, _, _ = socket.recv_fds(line, 65536, MOST_FILES)
    message = bytearray(first)
    while received := line.recv(65536):
        message += received
    return bytes(message), [os.fdopen(number, "r+b", buffering=0) for number in numbers]


def _seal(head: dict[str, Any]) -> None:
    """Set the limits. With NOFILE 0 what is open can be used, but no file and no socket can be opened any more."""
    most = {"CPU": head["seconds"], "AS": head["memory"] * 2**20, "FSIZE": head["written"] * 2**20}
    children.limit(**most, CORE=0, NOFILE=0)


def _progress(line: socket.socket) -> Callable[[int], None]:
    said = -1

    def progress(percent: int) -> None:
        nonlocal said
        if percent > said:
            said = percent
            line.sendall(packed({"progress": percent}))

    return progress


def _answer(function: Callable[..., Any], given: list[Any], options: dict[str, Any]) -> bytes:
    try:
        facts, parts = function(*given, **options)
        return packed({"facts": facts}, parts)
    except Refused as refused:
        return packed({"refused": str(refused)})
    except MemoryError:
        return packed({"refused": "killed"})
    except OSError as error:
        if error.errno not in {EFBIG, ENOSPC}:
            raise
        return packed({"refused": "full"})


if __name__ == "__main__":
    main()
