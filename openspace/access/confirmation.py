"""Whether the visitor has just proved who they are: asked before what a stranger with an unlocked phone must not do."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.browser_seats import seat_token
from openspace.access.models import Member, Seat
from openspace.access.rules import hashed
from openspace.access.visitor import visitor
from openspace.access.wanted import refuse_stranger, remember_page
from openspace.clock import now
from openspace.extensions import db
from openspace.web.errors import Problem, wants_json
from openspace.web.http import flash_message

LASTS = timedelta(minutes=15)


class NotConfirmed(Problem):
    """The member has not proved lately who they are."""

    status = 403
    words = _l("Please confirm first that it is you.")


def is_fresh() -> bool:
    """Whether the member has proved in this browser, within the last quarter of an hour, who they are."""
    seat = _seat()
    return seat is not None and seat.confirmed_at is not None and now() - seat.confirmed_at < LASTS


def came_by_link() -> bool:
    """Whether a fresh proof (`is_fresh`) was a one-time link, which stands in for a forgotten password."""
    seat = _seat()
    return seat is not None and seat.by_link and is_fresh()


def shows_personal_link(member: Member) -> bool:
    """Whether the member's page may show the personal link: with a password only after a fresh proof."""
    return member.password_hash is None or is_fresh()


def confirm() -> None:
    """Note that the member has just proved who they are; a one-time link stands in for a password no longer."""
    if seat := _seat():
        seat.confirmed_at, seat.by_link = now(), False


def ask() -> None:
    """Lead to the page of confirmation unless the proof is fresh. Refuses with `NotConfirmed` in JSON."""
    if visitor.member_id is None:
        refuse_stranger()
    if is_fresh():
        return
    if wants_json():
        raise NotConfirmed
    remember_page()
    session["unsent"] = request.method not in ("GET", "HEAD")
    abort(redirect(url_for("credentials.show_confirmation"), 303))


def say_what_is_left() -> None:
    """After a confirmation, say that the form sent before it was not carried out, if there was one."""
    if session.pop("unsent", False):
        flash_message(gettext("Thank you, it is you. Nothing has been done yet: please press the button once more."))


def requires_confirmation(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Let a view run for members who have just proved who they are. Others are led to the confirmation, as by `ask`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        ask()
        return view(*args, **kwargs)

    return guarded


def _seat() -> Seat | None:
    return db.session.get(Seat, hashed(seat_token(visitor.event_id)))
