"""The list of sessions as files, with the choice of the page `/exports/` in their query."""

from flask import request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.security_log import downloads
from openspace.access.visitor import visitor
from openspace.exports import session_papers, session_tables
from openspace.exports.forms import ChoiceForm
from openspace.exports.sessions import SessionList, read_sessions
from openspace.exports.views import choice_page
from openspace.extensions import SELDOM, limiter
from openspace.web.errors import shows_again
from openspace.web.http import attachment
from openspace.web.spreadsheets import KINDS, download

blueprint = event_blueprint("sessions", __name__, is_personal=True)


@blueprint.get(f"/exports/sessions.{KINDS}")
@requires(Role.ORGANISER)
@shows_again(choice_page)
@downloads("sessions")
def table(kind: str) -> ResponseReturnValue:
    """The list for spreadsheets: a line for each time at which a topic hangs, and one for each on the market."""
    return download(session_tables.table(_asked()), kind)


@blueprint.get("/exports/sessions.json")
@requires(Role.ORGANISER)
@shows_again(choice_page)
@downloads("sessions.json")
def document() -> ResponseReturnValue:
    """The list for other programs (`session_tables.document`)."""
    listed = _asked()
    return attachment(session_tables.document(listed), f"{listed.name}.json", "application/json")


@blueprint.get("/exports/sessions.pdf")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
@shows_again(choice_page)
@downloads("sessions.pdf")
def paper() -> ResponseReturnValue:
    """The list to be printed; with `?as=matrix` a page for each day with its times and spaces."""
    listed = _asked()
    # Read before it is typeset, which ends the transaction.
    name = f"{listed.name}.pdf"
    made = session_papers.as_matrix(listed) if request.args.get("as") == "matrix" else session_papers.as_list(listed)
    return attachment(made, name, "application/pdf")


def _asked() -> SessionList:
    """The sessions that the query asks for. Refuses with `Invalid` a day, place or column that is not there."""
    form = ChoiceForm(visitor.event)
    # A separator of CSV that nobody knows is the usual one, and the format stands in the path.
    del form.format, form.separator
    form.check()
    return read_sessions(visitor.event, form.choice)
