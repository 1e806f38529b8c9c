"""Founding a programme: one short page, for whoever may set up an event."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access import actions as access
from openspace.access.browser_seats import event_creator, take_seat
from openspace.access.guards import signs_in
from openspace.access.models import Role
from openspace.access.passwords import hash_password
from openspace.access.setting_up import setup_link
from openspace.clock import now
from openspace.config import LANGUAGES
from openspace.programmes import actions
from openspace.programmes.forms import FoundForm
from openspace.web.errors import Problem, shows_again
from openspace.web.i18n import language
from openspace.web.preparing import prepared_by

blueprint = Blueprint("founding", __name__)


def founding_page(problem: Problem | None = None) -> str:
    """The page on which a programme is founded; after a refusal with everything that was typed."""
    creator = event_creator()
    form = FoundForm.for_page(
        zone="Europe/Kyiv",
        languages=sorted({language(), "en"}, key=list(LANGUAGES).index),
        organiser=creator.name if creator else "",
        email=creator.email if creator else None,
    )
    return render_template("programmes/found.html", form=form, problem=problem, setup_token=_token())


@blueprint.get("/setup/programme", defaults={"token": ""})
@blueprint.get("/setup/<token>/programme")
def show(token: str) -> ResponseReturnValue:
    """The page behind the setup link, for a programme; without a link, for organisers who may create events."""
    setup_link(token)
    return founding_page()


def _hash_chosen_password(token: str) -> str:
    """The hash of the organiser's password, made before the transaction."""
    setup_link(token)
    form = FoundForm()
    form.check()
    return hash_password(form.password.data or "")


@blueprint.post("/setup/programme", defaults={"token": ""})
@blueprint.post("/setup/<token>/programme")
@shows_again(founding_page)
@signs_in
@prepared_by(_hash_chosen_password)
def create(password_hash: str, token: str) -> ResponseReturnValue:
    """Found the programme, and sign this browser in as its organiser."""
    link = setup_link(token, is_used=True)
    form = FoundForm()
    form.check()
    chosen = [code for code in LANGUAGES if code in (form.languages.data or [])]
    # The organiser's own language is the programme's first, if it is one of them.
    languages = sorted(chosen, key=lambda code: code != language())
    office = actions.found(name=form.name.data or "", zone=form.zone.data, languages=languages)
    access.pin_address(office, request.host_url)
    organiser = access.seat(office, name=form.organiser.data or "", role=Role.ORGANISER)
    access.set_password(organiser, email=form.email.data or "", password_hash=password_hash)
    if link:
        link.used_at = now()
    take_seat(organiser, confirmed_at=now())
    return redirect(url_for("programmes.show", event=office.slug), 303)


def _token() -> str:
    return str((request.view_args or {}).get("token", ""))
