"""Functions for a child process, as those of `openspace.media`: run as a program, it is such a child."""

import os
import socket
import sys
import time


def copy(mark, source, target, *, begin):
    source.seek(begin)
    size = target.write(mark + source.read())
    return {"size": size}, [str(size).encode()]


def count(*, progress):
    for percent in (0, 0, 50, 50, 100):
        progress(percent)
    return {}, []


def break_out(*, port):
    ways = {
        "file": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "socket": lambda: socket.create_connection(("127.0.0.1", port)),
        "pair": socket.socketpair,
        "pipe": os.pipe,
        "memory": lambda: os.memfd_create("x"),
        "copy": lambda: os.dup(0),
    }
    return {name: tried(way) for name, way in ways.items()}, []


def tried(way):
    try:
        way()
    except (OSError, ValueError):
        return "refused"
    return "open"


def fill(target, *, size):
    while size:
        size -= target.write(b"x" * min(size, 65536))
    return {}, []


def say_nonsense():
    os.write(0, b"nonsense\n")
    os._exit(0)


def say_deep_nonsense():
    os.write(0, b"[" * 60000 + b"\n")
    os._exit(0)


def say_half():
    os.write(0, b'{"facts": {}, "sizes": [100]}\nx')
    os._exit(0)


def say_nothing_more():
    os.write(0, b'{"progress": 5, "sizes": []}\n')
    os._exit(0)


def crash():
    os.abort()


def sleep(target=None):
    if target:
        target.write(str(os.getpid()).encode())
    time.sleep(60)


if __name__ == "__main__":
    from openspace.media import inside

    sys.modules["openspace.media.kinds"] = sys.modules["__main__"]
    inside.main()
