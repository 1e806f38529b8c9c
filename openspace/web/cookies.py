"""A form without its session: the cookie was lost, or the browser keeps none. The two are told apart, and told."""

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf.csrf import CSRFError

from openspace.extensions import base_url, db
from openspace.web.errors import Problem, answer, wants_json
from openspace.web.http import url_in_header

# A form that is shown again says by this field that it was: without a cookie now too, there will never be one.
SHOWN_AGAIN = "shown_again"


class FormExpired(Problem):
    """The form's token does not fit the browser's session. The facts may hold the `page` to open anew."""

    status = 400
    words = _l("This page was open for too long. Reload it and try again.")


class CookiesOff(Problem):
    """The browser keeps no cookies. The facts hold the `address` to open in another one."""

    status = 400
    words = _l(
        "This browser does not keep cookies, so it cannot remember your seat. Open this address in Chrome or Safari:"
    )


def init_app(app: Flask) -> None:
    """Answer what comes without its session, in place of the bare refusal of Flask-WTF."""
    app.register_error_handler(CSRFError, answer_forged)


def answer_forged(error: CSRFError) -> ResponseReturnValue:
    """Show a form of ours again, with what was typed and a fresh token; refuse what comes from another site."""
    # What another site makes a browser send comes without its cookie: an answer with a token would set another one.
    if wants_json() or not _is_from_us():
        return answer(FormExpired())
    page = getattr(current_app.view_functions[request.endpoint or ""], "page", None)
    problem = _problem(has_page=page is not None)
    if page is None:
        return answer(problem)
    db.session.rollback()
    try:
        return page(problem), problem.status
    except Problem as refused:
        # Such as a page that is for members, and the browser no longer knows that it is one's.
        return answer(refused)


def _problem(*, has_page: bool) -> Problem:
    if SHOWN_AGAIN in request.form and not request.cookies:
        return CookiesOff(address=base_url() + request.path)
    if not has_page:
        return FormExpired(page=request.referrer)
    g.is_shown_again = True
    return FormExpired(
        gettext("Your browser had forgotten this page meanwhile. What you typed is still here: please press once more.")
    )


def _is_from_us() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    return origin == base_url() or url_in_header("Origin").netloc == request.host
