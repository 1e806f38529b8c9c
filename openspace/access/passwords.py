"""Password hashing, kept off the loop that serves everybody else."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from openspace.aside import aside
from openspace.text import words_of


def hash_password(password: str) -> str:
    """A salted scrypt hash."""
    return aside(generate_password_hash, password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; as slow when there is none."""
    return aside(check_password_hash, stored or _NOBODY, password) and stored is not None


def is_easily_guessed(password: str, known: Iterable[str] = ()) -> bool:
    """Whether a password is a common one, a word of what is `known` (names, the event), or a few signs repeated.

    Digits and signs around it, such as a year, make no difference.
    """
    whole = password.casefold().strip()
    core = _AROUND.sub("", whole)
    if len(set(whole)) < 4 or (len(core) < 4 and len(whole) < 12):
        return True
    words = {word for text in known for word in (*words_of(text), "".join(words_of(text)))}
    return not words.isdisjoint((core, "".join(words_of(core)))) or not _common().isdisjoint((whole, core))


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_NOBODY = generate_password_hash("nobody")
