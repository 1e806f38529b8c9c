"""When requests arrived, and which of them that must still count are not answered yet.

A request may wait for the database's lock for seconds. Whoever sent it in time shall not lose by that: a view asks
`of(request)` rather than the clock, and whoever ends something asks `is_any_before` whether to wait for an answer.
"""

from datetime import datetime
from threading import Lock
from typing import Any

from flask import Flask, Request, request

from openspace.clock import now
from openspace.web.errors import View

_KEY = "openspace.arrived"
# The moments of requests to views that are `awaited`, by the ids of their environments, until they are answered. They
# are of this process alone.
_unanswered: dict[int, datetime] = {}
# So that nobody sees a moment that has passed without the request that has just been given it.
_lock = Lock()


def awaited(view: View) -> View:
    """Decorate a view whose requests are known to `is_any_before` from when they arrived until they are answered."""
    view.is_awaited = True  # type: ignore[attr-defined]
    return view


def note(environ: dict[str, Any], view: Any) -> None:
    """Note that all of a request to this view is here now."""
    with _lock:
        environ[_KEY] = now()
        if getattr(view, "is_awaited", False):
            _unanswered[id(environ)] = environ[_KEY]


def of(asked: Request) -> datetime:
    """When the last byte of a request was here."""
    moment: datetime = asked.environ.get(_KEY) or now()
    return moment


def is_any_before(moment: datetime) -> bool:
    """Whether this process has yet to answer an awaited request that arrived before this moment."""
    with _lock:
        return any(arrived < moment for arrived in _unanswered.values())


def init_app(app: Flask) -> None:
    """Let requests that are answered, or have failed, be awaited no longer."""

    @app.teardown_request
    def forget(error: BaseException | None) -> None:
        _unanswered.pop(id(request.environ), None)
