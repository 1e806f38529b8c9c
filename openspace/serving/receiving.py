"""Receives whole requests before the app does anything else: no lock is held while a slow client sends."""

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
from openspace.store.files import Full
from openspace.web import arrivals, errors, metrics

# In bytes. A larger body is kept in a temporary file.
MOST_IN_MEMORY = 256 * 1024
# In bytes: what all large bodies that are still arriving may take on disk.
MOST_ON_DISK = 256 * 2**20
BLOCK = 64 * 1024

# Bytes that have arrived of each large body, the oldest first.
_arriving: dict[socket.socket, int] = {}


def receive(app: Flask, request: Request) -> Response | None:
    """Read the whole body and put it in place of the request's stream, and note when its last byte was here.

    Its size is limited by `MAX_CONTENT_LENGTH` or the view's `accepts_body`, its time by its size. Refuses with
    `TooLong`, `TooLate` and `Full`. Returns an empty answer if the client went away in the middle, else None. A view
    that `keeps_part` is given what had arrived when the client went away or its time was over.
    """
    view: Any = app.view_functions.get(request.endpoint or "")
    limit: int = getattr(view, "body_limit", app.config["MAX_CONTENT_LENGTH"])
    # Werkzeug checks this limit when it parses the form.
    request.max_content_length = limit
    if getattr(view, "is_text", False):
        request.max_form_memory_size = limit
    environ = request.environ
    if not request.content_length and "HTTP_TRANSFER_ENCODING" not in environ:
        environ["wsgi.input"] = BytesIO()
        arrivals.note(environ, view)
        return None
    # It is closed when the request, which holds the only reference, is freed.
    arrived = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115  # because the request reads it
    try:
        _fill(arrived, environ, limit)
    except RequestEntityTooLarge:
        raise errors.TooLong(getattr(view, "body_refusal", None)) from None
    except TooSlow:
        metrics.REFUSED.labels("slow").inc()
        if not getattr(view, "keeps_part", False):
            raise errors.TooLate from None
    except ClientDisconnected:
        if not getattr(view, "keeps_part", False):
            return Response(status=400)
    except OSError as error:
        # The folder for temporary files is full.
        raise Full from error
    _replace(environ, arrived)
    arrivals.note(environ, view)
    return None


def _replace(environ: dict[str, Any], arrived: IO[bytes]) -> None:
    """Let the request's body be what has arrived."""
    environ["CONTENT_LENGTH"] = str(arrived.tell())
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["wsgi.input_terminated"] = True
    arrived.seek(0)
    environ["wsgi.input"] = arrived


def _fill(target: IO[bytes], environ: dict[str, Any], limit: int) -> None:
    """Write what the client sends into `target`, until its end. Raises `TooSlow` and Werkzeug's exceptions."""
    stream = get_input_stream(environ, max_content_length=limit)
    size = int(environ.get("CONTENT_LENGTH") or limit)
    # Only our own server sets it; with another server, deadlines are that server's task.
    connection: socket.socket | None = environ.get("openspace.connection")
    try:
        with waiting.on(connection, waiting.transfer_seconds(size)) if connection else nullcontext():
            _copy(stream, target, connection)
    finally:
        if connection:
            _arriving.pop(connection, None)


def _copy(stream: IO[bytes], target: IO[bytes], connection: socket.socket | None) -> None:
    while block := stream.read(BLOCK):
        target.write(block)
        if connection and target.tell() > MOST_IN_MEMORY:
            _arriving[connection] = target.tell()
            _make_room()
    target.flush()


def _make_room() -> None:
    """Hang up on the oldest large uploads while all together exceed `MOST_ON_DISK`."""
    while sum(_arriving.values()) > MOST_ON_DISK:
        oldest = next(iter(_arriving))
        del _arriving[oldest]
        waiting.hang_up(oldest)
