"""The child process of `process.py`: sets limits for itself, runs one function, and answers."""

import sys
from importlib import import_module

from openspace import children
from openspace.media import Refused
from openspace.media.message import packed, unpacked

NOTHING = 0


def main() -> None:
    """Read a message from standard input, call the function that it names, and write the result to standard output."""
    children.close_inherited()
    head, files = unpacked(sys.stdin.buffer.read())
    children.limit(CPU=head["seconds"], AS=head["memory"] * 2**20, FSIZE=NOTHING, CORE=NOTHING, NOFILE=32)
    module, _, function = head["name"].partition(".")
    try:
        made = getattr(import_module(f"openspace.media.{module}"), function)(*files, **head["options"])
        answer = packed({}, made)
    except Refused as refused:
        answer = packed({"refused": str(refused)}, [])
    except MemoryError:
        answer = packed({"refused": "killed"}, [])
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
