"""The views of a member's notices: the piece of a page that shows them, and marking them as read."""

from datetime import datetime

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access import notices
from openspace.access.guards import event_blueprint, render_from_snapshots, requires
from openspace.access.models import Member, Role
from openspace.access.notices import Notice
from openspace.access.snapshots import MemberSnapshot
from openspace.access.visitor import visitor
from openspace.extensions import limiter
from openspace.live import log
from openspace.web.errors import Invalid
from openspace.web.http import url_in_header

blueprint: Blueprint = event_blueprint("notices", __name__, of_offices=True)


@blueprint.get("/me/notices")
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """The piece of a page with the member's waiting notices."""
    return _piece(visitor.member_snapshot)


@blueprint.delete("/me/notices")
@limiter.limit("120 per minute")
@requires(Role.PARTICIPANT)
def read() -> ResponseReturnValue:
    """Mark as read what the page had `shown`. A script gets the piece as it is now, a form the page it was on."""
    try:
        shown = datetime.fromisoformat(request.form.get("shown", ""))
    except ValueError:
        raise Invalid from None
    if shown.tzinfo is None:
        raise Invalid
    notices.read(visitor.member, shown=shown)
    if "X-Piece" in request.headers:
        return _piece(visitor.member)
    came_from = url_in_header("Referer")
    home = url_for("board.show")
    is_ours = came_from.netloc == request.host and came_from.path.startswith(home)
    return redirect(f"{came_from.path}?{came_from.query}".rstrip("?") if is_ours else home, 303)


def _piece(member: Member | MemberSnapshot | None) -> Response:
    response = Response(render_from_snapshots("access/_notices.html", member=member))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def waiting(member: Member | MemberSnapshot | None) -> list[Notice]:
    """The notices that wait for the member. The database is asked only if there are any, and never on an error page."""
    if member is None or member.notices_at is None or g.get("is_error_page"):
        return []
    return notices.waiting(member.id, visitor.event_snapshot)


def init_app(app: Flask) -> None:
    """Let templates show the notices of the member."""
    app.jinja_env.globals["notices_for"] = waiting
    app.jinja_env.globals["notices_revision"] = lambda: log.revision(visitor.event_id, notices.NOTICES)
