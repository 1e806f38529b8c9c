"""For organisers: sign-in links for members who lost their phone, and merging two members who are one person."""

from base64 import b64encode

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from openspace.access import actions as access
from openspace.access.confirmation import requires_confirmation
from openspace.access.guards import event_blueprint, requires
from openspace.access.merging import merge
from openspace.access.models import Member, Role
from openspace.access.security_log import Kind, note
from openspace.access.visitor import visitor
from openspace.board.models import Interest, Topic
from openspace.contacts.models import Card, Contact
from openspace.extensions import base_url, db
from openspace.people.views import get_person, search_people, show_page
from openspace.text import one_line
from openspace.web import qr
from openspace.web.errors import Problem, shows_again
from openspace.web.http import flash_message, no_store

blueprint = event_blueprint("identity", __name__, is_personal=True)


@blueprint.post("/exports/people/<int:member_id>/link")
@requires(Role.ORGANISER)
@shows_again(lambda problem: show_page(_person(), problem))
def issue_link(member_id: int) -> ResponseReturnValue:
    """Make a one-time sign-in link for a member, and show it with its QR code."""
    person = _person()
    token = access.issue_sign_in_link(person, signs_out="signs_out" in request.form, by=visitor.member)
    note(person.event_id, Kind.INVITED, by=visitor.member.id, about=person.id)
    address = base_url() + url_for("links.invitation", token=token)
    # Embedded as data: a picture with an address of its own would put the token into one more request.
    picture = f"data:image/svg+xml;base64,{b64encode(qr.svg(address).encode()).decode()}"
    page = make_response(render_template("people/link.html", person=person, address=address, picture=picture))
    return no_store(page)


@blueprint.get("/exports/people/<int:member_id>/double")
@requires(Role.ORGANISER)
@requires_confirmation
def double(member_id: int) -> ResponseReturnValue:
    """The page to find another member who is this person; with `?other=` what would be merged."""
    return duplicate_page()


def duplicate_page(problem: Problem | None = None) -> str:
    """Render the search for another member, or the two to be merged; after a refusal with `problem`."""
    person = _person()
    typed = one_line(request.args.get("q", person.name))[:100]
    other_id = request.values.get("other", type=int)
    other = get_person(other_id) if other_id else None
    found = [] if other else [each.member for each in search_people(typed) if each.member.id != person.id][:50]
    counts = _counts(other) if other else {}
    return render_template(
        "people/double.html", person=person, typed=typed, found=found, other=other, problem=problem, **counts
    )


@blueprint.put("/exports/people/<int:member_id>/double")
@requires(Role.ORGANISER)
@requires_confirmation
@shows_again(duplicate_page)
def join_double(member_id: int) -> ResponseReturnValue:
    """Merge the member `other` into this one and delete `other`."""
    person = _person()
    merge(person, get_person(request.form.get("other", 0, type=int)))
    note(person.event_id, Kind.MERGED, by=visitor.member.id, about=person.id)
    # Without names: the answer to a write is kept for a while.
    flash_message(gettext("The two are one person now."))
    return redirect(url_for("people.show", member_id=person.id), 303)


def _person() -> Member:
    return get_person((request.view_args or {})["member_id"])


def _counts(other: Member) -> dict[str, int | bool]:
    """How much of the other member's would be merged."""

    def count(*conditions: object) -> int:
        return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]

    return {
        "topics": count(Topic.convener_id == other.id),
        "chairs": count(Interest.member_id == other.id),
        "contacts": count(Contact.member_id == other.id),
        "has_card": db.session.get(Card, other.id) is not None,
    }
