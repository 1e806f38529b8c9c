"""Answers forms that come without a session: the cookie was lost, or the browser keeps no cookies."""

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf.csrf import CSRFError

from openspace.extensions import base_url, db
from openspace.web.errors import Problem, answer, wants_json
from openspace.web.http import url_in_header

# A hidden field of forms that are shown again. If it comes without any cookie, the browser keeps none.
SHOWN_AGAIN = "shown_again"


class FormExpired(Problem):
    """The form's CSRF token does not belong to the session. The fact `page` is the address to open again, if any."""

    status = 400
    words = _l("This page was open for too long. Reload it and try again.")


class CookiesOff(Problem):
    """The browser keeps no cookies. Facts: `address`, to be opened in another browser."""

    status = 400
    words = _l(
        "This browser does not keep cookies, so it cannot remember your seat. Open this address in Chrome or Safari:"
    )


def init_app(app: Flask) -> None:
    """Answer CSRF errors by `answer_forged` instead of by the bare refusal of Flask-WTF."""
    app.register_error_handler(CSRFError, answer_forged)


def answer_forged(error: CSRFError) -> ResponseReturnValue:
    """Show our own form again, as typed and with a new token; answer a form of another site with `FormExpired`."""
    # A request that another site caused has no cookie (SameSite). A page with a token would set a new session cookie
    # and sign the person out.
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
        # The page itself refuses, such as one for members when the session is lost.
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
