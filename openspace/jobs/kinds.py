"""The kinds of jobs: each has a name, words for organisers, a function, and limits."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., None])

# For a kind that this version does not know.
ATTEMPTS = 3
# A kind whose attempts may take more seconds is begun after others.
LONG = 600


class Kind(NamedTuple):
    """A kind of job. `function` is called in a child process with a `Run` and the job's arguments."""

    name: str
    title: Any
    function: Callable[..., None]
    memory: int
    processor: int
    seconds: int
    attempts: int
    if_failed: Callable[..., None] | None

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise `TypeError` unless the function takes these arguments."""
        inspect.signature(self.function).bind(None, **arguments)


_kinds: dict[str, Kind] = {}


def job(
    name: str,
    *,
    title: Any,
    memory: int = 512,
    processor: int = 60,
    seconds: int = 180,
    attempts: int = ATTEMPTS,
    if_failed: Callable[..., None] | None = None,
) -> Callable[[F], F]:
    """Declare a function as a kind of job; `title` says in translatable words what it does.

    Each attempt may use so many MiB of memory beyond those of the app, seconds of processor, and seconds on the clock.
    After so many `attempts` the job has failed. Then `if_failed` is called with its arguments, in the transaction that
    says so; like a `finishing` block it may only write.
    """

    def declare(function: F) -> F:
        if name in _kinds:
            raise ValueError(f"there are two kinds of jobs with the name {name}")
        _kinds[name] = Kind(name, title, function, memory, processor, seconds, attempts, if_failed)
        return function

    return declare


def find(name: str) -> Kind | None:
    """The kind of this name; None if this version of the app does not know it."""
    return _kinds.get(name)


def long_ones() -> list[str]:
    """The names of the kinds that may take long."""
    return [kind.name for kind in _kinds.values() if kind.seconds > LONG]


def attempts(name: str) -> int:
    """How often a job of this kind is tried before it has failed."""
    return _kinds[name].attempts if name in _kinds else ATTEMPTS
