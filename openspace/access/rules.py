"""How codes and keys are made and read: pure functions."""

import hashlib
import secrets

CONSONANTS = "bdfgklmnprstvz"
VOWELS = "aeiou"


def new_join_code() -> str:
    """Six letters that can be read aloud in any of our languages and typed with one thumb."""
    return "".join(secrets.choice(CONSONANTS if place in "ck" else VOWELS) for place in "cvckvc")


def read_code(typed: str) -> str:
    """A code as typed on a phone: whatever the case, with stray spaces or a whole address around it."""
    return typed.strip().rstrip("/").rpartition("/")[2].replace(" ", "").lower()


def new_key() -> str:
    """A secret for a link, 128 bits."""
    return secrets.token_urlsafe(16)


def hashed(token: str) -> str:
    """How a one-time token is kept. It is random, so one plain round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
