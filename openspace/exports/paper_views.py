"""What is printed, as PDF: posters and door signs, and the sheet for a power cut."""

from datetime import date

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.views import day_asked
from openspace.exports import posters, powercut
from openspace.exports.models import latest_sheet
from openspace.exports.typesetting import NotTypeset
from openspace.extensions import SELDOM, base_url, limiter
from openspace.web.errors import NotFound

blueprint = event_blueprint("papers", __name__)


@blueprint.get("/exports/posters.pdf")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def join_and_doors() -> ResponseReturnValue:
    """The poster to join, a sign for each space, and for each door the plan of today or of `?day=2026-06-04`."""
    return _answer(posters.posters(visitor.event, day_asked(visitor.event_snapshot)), "posters")


@blueprint.get("/exports/powercut.pdf")
@limiter.limit(SELDOM)
@requires(Role.FACILITATOR)
def power_cut() -> ResponseReturnValue:
    """The whole board of today on paper, from the kept sheet, also while a newer one is being made.

    With `?day=2026-06-05` that of another day; with `?state=yesterday` the last sheet of an earlier day.
    """
    event, day = visitor.event, day_asked(visitor.event_snapshot)
    if request.args.get("state") == "yesterday":
        sheet = latest_sheet(event.id, before=event.today())
        if sheet is None:
            raise NotFound(_l("No sheet was kept before today."))
        return _answer(sheet.content, f"powercut-{sheet.made_on}")
    sheet = latest_sheet(event.id)
    if sheet and (sheet.made_on, sheet.day) == (event.today(), day):
        return _answer(sheet.content, f"powercut-{day}")
    return _answer(_made(day), f"powercut-{day}")


def _made(day: date) -> bytes:
    """A sheet that is made now; if that fails, the kept one of this day, whenever it was made."""
    event_id = visitor.event_id
    try:
        return powercut.made(visitor.event, day, base_url())[1]
    except NotTypeset:
        sheet = latest_sheet(event_id)
        if sheet is None or sheet.day != day:
            raise
        return sheet.content


def _answer(content: bytes, name: str) -> Response:
    """The file, to be opened in the browser, from which it is printed."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{visitor.slug}-{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
