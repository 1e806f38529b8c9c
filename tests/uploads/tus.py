"""A tus client for tests: each function is one request, to an app or over a raw connection."""

import hashlib
import re
from base64 import b64encode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import Hall
from tests.live.conftest import ME, Serving
from tests.serving.lines import answer, connected

TUS = {"Tus-Resumable": "1.0.0", "Accept": "application/json", "Accept-Language": "en"}
MIMETYPE = "application/offset+octet-stream"
# Not two parts of it are the same.
CONTENT = b"".join(b"%07d\n" % number for number in range(5000))


class Tus:
    """The uploads of one person."""

    def __init__(self, hall: Hall, who: str = "participant") -> None:
        self.browser: FlaskClient = hall.ask(who)
        self.uploads = hall.url("uploads")

    def create(self, length: int | str, content: bytes | None = None, **headers: str) -> TestResponse:
        told = {**TUS, "Upload-Length": str(length), **_named(headers)}
        mimetype = MIMETYPE if content is not None else None
        return self.browser.post(self.uploads, data=content, headers=told, content_type=mimetype)

    def created(self, length: int, content: bytes | None = None, **headers: str) -> str:
        """Begin an upload; returns its address."""
        begun = self.create(length, content, **headers)
        assert begun.status_code == 201, begun.text
        return begun.headers["Location"]

    def patch(self, address: str, offset: int | str, content: bytes, **headers: str) -> TestResponse:
        told = {**TUS, "Upload-Offset": str(offset), "Content-Type": MIMETYPE, **_named(headers)}
        return self.browser.patch(address, data=content, headers=told)

    def head(self, address: str) -> TestResponse:
        return self.browser.head(address, headers=TUS)

    def offset(self, address: str) -> int:
        return int(self.head(address).headers["Upload-Offset"])

    def delete(self, address: str) -> TestResponse:
        return self.browser.delete(address, headers=TUS)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def checksum(content: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def id_of(address: str) -> str:
    return address.rpartition("/")[2]


class Wire:
    """Uploads of a person to a real server over bare connections, of which each carries one request."""

    def __init__(self, server: Serving, who: str = ME) -> None:
        self.server, self.cookie = server, server.cookies[who]

    def request(self, method: str, path: str, size: int | None = None, **headers: str) -> bytes:
        """The head of a request whose body has `size` bytes."""
        told = {**TUS, "Host": "x", "Cookie": self.cookie, "Connection": "close", **_named(headers)}
        if size is not None:
            told |= {"Content-Length": str(size), "Content-Type": MIMETYPE}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        return "\r\n".join([*lines, "", ""]).encode()

    def piece(self, address: str, offset: int, content: bytes, **headers: str) -> bytes:
        """A whole request that adds a piece."""
        return self.request("PATCH", address, len(content), Upload_Offset=str(offset), **headers) + content

    def ask(self, sent: bytes) -> tuple[int, dict[str, str]]:
        """Send a whole request; returns the status and the headers of the answer."""
        with connected(self.server.port) as line:
            line.sendall(sent)
            return read(answer(line))

    def create(self, length: int, content: bytes = b"") -> str:
        path = f"/{self.server.event}/uploads"
        status, headers = self.ask(
            self.request("POST", path, len(content) if content else None, Upload_Length=str(length)) + content
        )
        assert status == 201
        return headers["Location"]

    def offset(self, address: str) -> int:
        status, headers = self.ask(self.request("HEAD", address))
        assert status == 200
        return int(headers["Upload-Offset"])


def read(answered: bytes) -> tuple[int, dict[str, str]]:
    """The status and the headers of an answer."""
    head = answered.partition(b"\r\n\r\n")[0].decode()
    status = re.match(r"HTTP/1.1 (\d{3})", head)
    assert status, head
    return int(status[1]), dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
