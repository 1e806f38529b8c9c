"""Static files, compressed once, under addresses that change with their content and may be cached for a year."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import NamedTuple

import brotli
from flask import Flask, Response, abort, request

from openspace.web import bundles

# In seconds.
YEAR = 31_536_000
COMPRESSED_TYPES = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/vnd.c3voc")


class Asset(NamedTuple):
    """One file, ready to send: its type and its bytes by content encoding."""

    mimetype: str
    bodies: dict[str, bytes]


def init_app(app: Flask, folder: Path, *others: Path) -> None:
    """Serve `folder` below `/static/<version>/`, and note the VERSION of all that pages are made of, `others` too.

    The version is a hash over all that is served, and stands before the path rather than in each name, so that
    the imports of a module and the url() of a stylesheet find their neighbours without being rewritten.
    """
    # Nothing but these is ever served, whatever the address says: the disk is read once, here.
    files = bundles.served(folder)
    version = app.config["STATIC_VERSION"] = _version(files)
    # Open pages load themselves anew when this is another one.
    app.config["VERSION"] = _version(files, *others)
    load = cache(lambda path: _asset(path, files[path]))

    @app.get("/static/<version>/<path:path>", endpoint="static")
    def static(version: str, path: str) -> Response:
        if path not in files:
            abort(404)
        found = load(path)
        encoding = next((name for name in ("br", "gzip") if _accepts(name) and name in found.bodies), "")
        response = Response(found.bodies[encoding], mimetype=found.mimetype)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response

    @app.template_global()
    def asset(path: str) -> str:
        """The address of a static file."""
        return f"{request.script_root}/static/{version}/{path}"

    app.after_request(compress)


def compress(response: Response) -> Response:
    """Compress a page once it is made; what is short is sent as it is."""
    if response.direct_passthrough or "Content-Encoding" in response.headers or response.status_code == 304:
        return response
    if not _is_text(response.mimetype) or (response.content_length or 0) < 600:
        return response
    response.headers.add("Vary", "Accept-Encoding")
    body = response.get_data()
    if _accepts("br"):
        response.set_data(brotli.compress(body, quality=5))
        response.headers["Content-Encoding"] = "br"
    elif _accepts("gzip"):
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _accepts(encoding: str) -> bool:
    return request.accept_encodings[encoding] > 0 and encoding in request.headers.get("Accept-Encoding", "")


def _is_text(mimetype: str | None) -> bool:
    return bool(mimetype) and str(mimetype).startswith(COMPRESSED_TYPES)


def _asset(path: str, body: bytes) -> Asset:
    mimetype = mimetypes.guess_type(path)[0] or "application/octet-stream"
    mimetype = "text/javascript" if path.endswith(".js") else mimetype
    bodies = {"": body}
    if _is_text(mimetype):
        bodies |= {"br": brotli.compress(body, quality=11), "gzip": gzip.compress(body, 9, mtime=0)}
    return Asset(mimetype, bodies)


def _version(files: dict[str, bytes], *folders: Path) -> str:
    digest = hashlib.sha256()
    for path, body in files.items():
        digest.update(path.encode() + body)
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return digest.hexdigest()[:12]
