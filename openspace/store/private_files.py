"""Private addresses of media files, and the answers to them and to others.

An address holds the digest of a file, its type and an expiry, all signed. It is no right: the view that answers it asks
the rule of its feature each time, so that what was hidden is gone at once.
"""

import hmac
import re
import socket
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response, current_app, request
from itsdangerous import Signer
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from openspace.clock import now
from openspace.store import media
from openspace.store.files import BLOCK
from openspace.web.errors import NotFound

# The types that are served, by the word in the address. None of them can run a script, or is rendered as a document.
TYPES = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "png": "image/png",
    "mp4": "video/mp4",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "vtt": "text/vtt; charset=utf-8",
}
_WORDS = {mimetype.partition(";")[0]: word for word, mimetype in TYPES.items()}
# Seconds for which an address stays the same, so that browsers find the file in their cache. It is valid for the rest
# of its period and the whole next one.
PERIOD = 12 * 3600
# Characters of the signature, of 6 bits each. There are hundreds of addresses in a page, and nothing compresses them.
SIGNATURE = 22
LONGEST_NAME = 80
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Signed(NamedTuple):
    """What a valid address says: which file, its type as a word of `TYPES`, and until when, in seconds since 1970."""

    digest: str
    word: str
    expires_at: int


def period() -> int:
    """The number of the present period. HTML with addresses that is cached must be made anew when it changes."""
    return int(now().timestamp()) // PERIOD


def sign(digest: str, mimetype: str, *, of: tuple[object, ...]) -> str:
    """Return the last part of an address: it is the same all through a period, and valid for one to two of them.

    `of` names what the file belongs to, such as an event's id and a story's number: it is valid for that alone. Raises
    `LookupError` for a type that is not served.
    """
    name = urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
    words = f"{name}.{period() + 2:x}.{_WORDS[mimetype]}"
    return f"{words}.{_signature(words, of)}"


def verify(address: str, *, of: tuple[object, ...]) -> Signed:
    """Return what the last part of an address says. Refuses with `NotFound` what is forged, expired or of another."""
    words, _, signature = address.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(words, of).encode()):
        raise NotFound
    # All of it is ours now.
    name, last, word = words.split(".")
    expires_at = int(last, 16) * PERIOD
    if expires_at <= now().timestamp():
        raise NotFound
    return Signed(urlsafe_b64decode(f"{name}=").hex(), word, expires_at)


def answer(signed: Signed, *, name: str = "") -> Response:
    """Answer the request with the file, or with the range of it that is asked for; `name` is what it is saved as.

    Several ranges at once are answered with the whole file. While the bytes go out no transaction is open. Refuses with
    `Missing`.
    """
    age = max(0, signed.expires_at - int(now().timestamp()))
    return _shown(signed.digest, signed.word, name, {"Cache-Control": f"private, immutable, max-age={age}"})


def answer_asking(digest: str, word: str, *, name: str = "", is_public: bool = False) -> Response:
    """Answer the request at an address that stays the same: browsers ask each time if they still may have the file.

    `word` is one of `TYPES`. A file that `is_public` may be shown by pages of other sites.
    """
    headers = {"Cache-Control": "public, no-cache" if is_public else "private, no-cache"}
    if is_public:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _shown(digest, word, name, headers)


def answer_document(digest: str, mimetype: str, name: str) -> Response:
    """Answer the request with a file of any type, to be saved under this plain name; a PDF is opened in the browser.

    Browsers ask each time if they still may have it. Never in ranges: between two of them it may be another file.
    """
    is_pdf = mimetype == "application/pdf"
    # A browser's own viewer of PDF does not open within a sandbox.
    headers = {"Cache-Control": "private, no-cache"} | ({} if is_pdf else HEADERS)
    disposition = f'{"inline" if is_pdf else "attachment"}; filename="{name}"'
    return _sent(digest, mimetype, disposition, headers, in_ranges=False)


def _shown(digest: str, word: str, name: str, headers: dict[str, str]) -> Response:
    return _sent(digest, TYPES[word], f"inline; {file_name(name or 'file', word)}", {**HEADERS, **headers})


def _sent(digest: str, mimetype: str, disposition: str, headers: dict[str, str], *, in_ranges: bool = True) -> Response:
    size = media.store().size(digest)
    keep_little_unsent()
    response = Response(_Content(digest, size), content_type=mimetype, direct_passthrough=True)
    response.content_length = size
    response.set_etag(digest)
    response.headers.update(headers)
    response.headers["Content-Disposition"] = disposition
    try:
        response.make_conditional(_environ(size), accept_ranges=in_ranges, complete_length=size)
    except RequestedRangeNotSatisfiable:
        return Response(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
    return response


def keep_little_unsent() -> None:
    """Let the kernel take only two blocks that it has not sent yet.

    Else it may take 4 MiB of each slow reader's file, and asks for more only when a third of that has gone: a phone
    that takes 80 KiB a second would seem to take nothing for longer than the server waits.
    """
    # Only our own server names it; TCP_NOTSENT_LOWAT is known to Linux and macOS.
    connection = request.environ.get("openspace.connection")
    if connection and (option := getattr(socket, "TCP_NOTSENT_LOWAT", None)):
        connection.setsockopt(socket.IPPROTO_TCP, option, 2 * BLOCK)


def _environ(size: int) -> dict[str, Any]:
    """The request, without what it says of ranges if it asks for several, or for more last bytes than there are.

    Werkzeug would refuse both. RFC 9110, section 14.2, allows to answer with the whole.
    """
    ranges = request.range.ranges if request.range else []
    if len(ranges) == 1 and (ranges[0][0] or 0) >= -size:
        return request.environ
    return {name: value for name, value in request.environ.items() if name != "HTTP_RANGE"}


class _Content:
    """The bytes of a file for Werkzeug, which seeks to the beginning of a range and then takes blocks."""

    def __init__(self, digest: str, size: int) -> None:
        self._digest, self._size, self._position = digest, size, 0
        # Kept because Werkzeug reads without an app.
        self._store = media.store()
        self._blocks: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        return True

    def seek(self, position: int) -> None:
        self._position = position

    def tell(self) -> int:
        return self._position

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._blocks is None:
            self._blocks = self._store.read(self._digest, self._position, self._size)
        return next(self._blocks)

    def close(self) -> None:
        close = getattr(self._blocks, "close", None)
        if close:
            close()


def _signature(words: str, of: tuple[object, ...]) -> str:
    signer = Signer(current_app.config["SECRET_KEY"], salt="private file", digest_method=sha256)
    whole = "/".join(map(str, (*of, words)))
    return signer.get_signature(whole).decode()[:SIGNATURE]


def file_name(name: str, word: str) -> str:
    """Return the parameters of Content-Disposition (RFC 6266): the name in ASCII, and as it is if it needs more."""
    plain = " ".join(re.sub(r"[^\w -]+", " ", name).split())[:LONGEST_NAME] or "file"
    ascii_name = plain.encode("ascii", "ignore").decode().strip() or "file"
    parameters = f'filename="{ascii_name}.{word}"'
    return parameters if plain.isascii() else f"{parameters}; filename*=UTF-8''{quote(f'{plain}.{word}')}"
