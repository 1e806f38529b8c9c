"""The child process of `process.py`: sets limits for itself, runs one function, and answers."""

import os
import resource
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from openspace.media import Refused
from openspace.media.message import packed, unpacked

NOTHING = 0


def main() -> None:
    """Read a message from standard input, call the function that it names, and write the result to standard output."""
    # Close what it inherited from the server, such as the socket on which gunicorn listens.
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    head, files = unpacked(sys.stdin.buffer.read())
    limit(seconds=head["seconds"], memory=head["memory"] * 2**20)
    module, _, function = head["name"].partition(".")
    try:
        made = getattr(import_module(f"openspace.media.{module}"), function)(*files, **head["options"])
        answer = packed({}, made)
    except Refused as refused:
        answer = packed({"refused": str(refused)}, [])
    except MemoryError:
        answer = packed({"refused": "killed"}, [])
    sys.stdout.buffer.write(answer)


def limit(*, seconds: int, memory: int) -> None:
    """Limit this process to `seconds` of processor and `memory` bytes, forbid it to write files, lower its priority."""
    limits: dict[int, Any] = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: NOTHING,
        resource.RLIMIT_CORE: NOTHING,
        resource.RLIMIT_NOFILE: 32,
    }
    for what, most in limits.items():
        # Not every system has each of them: macOS has no limit for memory.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    os.nice(10)


if __name__ == "__main__":
    main()
