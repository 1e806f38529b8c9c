"""HTTP beyond what Flask gives: session cookies, method override, security headers, redirects, downloads."""

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

# The methods that a POST may stand for: what a form puts into `?method=`, and what a script asks for by a header.
OVERRIDES = {"PUT", "PATCH", "DELETE"}
# How many titles a flash message lists, and how many characters of each.
MOST_TITLES, LONGEST_TITLE = 12, 60
# Methods that change nothing (RFC 9110, section 9.2.1).
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

# Style attributes carry custom properties only (--col: 3); scripts, styles, pictures, films and sockets come from this
# server.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
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
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(self), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Tells scripts (static/js/server.js) that the answer is ours and not one of a captive portal or a proxy.
    "X-Open-Space": "1",
}
# Of static files, which are no documents: the other headers would only add half a kilobyte to each.
STATIC_HEADERS = {name: HEADERS[name] for name in ("X-Content-Type-Options", "X-Open-Space")}

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Sessions(SecureCookieSessionInterface):
    """Flask's signed session cookies, with a cache of verified ones: a phone sends its cookie with every request."""

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)
        self._lifetime = app.permanent_session_lifetime
        self._verified = lru_cache(maxsize=4096)(self._verify)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the serializer that was made when the app started; Flask would make one for every request."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session in the request's cookie, an empty one if there is no valid cookie."""
        return self.session_class(self.read(request.cookies.get(self.get_cookie_name(app), "")))

    def read(self, cookie: str) -> dict[str, Any]:
        """Return what a session cookie holds; an empty dict if it was not signed by us or has expired."""
        try:
            content, signed_at = self._verified(cookie)
        except BadSignature:
            return {}
        if datetime.now(UTC) - signed_at > self._lifetime:
            return {}
        # A new dict each time, for a session is changed in place.
        held: dict[str, Any] = session_json_serializer.loads(content)
        return held

    def _verify(self, cookie: str) -> tuple[str, datetime]:
        """The content as JSON, and when it was signed. Raises `BadSignature`."""
        assert self._serializer  # because `config` always sets a secret key
        held, signed_at = self._serializer.loads(cookie, return_timestamp=True)
        return session_json_serializer.dumps(held), signed_at


class MethodFromQuery:
    """WSGI middleware that lets an HTML form put and delete: `<form method="post" action="…?method=PUT">`.

    A script behind a proxy that knows no PATCH posts with the header `X-HTTP-Method-Override`, as tus clients do.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "")
            if "method=" in environ.get("QUERY_STRING", ""):
                method = parse_qs(environ["QUERY_STRING"]).get("method", [""])[0]
            if method in OVERRIDES:
                environ["REQUEST_METHOD"] = method
        return self.application(environ, start_response)


def accepts_body(size: int, refusal: Any, *, keeps_part: bool = False, is_text: bool = False) -> Callable[[View], View]:
    """Decorate a view whose request may have a body of up to `size` bytes instead of `MAX_CONTENT_LENGTH`.

    A larger one gets `TooLong` with the words of `refusal`, from `serving/receiving.py`, before the view runs. If the
    client breaks off, a view that `keeps_part` runs with what had arrived; no other one runs. If it
    `is_text`, all of the body may be text, of which there may else be half a megabyte.
    """

    def mark(view: View) -> View:
        view.body_limit, view.body_refusal = size, refusal  # type: ignore[attr-defined]
        view.keeps_part, view.is_text = keeps_part, is_text  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Give the app our sessions, method override and trusted proxies, and put security headers on every answer."""
    app.session_interface = Sessions(app)
    app.wsgi_app = MethodFromQuery(app.wsgi_app)  # type: ignore[method-assign]  # Flask documents this assignment
    if hops := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    @app.after_request
    def protect(response: Response) -> Response:
        own = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  # else it has the values too
        protection = STATIC_HEADERS if request.endpoint == "static" else HEADERS
        response.headers.extend({name: value for name, value in protection.items() if name.lower() not in own})
        if request.is_secure or app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.mimetype == "application/json":
            # Mostly personal. Views whose JSON may be stored set the header themselves.
            response.headers.setdefault("Cache-Control", "private, no-store")
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def url_in_header(header: str) -> SplitResult:
    """Split the URL in a request header such as Referer; all parts are empty if the header holds no URL."""
    try:
        return urlsplit(request.headers.get(header, ""))
    except ValueError:
        return urlsplit("")


def no_store(response: Response) -> Response:
    """Forbid browsers to store an HTML page about a person: on a shared phone, the next user could read it.

    For `after_request`. Other types, and 304, are returned as they are.
    """
    if response.mimetype == "text/html" and response.status_code != 304:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def see_other(address: str) -> ResponseReturnValue:
    """Redirect with 303 after a write. A script gets 201 and `Location` instead: the browser loads that page itself."""
    if "X-Draft" in request.headers or wants_json():
        return Response(status=201, headers={"Location": address})
    return redirect(address, 303)


def flash_message(words: str, **more: Any) -> None:
    """Show a short message on the visitor's next page; nothing when the request wants JSON.

    `undo` is the address to which a button posts `fields` to undo the write. `titles` is a list shown below the words,
    of which only the beginning is kept.
    """
    if wants_json():
        return
    if "titles" in more:
        more["titles"] = _beginnings(more["titles"])
    toast: Any = {"says": words, **more}
    flash(toast)


def _beginnings(titles: Sequence[str]) -> list[str]:
    """As many titles as fit into the session cookie: browsers drop a cookie of more than 4 KB, with `undo` in it."""
    cut = [title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE]}…" for title in titles[:MOST_TITLES]]
    return [*cut, "…"] if len(titles) > MOST_TITLES else cut


def attachment(body: str | bytes, name: str, mimetype: str) -> ResponseReturnValue:
    """Return a file to download, as text in UTF-8 or bytes. `name` must be plain ASCII. Browsers do not store it."""
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
