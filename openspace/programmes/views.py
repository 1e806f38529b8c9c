"""A programme's first page: for organisers how the call stands and who leads; for everybody else the call."""

from collections.abc import Callable

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access import actions as access, confirmation, links
from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Link, Member, Role
from openspace.access.security_log import Kind, note
from openspace.access.visitor import visitor
from openspace.collation import collated
from openspace.extensions import SELDOM, base_url, db, limiter
from openspace.programmes.models import call_of
from openspace.programmes.rules import missing
from openspace.programmes.words import PARTS
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import NAMES

# Functions by which features add a part to the overview: each is given the office's id, and returns HTML.
overview_parts: list[Callable[[int], str]] = []

blueprint = event_blueprint("programmes", __name__, is_personal=True, of_events=False, of_offices=True)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """The organisers' overview; others are led to the call."""
    if not visitor.is_organiser:
        return see_other(url_for("calls.show"))
    return overview()


def overview() -> str:
    """How the call stands, what is missing in which language, and who leads the programme."""
    call = call_of(visitor.event_id)
    team = db.session.scalars(select(Member).where(Member.event_id == visitor.event_id, Member.left_at.is_(None)))
    return render_template(
        "programmes/overview.html",
        call=call,
        team=sorted(team, key=lambda member: (collated(member.name), member.id)),
        open_links=links.open_links(visitor.event),
        missing={code: missing(call.texts.get(code, {})) for code in visitor.event.languages},
        parts=PARTS,
        parts_of_others=[draw(visitor.event_id) for draw in overview_parts],
        names=NAMES,
        address=base_url() + url_for("calls.show"),
    )


@blueprint.post("/invitations")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def invite() -> ResponseReturnValue:
    """Make a one-time link for another organiser; the page shows it, to be sent by hand."""
    confirmation.ask()
    token = access.issue_link(event=visitor.event, role=Role.ORGANISER, by=visitor.member)
    note(visitor.event_id, Kind.INVITED, by=visitor.member.id, detail=Role.ORGANISER)
    address = base_url() + url_for("links.invitation", token=token)
    page = make_response(render_template("programmes/invitation.html", address=address))
    page.cache_control.no_store = True
    return page


@blueprint.delete("/invitations/<int:link_id>")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def take_invitation_back(link_id: int) -> ResponseReturnValue:
    """End a one-time link that has not been used."""
    links.take_back(find(Link, link_id))
    flash_message(gettext("Saved."))
    return see_other(url_for("programmes.show"))
