"""Media files in an S3-compatible store, under the names that they have on a disk.

The client is botocore's, by way of boto3: its sockets are Python's, which gevent has patched, and it survives a fork.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from openspace.store.files import (
    BLOCK,
    File,
    Full,
    Missing,
    Piece,
    Store,
    Stored,
    aside,
    check_digest,
    check_key,
    waits,
)
from openspace.web.errors import Busy

# Seconds for a connection, and for each wait for bytes.
CONNECT_SECONDS, READ_SECONDS = 5, 20
# Connections that are kept open for later requests.
KEPT_CONNECTIONS = 20
# Bytes that are asked for at once: four blocks.
ASKED = 4 * BLOCK
# Of stores whose quota is used up, by the name that Ceph, MinIO and others give it.
_FULL = {"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientCapacity"}
_MISSING = {"NoSuchKey", "NotFound", "404"}
_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{62})")


class Bucket(Store):
    """Keeps media files below `s3://bucket/prefix`. Credentials, region and endpoint come from the AWS_* variables."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError(f"OPENSPACE_MEDIA is s3://bucket/prefix or empty, not {address}")
        self.bucket = parts.netloc
        self.top = f"{parts.path.strip('/')}/".lstrip("/")

    @cached_property
    def _client(self) -> Any:
        # Other stores than Amazon's seldom have a host name for each bucket, and know checksums that are not required.
        is_other = bool(os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"))
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=KEPT_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path" if is_other else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return boto3.session.Session().client("s3", config=config)

    @waits
    def put(self, file: BinaryIO) -> Stored:
        start = file.tell()
        stored = _measured(file)
        file.seek(start)
        with _asking():
            self._client.put_object(**self._at(self._name(stored.digest)), Body=file, ContentLength=stored.size)
        return stored

    @waits
    def open(self, digest: str) -> BinaryIO:
        # The caller closes it, and it is deleted then.
        copy = TemporaryFile()  # noqa: SIM115
        with _asking():
            body = self._client.get_object(**self._at(self._name(digest)))["Body"]
            for block in body.iter_chunks(BLOCK):
                copy.write(block)
        copy.seek(0)
        return cast(BinaryIO, copy)

    @waits
    def size(self, digest: str) -> int:
        with _asking():
            size: int = self._client.head_object(**self._at(self._name(digest)))["ContentLength"]
            return size

    @waits
    def read(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        check_digest(digest)
        return self._blocks(digest, start, end)

    @waits
    def delete(self, digest: str, *, older_than: datetime | None = None) -> bool:
        name = self._name(digest)
        try:
            with _asking():
                # S3 has no condition for a deletion: between these two lines somebody could put the file anew.
                found = self._client.head_object(**self._at(name))
                if older_than and found["LastModified"] >= older_than:
                    return False
                self._client.delete_object(**self._at(name))
                return True
        except Missing:
            return False

    @waits
    def list(self) -> Sequence[File]:
        found = ((_NAME.fullmatch(name), item) for name, item in self._names(""))
        return [File("".join(match.groups()), item["LastModified"]) for match, item in found if match]

    @waits
    def put_piece(self, key: str, content: bytes) -> None:
        with _asking():
            self._client.put_object(**self._at(f"pieces/{check_key(key)}"), Body=content)

    @waits
    def read_piece(self, key: str) -> bytes:
        with _asking():
            content: bytes = self._client.get_object(**self._at(f"pieces/{check_key(key)}"))["Body"].read()
            return content

    @waits
    def pieces(self, prefix: str = "") -> Sequence[Piece]:
        below = f"pieces/{check_key(prefix)}/" if prefix else "pieces/"
        found = self._names(below)
        return sorted(Piece(name.removeprefix("pieces/"), item["Size"], item["LastModified"]) for name, item in found)

    @waits
    def delete_piece(self, key: str) -> None:
        with _asking():
            self._client.delete_object(**self._at(f"pieces/{check_key(key)}"))

    @waits
    def delete_pieces(self, prefix: str) -> None:
        for piece in self.pieces(check_key(prefix)):
            self.delete_piece(piece.key)

    def tidy(self, *, older_than: datetime) -> None:
        """Nothing: what is not received whole is not kept by S3."""

    def _blocks(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        # In many requests, because S3 would cut a connection on which a slow phone lets it wait.
        while start < end:
            stop = min(start + ASKED, end)
            with _asking():
                reach = f"bytes={start}-{stop - 1}"
                part = self._client.get_object(**self._at(self._name(digest)), Range=reach)["Body"].read()
            yield from (part[begin : begin + BLOCK] for begin in range(0, len(part), BLOCK))
            start = stop

    def _names(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The names below the prefix, as they are on a disk, with what S3 says of them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.top + prefix)
        with _asking():
            for page in pages:
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self.top), item

    def _name(self, digest: str) -> str:
        return f"{check_digest(digest)[:2]}/{digest[2:]}"

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.top + name}


@aside
def _measured(file: BinaryIO) -> Stored:
    digest, size = hashlib.sha256(), 0
    while block := file.read(BLOCK):
        digest.update(block)
        size += len(block)
    return Stored(digest.hexdigest(), size)


@contextmanager
def _asking() -> Iterator[None]:
    """Turn what S3 answers into refusals: `Missing`, `Full`, and `Busy` while it cannot be reached."""
    try:
        yield
    except ClientError as error:
        answer = error.response
        code, status = answer.get("Error", {}).get("Code", ""), answer["ResponseMetadata"]["HTTPStatusCode"]
        if code in _MISSING:
            raise Missing from error
        if code in _FULL or status == Full.status:
            raise Full from error
        if status >= 500:
            raise Busy from error
        raise
    except BotoCoreError as error:
        raise Busy from error
