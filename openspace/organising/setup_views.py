"""Setting an event up: three short steps on one page, beside a preview of its board."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access import actions as access
from openspace.access.browser_seats import event_creator, take_seat
from openspace.access.guards import signs_in
from openspace.access.models import Role
from openspace.access.passwords import hash_password
from openspace.access.setting_up import setup_link
from openspace.clock import now
from openspace.config import LANGUAGES
from openspace.events.rules import Block
from openspace.extensions import limiter
from openspace.organising import actions, event_actions, programme
from openspace.organising.forms import SetupForm, laid, read_fixed, read_spaces, typed_fixed, typed_spaces
from openspace.web.errors import Problem, shows_again
from openspace.web.i18n import language
from openspace.web.preparing import prepared_by

blueprint = Blueprint("setup", __name__)


def setup_page(problem: Problem | None = None) -> str:
    """The page on which an event is set up; after a refusal with everything that was typed."""
    today, creator = now().date(), event_creator()
    spaces = typed_spaces() or _first_spaces()
    form = SetupForm.for_page(
        validate="only_language" not in request.form,
        starts_on=today,
        ends_on=today,
        zone="Europe/Kyiv",
        languages=sorted({language(), "en"}, key=list(LANGUAGES).index),
        organiser=creator.name if creator else "",
        email=creator.email if creator else None,
    )
    return render_template(
        "organising/setup.html",
        form=form,
        problem=problem,
        setup_token=_token(),
        spaces=spaces,
        numbers=range(1, len(spaces) + 2),
        fixed=typed_fixed() if request.method == "POST" else _first_items(),
        days=_days_between(form.starts_on.data, form.ends_on.data),
        preview=_preview(form),
    )


@blueprint.get("/setup", defaults={"token": ""})
@blueprint.get("/setup/<token>")
def show(token: str) -> ResponseReturnValue:
    """The page behind the setup link that the server prints; without a link, for organisers who may create events."""
    setup_link(token)
    return setup_page()


@blueprint.post("/setup/wall", defaults={"token": ""})
@blueprint.post("/setup/<token>/wall")
@limiter.limit("240 per minute")
def preview(token: str) -> ResponseReturnValue:
    """The preview of the board beside the form, for what is typed so far."""
    setup_link(token)
    form = SetupForm()
    form.validate()
    days = _days_between(form.starts_on.data, form.ends_on.data)
    return render_template("organising/_preview.html", preview=_preview(form), days=days)


def _hash_chosen_password(token: str) -> str:
    """The hash of the organiser's password, made before the transaction; empty if only another language was chosen."""
    setup_link(token)
    if "only_language" in request.form:
        return ""
    form = SetupForm()
    form.check()
    return hash_password(form.password.data or "")


@blueprint.post("/setup", defaults={"token": ""})
@blueprint.post("/setup/<token>")
@shows_again(setup_page)
@signs_in
@prepared_by(_hash_chosen_password)
def create(password_hash: str, token: str) -> ResponseReturnValue:
    """Create the event with its board, and sign this browser in as its organiser."""
    link = setup_link(token, is_used=True)
    if "only_language" in request.form:
        return setup_page()
    form = SetupForm()
    form.check()
    event = event_actions.create(**form.sheet())
    event.is_public = form.is_public.data
    access.pin_address(event, request.host_url)
    organiser = access.seat(event, name=form.organiser.data or "", role=Role.ORGANISER)
    access.set_password(organiser, email=form.email.data or "", password_hash=password_hash)
    actions.set_spaces(event, read_spaces())
    for day in event.days:
        fixed = read_fixed(day, event.tz)
        programme.lay_out(event, day, fixed, laid(form, fixed), by=organiser)
    if link:
        link.used_at = now()
    take_seat(organiser, confirmed_at=now())
    return redirect(url_for("access.poster", event=event.slug, new=1), 303)


def _token() -> str:
    return str((request.view_args or {}).get("token", ""))


def _preview(form: SetupForm) -> dict[str, Any]:
    """The values that the preview of the board is rendered from: the first day, as far as the form can be read."""
    try:
        typed = read_spaces() if request.method == "POST" else [actions.SpaceSheet(None, *s) for s in _space_pairs()]
        first = form.starts_on.data or now().date()
        fixed = read_fixed(first, form.tz) if request.method == "POST" else _example_blocks()
        blocks = laid(form, fixed)
    except (Problem, TypeError):
        return {"spaces": [], "blocks": [], "free": 0}
    spaces = [(number, space) for number, space in enumerate(typed, 1) if not space.is_butterfly]
    free = len([block for block in blocks if not block.title]) * len(spaces)
    return {"spaces": spaces, "blocks": blocks, "free": free, "day": form.starts_on.data, "length": form.length.data}


def _days_between(first: date | None, last: date | None) -> list[date]:
    """The days on which an item can be fixed; empty for a single day, which needs no choice."""
    if not first or not last or not first < last:
        return []
    count = min((last - first).days + 1, event_actions.MAX_DAYS)
    return [first + timedelta(days=n) for n in range(count)]


def _space_pairs() -> list[tuple[str, int]]:
    return [(str(row["name"]), int(row["chairs"])) for row in _first_spaces()]


def _first_spaces() -> list[dict[str, Any]]:
    names = (gettext("Main hall"), gettext("Room"), gettext("Terrace"))
    return [{"id": "", "name": name, "chairs": chairs} for name, chairs in zip(names, (40, 20, 16), strict=True)]


def _first_items() -> list[dict[str, Any]]:
    return [
        {"title": gettext("Opening circle"), "day": "", "start": "09:00", "end": "10:00", "where": "together"},
        {"title": gettext("Lunch"), "day": "", "start": "12:30", "end": "14:00", "where": "break"},
    ]


def _example_blocks() -> list[Block]:
    return [
        Block(9 * 60, 10 * 60, gettext("Opening circle")),
        Block(12 * 60 + 30, 14 * 60, gettext("Lunch"), is_break=True),
    ]
