"""Reads the headers of the tus protocol 1.0.0; how far a file is that a feature waits for."""

import re
from base64 import b64decode
from enum import StrEnum
from typing import NamedTuple

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
# The algorithms of checksums that are known here, and how many bytes the digests of each have.
ALGORITHMS = {"sha1": 20, "sha256": 32}
# No file has more bytes; a larger number would not fit into the database.
MOST_BYTES = 2**53
# What a phone calls a file.
REF = re.compile(r"[\w-]{16,40}", re.ASCII)


class MediumState(StrEnum):
    """How far a file is that a feature waits for, prepares and shows."""

    # Its file is still on its way.
    COMING = "coming"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


class Checksum(NamedTuple):
    """The checksum that a client sends with a piece: the algorithm, and the digest as bytes."""

    algorithm: str
    digest: bytes


def read_number(header: str) -> int:
    """The number of bytes in Upload-Length or Upload-Offset. Raises `ValueError`."""
    if not (header.isascii() and header.isdigit()) or (number := int(header[:20])) > MOST_BYTES:
        raise ValueError("no number of bytes")
    return number


def read_metadata(header: str) -> dict[str, str]:
    """What Upload-Metadata says: pairs of a key and a value in Base64, separated by commas; a value may be missing.

    Bytes that are no UTF-8 are replaced. Raises `ValueError` for what is no such list, or has a key twice.
    """
    told: dict[str, str] = {}
    for pair in header.split(",") if header else ():
        key, _, value = pair.strip().partition(" ")
        if not key or not key.isascii() or key in told:
            raise ValueError("no metadata")
        told[key] = b64decode(value, validate=True).decode(errors="replace").replace("\0", "")
    return told


def read_checksum(header: str) -> Checksum | None:
    """The checksum in Upload-Checksum; None without one. Raises `ValueError`, also for an unknown algorithm."""
    if not header:
        return None
    algorithm, _, encoded = header.partition(" ")
    digest = b64decode(encoded, validate=True)
    if ALGORITHMS.get(algorithm) != len(digest):
        raise ValueError("an unknown algorithm, or no digest of it")
    return Checksum(algorithm, digest)
