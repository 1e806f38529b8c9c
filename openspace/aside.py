"""Slow work, kept off the loop that serves everybody else."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run slow work in gevent's thread pool when gevent is at the wheel, else right here."""
    from gevent import get_hub, monkey  # here because tests and the command line do without gevent

    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    done: R = get_hub().threadpool.apply(work, args, kwargs)
    return done
