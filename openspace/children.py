"""Child processes: how one is started without copying this process, kept within limits, and ended."""

import ctypes
import os
import resource
import socket
import sys
from contextlib import suppress
from signal import SIGKILL

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, see prctl(2)


def start(words: list[str], line: socket.socket, environment: dict[str, str], *, is_heard: bool) -> int:
    """Start Python with these words of a command line; returns the process id.

    `line` becomes its standard input and output. What it says on standard error goes where ours goes if it `is_heard`.
    """
    from gevent import monkey  # here because a child that imports this module does without

    # gevent's sockets do not block; a child reads as usual.
    os.set_blocking(line.fileno(), True)
    actions = [(os.POSIX_SPAWN_DUP2, line.fileno(), number) for number in (0, 1)]
    if not is_heard:
        actions.append((os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0))  # type: ignore[arg-type]  # of two shapes
    # Not by `subprocess`: gevent's copies this whole process first. What Python opens is not handed on.
    spawn = monkey.get_original("os", "posix_spawn")
    child: int = spawn(sys.executable, [sys.executable, *words], environment, file_actions=actions)
    return child


def end(child: int) -> None:
    """Kill the child, if it has not ended by itself."""
    from gevent import monkey  # as in start()

    wait = monkey.get_original("os", "waitpid")
    # Somebody else may have waited for all children.
    with suppress(ChildProcessError):
        if wait(child, os.WNOHANG) == (0, 0):
            os.kill(child, SIGKILL)
            wait(child, 0)


def close_inherited() -> None:
    """Close what else this child was given, such as the socket on which gunicorn listens."""
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def limit(**most: int) -> None:
    """Let this process use no more of each resource, named as in `resource`: CPU in seconds, AS in bytes, NOFILE, ….

    What it starts later inherits the limits. Beyond CPU it is ended by SIGXCPU. It gives way to the server (nice 10).
    """
    for name, value in most.items():
        # Not every system knows each of them: macOS has none for memory.
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value + (name == "CPU")))
    os.nice(10)


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process as soon as its parent has ended. Only Linux can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def address_space() -> int:
    """How many bytes of address space this process has now; 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as pages:
            return int(pages.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
