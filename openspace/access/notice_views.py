"""The views of a member's notices: what waits, and saying that one has understood."""

from datetime import datetime

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access import notices
from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Member, Role
from openspace.access.notices import Notice
from openspace.access.snapshots import MemberSnapshot
from openspace.access.visitor import visitor
from openspace.extensions import db, limiter
from openspace.live import log
from openspace.web.errors import Invalid
from openspace.web.http import url_in_header

blueprint: Blueprint = event_blueprint("notices", __name__)


@blueprint.get("/me/notices")
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """What waits to be told to me, as the piece of a page that shows it."""
    return _piece()


@blueprint.delete("/me/notices")
@limiter.limit("120 per minute")
@requires(Role.PARTICIPANT)
def read() -> ResponseReturnValue:
    """I have understood what was `shown`; answers a script with what waits now, a form with the page it stood on."""
    try:
        shown = datetime.fromisoformat(request.form.get("shown", ""))
    except ValueError:
        raise Invalid from None
    if shown.tzinfo is None:
        raise Invalid
    notices.read(visitor.member, shown=shown)
    if "X-Piece" in request.headers:
        return _piece()
    came_from = url_in_header("Referer")
    home = url_for("board.show")
    is_ours = came_from.netloc == request.host and came_from.path.startswith(home)
    return redirect(f"{came_from.path}?{came_from.query}".rstrip("?") if is_ours else home, 303)


def _piece() -> Response:
    db.session.flush()
    response = Response(render_template("access/_notices.html"))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def waiting(member: Member | MemberSnapshot | None) -> list[Notice]:
    """What waits for the member; asks the database only when something does."""
    # An error page asks the database for nothing.
    if member is None or member.notices_at is None or g.get("is_error_page"):
        return []
    return notices.waiting(db.session.get_one(Member, member.id))


def init_app(app: Flask) -> None:
    """Let every page show its member's notices."""
    app.jinja_env.globals["notices_for"] = waiting
    app.jinja_env.globals["notices_revision"] = lambda: log.revision(visitor.event_id, notices.NOTICES)
