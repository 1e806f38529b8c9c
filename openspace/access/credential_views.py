"""Views of the personal link, the password, and the confirmation of who the visitor is."""

from typing import NamedTuple

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access import actions, attempts, confirmation, links, seats, security_log
from openspace.access.browser_seats import seat_token, take_seat
from openspace.access.forms import ConfirmationForm, OwnPasswordForm
from openspace.access.guards import event_blueprint, requires, signs_in
from openspace.access.models import Member, Role
from openspace.access.passwords import hash_password, matches
from openspace.access.security_log import Kind
from openspace.access.views import mine_page, personal_address
from openspace.access.visitor import visitor
from openspace.access.wanted import wanted_page
from openspace.clock import now
from openspace.extensions import SELDOM, limiter
from openspace.web import qr
from openspace.web.errors import Invalid, Problem, Stale, shows_again
from openspace.web.http import flash_message
from openspace.web.preparing import prepared_by


class WrongPresentPassword(Invalid):
    words = _l("The present password is not right.")


class NewPassword(NamedTuple):
    """A new e-mail and password hash; without a hash the password is removed. `old_hash` is that of the present one."""

    old_hash: str | None
    email: str
    password_hash: str | None


blueprint = event_blueprint("credentials", __name__, is_personal=True, of_offices=True)


@blueprint.get("/me/qr.svg")
@requires(Role.PARTICIPANT)
def personal_code() -> Response:
    """My personal link as a QR code. Refuses with `NotConfirmed` without a fresh confirmation, if I have a password."""
    if not confirmation.shows_personal_link(visitor.member):
        raise confirmation.NotConfirmed
    return qr.answer(personal_address(visitor.member))


@blueprint.put("/me/key")
@requires(Role.PARTICIPANT)
@limiter.limit(SELDOM)
@signs_in
def renew_key() -> ResponseReturnValue:
    """Make a new personal link, end the password, and sign out every other browser of the member."""
    member = visitor.member
    had_password = member.password_hash is not None
    if had_password:
        confirmation.ask()
    confirmed_at = now() if confirmation.is_fresh() else None
    actions.renew_key(member)
    take_seat(member, confirmed_at=confirmed_at)
    security_log.note(member.event_id, Kind.CREDENTIALS, by=member.id, detail="link")
    if had_password:
        flash_message(
            gettext(
                "Here is your new link. Other phones have been signed out, and the old password is no longer valid."
            )
        )
    else:
        flash_message(gettext("Here is your new link. Other phones have been signed out."))
    return redirect(url_for("access.mine"), 303)


def _new_password() -> NewPassword:
    """Check the right to change the password, and hash the new one, before the transaction."""
    member, form = visitor.member, OwnPasswordForm()
    is_removal = "remove" in request.form or not (form.email.data or form.password.data)
    if not is_removal:
        form.check()
    old_hash = member.password_hash
    _check_right_to_change(member, form.current.data or "")
    return NewPassword(old_hash, form.email.data or "", None if is_removal else hash_password(form.password.data or ""))


@blueprint.put("/me/password")
@requires(Role.FACILITATOR)
@limiter.limit(SELDOM)
@shows_again(mine_page)
@prepared_by(_new_password)
def set_password(new: NewPassword) -> ResponseReturnValue:
    """Set the e-mail and password with which the member signs in; with both left empty, remove them."""
    member = visitor.member
    if member.password_hash != new.old_hash:
        raise Stale
    if new.password_hash is None:
        actions.remove_password(member)
        words = gettext("Your password has been removed. Your personal link lets you in.")
    else:
        actions.set_password(member, email=new.email, password_hash=new.password_hash)
        words = gettext("Saved. Other phones have been signed out.")
    links.end_signing_in(member)
    seats.end_all(member, but=seat_token(member.event_id))
    confirmation.confirm()
    security_log.note(member.event_id, Kind.CREDENTIALS, by=member.id, detail="password")
    flash_message(words)
    return redirect(url_for("access.mine"), 303)


def confirmation_page(problem: Problem | None = None) -> str:
    """The page that asks for the password or, of somebody without one, for the personal link."""
    form = ConfirmationForm.for_page()
    return render_template("access/confirmation.html", form=form, problem=problem)


@blueprint.get("/me/confirmation")
@requires(Role.PARTICIPANT)
def show_confirmation() -> ResponseReturnValue:
    """Ask who the visitor is, before something that a stranger with an unlocked phone must not do."""
    return confirmation_page()


def _confirm_password() -> str | None:
    """Check the password that was sent, before the transaction; returns the hash that it matches."""
    member, form = visitor.member, ConfirmationForm()
    form.check()
    stored = member.password_hash
    _check_password(member, form.password.data or "")
    return stored


@blueprint.put("/me/confirmation")
@requires(Role.PARTICIPANT)
@shows_again(confirmation_page)
@prepared_by(_confirm_password)
def put_confirmation(checked_hash: str | None) -> ResponseReturnValue:
    """Prove by the password who the visitor is, and go on to the page that they wanted."""
    if visitor.member.password_hash != checked_hash:
        raise Stale
    confirmation.confirm()
    confirmation.say_what_is_left()
    return redirect(wanted_page(visitor.slug) or url_for("access.mine"), 303)


def _check_right_to_change(member: Member, password: str) -> None:
    """Check the present password, unless a one-time link stands in for it; without a password ask for a fresh proof."""
    if member.password_hash is None:
        confirmation.ask()
    elif not confirmation.came_by_link():
        _check_password(member, password)


def _check_password(member: Member, password: str) -> None:
    """Refuse with `WrongPresentPassword` a password that is not the member's; repeated failures have to wait."""
    with attempts.PASSWORDS.attempt(f"member {member.id}"):
        _check_once(member, password)


def _check_once(member: Member, password: str) -> None:
    """Check the password without counting failures; the security log notes a wrong one."""
    member_id = member.id
    if not matches(member.password_hash, password):
        security_log.write_apart(visitor.event_id, Kind.WRONG_PASSWORD, about=member_id)
        raise WrongPresentPassword
