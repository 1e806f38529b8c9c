"""One-time links: the page behind a link, and accepting the seat or the role that it offers."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access import actions, security_log
from openspace.access.browser_seats import member_seated, take_seat
from openspace.access.forms import InvitedForm
from openspace.access.guards import signs_in
from openspace.access.links import open_link, take_link
from openspace.access.models import Link, Member, Role
from openspace.access.passwords import hash_password
from openspace.access.security_log import Kind
from openspace.clock import now
from openspace.events.models import Event
from openspace.web.errors import Invalid, NotFound, Problem, shows_again
from openspace.web.preparing import prepared_by

blueprint = Blueprint("links", __name__)


@blueprint.get("/link/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """The page behind a one-time link. Opening it does not use the link up, so that a link preview does no harm."""
    return invitation_page(token)


def invitation_page(token: str, problem: Problem | None = None) -> str:
    """The page that says who invites to what, and asks for a name; after a refusal with what was typed."""
    link = _role_link(open_link(token))
    return render_template(
        "access/invitation.html",
        link=link,
        token=token,
        form=InvitedForm.for_page(),
        problem=problem,
        here=_seated_in(link),
        event=link.event,
    )


def _hash_chosen_password(token: str) -> str | None:
    """The hash of the password that a newcomer chose, made before the transaction; None if they chose none."""
    _role_link(open_link(token))
    form = InvitedForm()
    form.check()
    return hash_password(form.password.data) if form.email.data and form.password.data else None


@blueprint.post("/link/<token>")
@shows_again(lambda problem: invitation_page((request.view_args or {})["token"], problem))
@signs_in
@prepared_by(_hash_chosen_password)
def accept(password_hash: str | None, token: str) -> ResponseReturnValue:
    """Use the link up and sign this browser in."""
    link = _role_link(take_link(token))
    form = InvitedForm()
    form.check()
    here = _seated_in(link)
    if not form.name.data and not here and not link.member:
        raise Invalid(gettext("What is your name?"))
    if link.role == Role.ORGANISER and not _event_of(link).address:
        actions.pin_address(_event_of(link), request.host_url)
    before = here.role if here else None
    member = actions.accept_link(link, current=here, name=form.name.data or "")
    if before and before != member.role:
        _note_role(member, before)
    # A link for a role is no proof of who uses it; a member without a password has no better one.
    is_proof = link.member is not None or member.password_hash is None
    # A member who is signed in already sets a password on their own page, where the present one is asked for.
    if form.email.data and password_hash and not (here or link.member):
        actions.set_password(member, email=form.email.data, password_hash=password_hash)
    take_seat(member, confirmed_at=now() if is_proof else None, by_link=link.member is not None)
    security_log.note(member.event_id, Kind.SIGNED_IN, by=member.id, detail="link")
    return redirect(url_for(_event_of(link).start_page, event=_event_of(link).slug), 303)


def _note_role(member: Member, before: Role) -> None:
    roles = f"{before} {member.role}"
    security_log.note(member.event_id, Kind.ROLE, by=member.id, about=member.id, detail=roles)


def _role_link(link: Link) -> Link:
    if link.role is None:
        raise NotFound
    return link


def _event_of(link: Link) -> Event:
    assert link.event is not None  # because _role_link lets only such links through
    return link.event


def _seated_in(link: Link) -> Member | None:
    return member_seated(_event_of(link))
