"""The page that somebody wanted to see before they had a seat, such as the one behind a topic's QR code."""

from typing import NoReturn

from flask import request, session

from openspace.web.errors import NotJoined, wants_json
from openspace.web.http import url_in_header


def remember_page() -> None:
    """Keep in the browser's session which page was asked for, or from which page a form was sent."""
    is_page = request.method == "GET"
    session["wanted"] = request.full_path.rstrip("?") if is_page else url_in_header("Referer").path


def wanted_page(slug: str) -> str | None:
    """Return the remembered page if it belongs to the event with this slug, else None; and forget it."""
    page = session.pop("wanted", "")
    return page if page.startswith((f"/{slug}/", f"/programmes/{slug}/")) else None


def refuse_stranger() -> NoReturn:
    """Refuse with `NotJoined`, and remember the page, to which the visitor is led after joining."""
    if not wants_json():
        remember_page()
    raise NotJoined
