"""`Problem` and its subclasses: refusals, each with an HTTP status and a sentence for the person."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ClassVar

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.http import parse_accept_header

from openspace.extensions import db

View = Callable[..., ResponseReturnValue]


class Problem(Exception):
    """A refusal that a person can read. The keyword arguments (`facts`) become further keys of the JSON answer."""

    status: ClassVar[int] = 400
    words: ClassVar[Any] = _l("This did not work. Please try again.")

    def __init__(self, words: Any = None, **facts: Any) -> None:
        super().__init__()
        self.says = words or self.words
        self.facts = facts

    def __str__(self) -> str:
        return str(self.says)

    @property
    def kind(self) -> str:
        """The name by which scripts and templates tell one refusal from another: that of its class."""
        return type(self).__name__


class NotFound(Problem):
    status = 404
    words = _l("Nothing is here. What was here may have been taken down.")


class NotAllowed(Problem):
    status = 403
    words = _l("Only the convener or a facilitator can do this.")


class NotJoined(Problem):
    """The visitor is no member of this event, and the page or action is for members."""

    status = 403
    words = _l("Take a seat first: scan the code in the hall or type it here.")


class OtherMember(Problem):
    """A script writes for the member who opened its page, but the browser is signed in as another member now."""

    status = 409
    words = _l("Somebody else has taken a seat on this phone since. Reload the page.")


class Closed(Problem):
    status = 403
    words = _l("The organisers have closed the entrance. Please ask at the desk.")


class Stale(Problem):
    status = 409
    words = _l("Somebody changed this a moment ago. Here is how it stands now.")


class Invalid(Problem):
    status = 422
    words = _l("Something needs another look: see the marked fields.")


class TooLong(Problem):
    status = 413
    words = _l("That is too long to be sent. Please shorten it.")


class TooLate(Problem):
    status = 408
    words = _l("This did not arrive whole: the connection is too slow. Please try again; nothing is lost.")


class TooMany(Problem):
    status = 429
    words = _l("That was too fast. Please wait a minute; nothing is lost.")


class Busy(Problem):
    status = 503
    words = _l("The server is busy. Please try again; nothing is lost.")


class Broken(Problem):
    """A bug of ours: any exception that no other handler answers."""

    status = 500
    words = _l("Something went wrong on our side, and nothing was changed. Please try again.")


_BY_STATUS: dict[int, type[Problem]] = {
    error.status: error for error in (NotFound, NotAllowed, TooLong, TooMany, Busy, Broken)
}
_WORDS = {
    405: _l("This page cannot be opened that way."),
}


def wants_json() -> bool:
    """Whether the caller asked for JSON rather than a page."""
    return _prefers_json(request.headers.get("Accept", ""))


@lru_cache(maxsize=256)
def _prefers_json(accepted: str) -> bool:
    """Whether an Accept header prefers JSON. Cached, for few different ones come again and again."""
    wanted = parse_accept_header(accepted, MIMEAccept)
    return wanted.best_match(["text/html", "application/json"], "text/html") == "application/json"


def answer(problem: Problem, status: int | None = None) -> ResponseReturnValue:
    """Return a refusal as JSON or as a page, with its own status or the one given.

    The database is not used, for it may be down or the transaction may have failed: templates and the choice of the
    language take what they need from the visitor's snapshots.
    """
    status = status or problem.status
    g.is_error_page, g.refusal = True, problem
    if wants_json():
        return jsonify(problem=problem.kind, says=str(problem), **problem.facts), status
    return render_template("problem.html", problem=problem, status=status), status


def shows_again(page: Callable[[Problem], str]) -> Callable[[View], View]:
    """Decorate a view with a form: a `Problem` is answered with `page(problem)`, which shows the form as it was sent.

    JSON requests and the statuses 403 and 404 get the usual answer, for the person may not see the page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except Problem as problem:
                if wants_json() or problem.status in {403, 404}:
                    raise
                db.session.rollback()
                return page(problem), problem.status

        # For refusals before the view runs, such as `web/cookies.py`.
        wrapped.page = page  # type: ignore[attr-defined]
        return wrapped

    return decorate


def init_app(app: Flask) -> None:
    """Register the handlers that answer every error as a `Problem`, in the person's language."""
    app.register_error_handler(Problem, answer)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error
        return answer(_BY_STATUS.get(status, Problem)(_WORDS.get(status)), status)

    @app.errorhandler(BadHost)
    def no_host(error: BadHost) -> ResponseReturnValue:
        # Without a valid host no address can be built, and so no page.
        return str(Problem()), error.code, {"Content-Type": "text/plain; charset=utf-8"}

    @app.errorhandler(OverflowError)
    @app.errorhandler(DataError)
    def beyond_all_numbers(error: Exception) -> ResponseReturnValue:
        # A number in the address that is too large for the database.
        return answer(NotFound())

    @app.errorhandler(ObjectDeletedError)
    def gone_meanwhile(error: ObjectDeletedError) -> ResponseReturnValue:
        return answer(Stale())

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def database_away(error: Exception) -> ResponseReturnValue:
        app.logger.error("database: %s", error)
        return answer(Busy())
