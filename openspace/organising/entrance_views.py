"""The organiser's settings of who comes in: entrance, codes, the projector's key, invitations, and roles."""

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access import actions as access, confirmation, links
from openspace.access.forms import RoleForm
from openspace.access.guards import find, requires
from openspace.access.models import Link, Member, Role
from openspace.access.security_log import Kind, note
from openspace.access.visitor import visitor
from openspace.extensions import SELDOM, base_url, limiter
from openspace.organising import event_actions
from openspace.organising.settings_views import blueprint, saved
from openspace.web.errors import NotFound


@blueprint.put("/settings/entrance")
@requires(Role.ORGANISER)
def open_entrance() -> ResponseReturnValue:
    """Open the entrance: newcomers can join."""
    event_actions.open_entrance(visitor.event, is_open=True)
    return saved([])


@blueprint.delete("/settings/entrance")
@requires(Role.ORGANISER)
def close_entrance() -> ResponseReturnValue:
    """Close the entrance: nobody can join; members stay."""
    event_actions.open_entrance(visitor.event, is_open=False)
    return saved([])


@blueprint.put("/settings/address")
@requires(Role.ORGANISER)
def put_address() -> ResponseReturnValue:
    """Let codes and links lead to the address of this request."""
    access.pin_address(visitor.event, request.host_url)
    return saved([])


@blueprint.put("/settings/join-code")
@requires(Role.ORGANISER)
@limiter.limit(SELDOM)
def renew_join_code() -> ResponseReturnValue:
    """Make a new join code; posters with the old one no longer work."""
    event_actions.renew_join_code(visitor.event)
    return saved([])


@blueprint.put("/settings/projector-key")
@requires(Role.ORGANISER)
@limiter.limit(SELDOM)
def renew_projector_key() -> ResponseReturnValue:
    """Make a new projector link; screens with the old one stop."""
    event_actions.renew_projector_key(visitor.event)
    return saved([])


@blueprint.put("/settings/feed-key")
@requires(Role.ORGANISER)
@limiter.limit(SELDOM)
def renew_feed_key() -> ResponseReturnValue:
    """Make a new address for conference apps and calendars; the old one leads nowhere."""
    event_actions.renew_feed_key(visitor.event)
    return saved([])


@blueprint.post("/settings/invitations")
@requires(Role.ORGANISER)
@limiter.limit(SELDOM)
def invite() -> ResponseReturnValue:
    """Make a one-time link for a new facilitator or organiser; the page shows it, to be sent by hand."""
    form = RoleForm()
    form.check()
    role = Role(form.role.data)
    if role == Role.ORGANISER:
        confirmation.ask()
    token = access.issue_link(event=visitor.event, role=role, by=visitor.member)
    note(visitor.event_id, Kind.INVITED, by=visitor.member.id, detail=role)
    address = base_url() + url_for("links.invitation", token=token)
    page = make_response(render_template("organising/invitation.html", address=address, role=role))
    page.cache_control.no_store = True
    return page


@blueprint.delete("/settings/invitations/<int:link_id>")
@requires(Role.ORGANISER)
def take_invitation_back(link_id: int) -> ResponseReturnValue:
    """End a one-time link that has not been used."""
    links.take_back(find(Link, link_id))
    return saved([])


@blueprint.put("/settings/members/<int:member_id>")
@requires(Role.ORGANISER)
def put_member(member_id: int) -> ResponseReturnValue:
    """Change somebody's role."""
    form = RoleForm()
    form.check()
    role = Role(form.role.data)
    if role == Role.ORGANISER:
        confirmation.ask()
    member = find(Member, member_id)
    if member.left_at:
        raise NotFound
    before = member.role
    access.give_role(member, role)
    if member.role != before:
        note(member.event_id, Kind.ROLE, by=visitor.member.id, about=member.id, detail=f"{before} {member.role}")
    return saved([])
