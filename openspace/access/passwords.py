"""Password hashing, kept off the loop that serves everybody else."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from werkzeug.security import check_password_hash, generate_password_hash

P = ParamSpec("P")
R = TypeVar("R")


def _aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run slow work in gevent's thread pool when gevent is at the wheel, else right here."""
    from gevent import get_hub, monkey  # here because tests and the command line do without gevent

    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    done: R = get_hub().threadpool.apply(work, args, kwargs)
    return done


def hash_password(password: str) -> str:
    """A salted scrypt hash."""
    return _aside(generate_password_hash, password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; as slow when there is none."""
    return _aside(check_password_hash, stored or _NOBODY, password) and stored is not None


_NOBODY = generate_password_hash("nobody")
