"""For organisers: a sign-in link for somebody without their phone, and two people in the list who are one."""

from base64 import b64encode

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from openspace.access import actions as access
from openspace.access.confirmation import requires_confirmation
from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Member, Role
from openspace.access.security_log import Kind, note
from openspace.access.visitor import visitor
from openspace.board.models import Interest, Topic
from openspace.contacts.models import Card, Contact
from openspace.extensions import base_url, db
from openspace.people.merging import merge
from openspace.people.views import people_called, person_found, show_page
from openspace.text import one_line
from openspace.web import qr
from openspace.web.errors import Problem, shows_again
from openspace.web.http import flash_message

blueprint = event_blueprint("identity", __name__, is_personal=True)


@blueprint.post("/exports/people/<int:member_id>/link")
@requires(Role.ORGANISER)
@shows_again(lambda problem: show_page(_person(), problem))
def issue_link(member_id: int) -> ResponseReturnValue:
    """A one-time sign-in link and its QR code, to be shown to the person or sent to them."""
    person = _person()
    token = access.issue_sign_in_link(person, signs_out="signs_out" in request.form, by=visitor.member)
    note(person.event_id, Kind.INVITED, by=visitor.member.id, about=person.id)
    address = base_url() + url_for("links.invitation", token=token)
    # As data, so that the token is in no second address.
    picture = f"data:image/svg+xml;base64,{b64encode(qr.svg(address).encode()).decode()}"
    page = make_response(render_template("people/link.html", person=person, address=address, picture=picture))
    return _kept_nowhere(page)


@blueprint.get("/exports/people/<int:member_id>/double")
@requires(Role.ORGANISER)
@requires_confirmation
def double(member_id: int) -> ResponseReturnValue:
    """Who else this person is: a search, and with `?other=` what would go along."""
    return double_page()


def double_page(problem: Problem | None = None) -> str:
    """The search with people of the same name, or the two who are to be one; after a refusal with why."""
    person = _person()
    typed = one_line(request.args.get("q", person.name))[:100]
    other_id = request.values.get("other", type=int)
    other = person_found(other_id) if other_id else None
    found = [] if other else [each.member for each in people_called(typed) if each.member.id != person.id][:50]
    along = _along(other) if other else {}
    return render_template(
        "people/double.html", person=person, typed=typed, found=found, other=other, problem=problem, **along
    )


@blueprint.put("/exports/people/<int:member_id>/double")
@requires(Role.ORGANISER)
@requires_confirmation
@shows_again(double_page)
def join_double(member_id: int) -> ResponseReturnValue:
    """Make the two one; the `other` is erased."""
    person = _person()
    merge(person, person_found(request.form.get("other", 0, type=int)))
    note(person.event_id, Kind.MERGED, by=visitor.member.id, about=person.id)
    # Without names: what is said is kept for a while, with the answer.
    flash_message(gettext("The two are one person now."))
    return redirect(url_for("people.show", member_id=person.id), 303)


def _person() -> Member:
    return person_found((request.view_args or {})["member_id"])


def _along(other: Member) -> dict[str, int | bool]:
    """What of the other goes along."""

    def count(*conditions: object) -> int:
        return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]

    return {
        "topics": count(Topic.convener_id == other.id),
        "chairs": count(Interest.member_id == other.id),
        "contacts": count(Contact.member_id == other.id),
        "has_card": db.session.get(Card, other.id) is not None,
    }


def _kept_nowhere(page: Response) -> Response:
    page.headers["Cache-Control"] = "private, no-store"
    return page
