"""Seals what somebody has given, so that until the end no reader of the database can tell a standing.

Each round has a key of its own, derived from the app's secret key and a random salt of the round (HKDF with SHA-256,
RFC 5869). It is stored nowhere. A seal is a nonce of 12 bytes and what AES-256-GCM makes of the dots; all seals of a
round are equally long, whatever is in them. A seal is bound to whom it belongs to, and opens for nobody else.
"""

import secrets
from typing import NamedTuple

from flask import current_app

# Bytes.
SALT, _NONCE, _KEY, _VERSION, _DOTS = 16, 12, 32, 8, 2


class Unreadable(Exception):
    """A seal was made with another secret key, or for somebody else, or was changed."""


class Choice(NamedTuple):
    """What one person, or one sheet of paper, gives: a version, and dots by the places of the round's topics."""

    version: int
    dots: tuple[int, ...]


def new_salt() -> str:
    """A fresh salt for a round, as hexadecimal digits."""
    return secrets.token_hex(SALT)


class Seal:
    """Seals and opens choices of one round, which has so many topics."""

    def __init__(self, salt: str, topics: int) -> None:
        # Here because it takes 30 ms and 10 MB, and most days of an event see no dots.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        secret: str = current_app.config["SECRET_KEY"]
        derived = HKDF(SHA256(), _KEY, salt=bytes.fromhex(salt), info=b"dots of a round").derive(secret.encode())
        self._cipher, self._topics = AESGCM(derived), topics

    def close(self, choice: Choice, *, of: str) -> bytes:
        """Seal a choice for whom `of` names."""
        if len(choice.dots) != self._topics:
            raise ValueError("a choice says of each topic how many dots it has")
        plain = choice.version.to_bytes(_VERSION) + b"".join(each.to_bytes(_DOTS) for each in choice.dots)
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, of.encode())

    def open(self, sealed: bytes, *, of: str) -> Choice:
        """Open a seal. Raises `Unreadable`."""
        from cryptography.exceptions import InvalidTag

        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], of.encode())
        except InvalidTag as error:
            raise Unreadable from error
        dots = range(_VERSION, len(plain), _DOTS)
        return Choice(int.from_bytes(plain[:_VERSION]), tuple(int.from_bytes(plain[at : at + _DOTS]) for at in dots))
