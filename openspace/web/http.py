"""What a browser's forms and an unkind network need from HTTP and Flask leaves to us."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from flask import Flask, Request, Response, flash, redirect, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, session_json_serializer
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from openspace.web.errors import View, wants_json

METHODS = {"PUT", "DELETE"}
# Of titles that the next page tells: how many, and how many letters of each.
MOST_TOLD, LONGEST_TOLD = 12, 60
# What changes nothing.
READING = {"GET", "HEAD", "OPTIONS"}

# Style attributes carry custom properties only (--col: 3); scripts, styles, pictures and sockets are ours alone.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self' ws: wss:",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # By this mark a script knows our answer from that of a captive portal or a proxy (static/js/server.js).
    "X-Open-Space": "1",
}
# A script, stylesheet or font is no document: the others would only be half a kilobyte more for each.
STATIC_HEADERS = {name: HEADERS[name] for name in ("X-Content-Type-Options", "X-Open-Space")}

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies, but that one which was read is known again: a phone sends it with every request."""

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)
        self._lasts = app.permanent_session_lifetime
        self._known = lru_cache(maxsize=4096)(self._read)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The app's one."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the request's cookie says."""
        return self.session_class(self.said(request.cookies.get(self.get_cookie_name(app), "")))

    def said(self, cookie: str) -> dict[str, Any]:
        """What it says; nothing, if it is not signed by us or too old."""
        try:
            words, signed_at = self._known(cookie)
        except BadSignature:
            return {}
        if datetime.now(UTC) - signed_at > self._lasts:
            return {}
        # Read anew each time, for a session is changed in place.
        said: dict[str, Any] = session_json_serializer.loads(words)
        return said

    def _read(self, cookie: str) -> tuple[str, datetime]:
        assert self._serializer  # because a key is always there: see `config`
        said, signed_at = self._serializer.loads(cookie, return_timestamp=True)
        return session_json_serializer.dumps(said), signed_at


class MethodFromQuery:
    """Lets an HTML form put and delete: `<form method="post" action="…?method=PUT">`."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and "method=" in environ.get("QUERY_STRING", ""):
            asked = parse_qs(environ["QUERY_STRING"]).get("method", [""])[0]
            if asked in METHODS:
                environ["REQUEST_METHOD"] = asked
        return self.application(environ, start_response)


def takes(size: int, refusal: Any) -> Callable[[View], View]:
    """Let a view be sent so many bytes, more than other views; what is larger is refused in these words.

    `serving/receiving.py` holds it to that, before the view runs.
    """

    def mark(view: View) -> View:
        view.takes, view.refusal = size, refusal  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Wrap the app for method override, read its cookies, and put the security headers on every answer."""
    app.session_interface = Sessions(app)
    app.wsgi_app = MethodFromQuery(app.wsgi_app)  # type: ignore[method-assign]  # Flask documents this assignment
    if hops := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in (STATIC_HEADERS if request.endpoint == "static" else HEADERS).items():
            response.headers.setdefault(name, value)
        if request.is_secure or app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.mimetype == "application/json":
            # What a script asks for is somebody's own; what may be kept and asked for again says so itself.
            response.headers.setdefault("Cache-Control", "private, no-store")
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def address_in(header: str) -> SplitResult:
    """The parts of the address that a header such as Referer holds; empty ones, if what it holds is none."""
    try:
        return urlsplit(request.headers.get(header, ""))
    except ValueError:
        return urlsplit("")


def kept_nowhere(response: Response) -> Response:
    """Let no browser keep a page about a person: on a phone that several people use, the next one could read it."""
    if response.mimetype == "text/html" and response.status_code != 304:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def see_other(address: str) -> ResponseReturnValue:
    """On to a page after a write. A script that asks gets the address, so that the page is fetched once."""
    if "X-Draft" in request.headers:
        return Response(status=201, headers={"Location": address})
    return redirect(address, 303)


def say(words: str, **more: Any) -> None:
    """A short word on the next page: `undo` is where a form with `fields` undoes it, `titles` a list to read.

    Of a long list only the beginning is told.
    """
    if wants_json():
        return
    if "titles" in more:
        more["titles"] = _beginnings(more["titles"])
    toast: Any = {"says": words, **more}
    flash(toast)


def _beginnings(titles: Sequence[str]) -> list[str]:
    """As many titles as a cookie can carry: browsers drop one of more than 4 KB, and the undo with it."""
    shown = [title if len(title) <= LONGEST_TOLD else f"{title[:LONGEST_TOLD]}…" for title in titles[:MOST_TOLD]]
    return [*shown, "…"] if len(titles) > MOST_TOLD else shown


def attachment(body: str | bytes, name: str, mimetype: str) -> ResponseReturnValue:
    """A download under a plain ASCII name."""
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
