"""Requests are received whole before the app looks at anything else, so that nothing is held while a client sends."""

import socket
from contextlib import nullcontext
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Flask, Request, Response
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from openspace.serving import waiting
from openspace.serving.waiting import TooSlow
from openspace.web import errors, metrics

# A larger body is kept in a temporary file.
MOST_IN_MEMORY = 256 * 1024
# What all bodies that are still arriving may take on the disk.
MOST_ON_DISK = 256 * 2**20
BLOCK = 64 * 1024

# How much of each large body has arrived, the oldest first.
_arriving: dict[socket.socket, int] = {}


def receive(app: Flask, request: Request) -> Response | None:
    """Put the whole body where the request's stream was, before anything else reads it.

    Its size is bounded by what the view `takes`, its time by its size. Refuses with `TooLong` and `TooLate`. Returns an
    answer without words when the body breaks off: no page need be drawn for who has gone.
    """
    view: Any = app.view_functions.get(request.endpoint or "")
    limit: int = getattr(view, "body_limit", app.config["MAX_CONTENT_LENGTH"])
    # What reads the form later asks for it too.
    request.max_content_length = limit
    environ = request.environ
    if not request.content_length and "HTTP_TRANSFER_ENCODING" not in environ:
        environ["wsgi.input"] = BytesIO()
        return None
    try:
        whole = _whole(environ, limit)
    except RequestEntityTooLarge:
        raise errors.TooLong(getattr(view, "body_refusal", None)) from None
    except ClientDisconnected:
        return Response(status=400)
    environ["CONTENT_LENGTH"] = str(whole.tell())
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["wsgi.input_terminated"] = True
    whole.seek(0)
    environ["wsgi.input"] = whole
    return None


def _whole(environ: dict[str, Any], limit: int) -> IO[bytes]:
    stream = get_input_stream(environ, max_content_length=limit)
    size = int(environ.get("CONTENT_LENGTH") or limit)
    # Only our own server names the connection; any other sees to its deadlines itself.
    connection: socket.socket | None = environ.get("openspace.connection")
    try:
        with waiting.on(connection, waiting.transfer_seconds(size)) if connection else nullcontext():
            return _spooled(stream, connection)
    except TooSlow:
        metrics.REFUSED.labels("slow").inc()
        raise errors.TooLate from None
    finally:
        if connection:
            _arriving.pop(connection, None)


def _spooled(stream: IO[bytes], connection: socket.socket | None) -> IO[bytes]:
    # Closed with the request, which holds the only reference to it.
    whole = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115  # because the request reads it
    while block := stream.read(BLOCK):
        whole.write(block)
        if connection and whole.tell() > MOST_IN_MEMORY:
            _arriving[connection] = whole.tell()
            _make_room()
    return whole


def _make_room() -> None:
    """Give up the large bodies that have been arriving for longest while all together take too much."""
    while sum(_arriving.values()) > MOST_ON_DISK:
        oldest = next(iter(_arriving))
        del _arriving[oldest]
        waiting.hang_up(oldest)
