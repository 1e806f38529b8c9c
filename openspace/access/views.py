"""Joining an event, signing in and out, the personal link, and the member's own page."""

from typing import Any, NamedTuple

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access import actions, attempts, confirmation, security_log
from openspace.access.browser_seats import give_up_seat, take_seat
from openspace.access.codes import event_long_code
from openspace.access.forms import NameForm, OwnPasswordForm, SignInForm
from openspace.access.guards import event_blueprint, requires, signs_in
from openspace.access.models import Member, Role
from openspace.access.passwords import matches
from openspace.access.rules import codes_read, hashed
from openspace.access.security_log import Kind
from openspace.access.visitor import visitor
from openspace.access.wanted import wanted_page
from openspace.clock import now
from openspace.extensions import SELDOM, base_url, db, limiter
from openspace.web import qr
from openspace.web.errors import Closed, NotFound, Problem, shows_again, wants_json
from openspace.web.http import flash_message
from openspace.web.preparing import prepared_by

blueprint = event_blueprint("access", __name__, is_personal=True, of_offices=True)


# The rate limit for successful joins from one address, which all people in a hall may share. Refusals do not count.
JOINS = "600 per minute"


class Checked(NamedTuple):
    """A member who has given the right password, and the hash that it matches."""

    member_id: int
    password_hash: str


def _account(email: str) -> str:
    """The key under which failures to sign in are counted: a hash, because cookies hold it too."""
    return hashed(f"{visitor.event_id} {email.strip().lower()}")[:16]


def join_page(problem: Problem | None = None) -> str:
    """The entrance, which asks for a name; after a refusal with what was typed."""
    form = NameForm.for_page()
    return render_template(
        "access/join.html",
        form=form,
        problem=problem,
        is_asked=isinstance(problem, actions.AlreadyHere),
        # The link is shown, because whoever sees this page has given the code.
        code=event_long_code(visitor.event),
        seated=actions.members_in(visitor.event),
    )


@blueprint.get("/join/<code>", strict_slashes=False)
def join(code: str) -> ResponseReturnValue:
    """The page behind the QR code in the hall."""
    _check_code(code)
    if visitor.member_id:
        return redirect(url_for(visitor.event_snapshot.start_page), 303)
    if not visitor.event.is_join_open:
        raise Closed
    return join_page()


def _check_code(code: str) -> None:
    event = visitor.event
    if code == event_long_code(event):
        return
    with attempts.CODES.attempt():
        if event.join_code not in codes_read(code):
            raise NotFound(gettext("This code is no longer valid. Look for the one in the hall."))


@blueprint.post("/join/<code>", strict_slashes=False)
@limiter.limit(JOINS, key_func=attempts.client, deduct_when=lambda response: response.status_code < 400)
@shows_again(join_page)
@signs_in
@prepared_by(_check_code)
def take(checked: None, code: str) -> ResponseReturnValue:
    """Join the event as a participant and sign this browser in."""
    if visitor.member_id:
        return redirect(url_for(visitor.event_snapshot.start_page), 303)
    form = NameForm()
    form.check()
    member = actions.join(
        visitor.event,
        name=form.name.data or "",
        community=form.community.data or "",
        is_new="is_new" in request.form,
    )
    take_seat(member)
    if wants_json():
        return {"member": member.id}, 201
    return redirect(wanted_page(visitor.slug) or url_for(visitor.event_snapshot.start_page), 303)


@blueprint.get("/join/<code>/qr.svg")
def join_code(code: str) -> Response:
    """The QR code of the entrance."""
    _check_code(code)
    return qr.answer(base_url() + url_for("access.join", code=event_long_code(visitor.event)))


@blueprint.get("/poster")
@requires(Role.PARTICIPANT)
def poster() -> ResponseReturnValue:
    """The poster with the QR code of the entrance, to be printed or shown on a phone."""
    event = visitor.event
    return render_template("access/poster.html", short_address=f"{base_url()}/{event.join_code}".partition("://")[2])


@blueprint.get("/me")
@requires(Role.PARTICIPANT)
def mine() -> ResponseReturnValue:
    """The member's own page: name, personal link, password, signing out and leaving."""
    return mine_page()


def mine_page(problem: Problem | None = None) -> str:
    """The member's own page; after a refusal with what was typed."""
    member = visitor.member
    name: dict[str, Any] = {"name": member.name, "community": member.community}
    email: dict[str, Any] = {"email": member.email}
    # The page has two forms. The one that was sent is shown as it was sent.
    is_password = request.endpoint == "credentials.set_password"
    return render_template(
        "access/me.html",
        form=NameForm(formdata=None, **name) if is_password else NameForm.for_page(**name),
        password=OwnPasswordForm.for_page(**email) if is_password else OwnPasswordForm(formdata=None, **email),
        is_fresh=confirmation.is_fresh(),
        came_by_link=confirmation.came_by_link(),
        problem=problem,
        downloads=security_log.entries_about(member.id, Kind.DOWNLOADED),
        sign_in_links=security_log.entries_about(member.id, Kind.INVITED),
        personal_link=personal_address(member) if confirmation.shows_personal_link(member) else "",
    )


def personal_address(member: Member) -> str:
    """The address of a member's personal link."""
    return base_url() + url_for("access.personal", key=member.key)


@blueprint.put("/me")
@requires(Role.PARTICIPANT)
@limiter.limit(SELDOM)
@shows_again(mine_page)
def introduce() -> ResponseReturnValue:
    """Change the member's name and community."""
    form = NameForm()
    form.check()
    actions.introduce(visitor.member, name=form.name.data or "", community=form.community.data or "")
    flash_message(gettext("Saved."))
    return redirect(url_for("access.mine"), 303)


@blueprint.delete("/me/seat")
def sign_out() -> ResponseReturnValue:
    """Sign this browser out; the member stays in the event."""
    give_up_seat(visitor.event)
    flash_message(gettext("You are signed out on this phone. Your personal link brings you back."))
    return redirect(url_for("front.show", left=1), 303)


@blueprint.get("/me/<key>")
def personal(key: str) -> ResponseReturnValue:
    """The page behind a personal link: it asks before it signs in, so that a link preview does not."""
    return personal_page()


def personal_page(problem: Problem | None = None) -> str:
    """The page that asks whether the visitor is the owner of a personal link; after a refusal with why."""
    key = (request.view_args or {})["key"]
    return render_template("access/personal.html", owner=_owner(key), key=key, problem=problem)


@blueprint.post("/me/<key>")
@limiter.limit(JOINS, key_func=attempts.client, deduct_when=lambda response: response.status_code < 400)
@signs_in
@shows_again(personal_page)
def come_back(key: str) -> ResponseReturnValue:
    """Sign this browser in as the owner of the personal link."""
    owner = _owner(key)
    # The link proves nothing about a member with a password: anybody may read it on the screen of their phone.
    take_seat(owner, confirmed_at=None if owner.password_hash else now())
    security_log.note(owner.event_id, Kind.SIGNED_IN, by=owner.id, detail="personal")
    confirmation.say_what_is_left()
    return redirect(wanted_page(visitor.slug) or url_for(visitor.event_snapshot.start_page), 303)


def sign_in_page(problem: Problem | None = None) -> str:
    """The form for e-mail and password; after a refusal with the e-mail that was typed."""
    return render_template("access/sign_in.html", form=SignInForm.for_page(), problem=problem)


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The page on which organisers and facilitators sign in."""
    return sign_in_page()


def _check_password() -> Checked:
    """Check the e-mail and the password that were sent, before the transaction. Refuses with `WrongPassword`."""
    form = SignInForm()
    form.check()
    account = _account(form.email.data or "")
    with attempts.PASSWORDS.attempt(account):
        checked = _known_with_password(form.email.data or "", form.password.data or "")
    attempts.PASSWORDS.remember(account)
    return checked


@blueprint.post("/sign-in")
@shows_again(sign_in_page)
@signs_in
@prepared_by(_check_password)
def check_in(checked: Checked) -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    member = db.session.get_one(Member, checked.member_id)
    if member.left_at or member.password_hash != checked.password_hash:
        raise actions.WrongPassword
    take_seat(member, confirmed_at=now())
    security_log.note(member.event_id, Kind.SIGNED_IN, by=member.id, detail="password")
    return redirect(url_for(visitor.event_snapshot.start_page), 303)


def _known_with_password(email: str, password: str) -> Checked:
    member = actions.known_by_email(visitor.event, email)
    member_id, stored = (member.id, member.password_hash) if member else (None, None)
    if not matches(stored, password) or member_id is None or stored is None:
        security_log.write_apart(visitor.event_id, Kind.WRONG_PASSWORD, about=member_id)
        raise actions.WrongPassword
    return Checked(member_id, stored)


def _owner(key: str) -> Member:
    owner = db.session.scalar(
        select(Member).where(Member.event_id == visitor.event_id, Member.key == key, Member.left_at.is_(None))
    )
    if owner is None:
        raise NotFound(gettext("This personal link is no longer valid."))
    return owner
