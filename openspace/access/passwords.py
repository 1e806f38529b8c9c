"""Hashing and checking passwords, in threads so that gevent's loop goes on serving other requests."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

from werkzeug.security import check_password_hash, generate_password_hash

from openspace.store import transactions
from openspace.text import words_of

P = ParamSpec("P")
R = TypeVar("R")

# With Werkzeug's present parameters. It is slow on purpose, so that guessing is slow too.
METHOD = "scrypt"


def hash_password(password: str) -> str:
    """A salted hash by `METHOD`."""
    transactions.let_go()
    return _in_thread(generate_password_hash, password, METHOD)


def matches(stored: str | None, password: str) -> bool:
    """Whether `stored` is a hash of the password. It takes as long for None, so that time does not tell who has one."""
    transactions.let_go()
    return _in_thread(check_password_hash, stored or _nobodys_hash(), password) and stored is not None


def is_easily_guessed(password: str, known: Iterable[str] = ()) -> bool:
    """Whether a password is common, a word of the `known` texts (such as names), or has too few different characters.

    Digits and punctuation around it, such as a year, make no difference.
    """
    whole = password.casefold().strip()
    core = _AROUND.sub("", whole)
    if len(set(whole)) < 4 or (len(core) < 4 and len(whole) < 12):
        return True
    words = {word for text in known for word in (*words_of(text), "".join(words_of(text)))}
    return not words.isdisjoint((core, "".join(words_of(core)))) or not _common().isdisjoint((whole, core))


def _in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run slow work in gevent's thread pool while gevent serves requests, else right here; returns what it returns."""
    from gevent import get_hub, monkey  # here because tests and the command line do without gevent

    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    done: R = get_hub().threadpool.apply(work, args, kwargs)
    return done


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody")
