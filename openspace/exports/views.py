"""For organisers: the page on which they choose a list of sessions, and see what leaves the app and who took it."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.security_log import Kind, entries
from openspace.access.security_views import lines_of
from openspace.access.visitor import visitor
from openspace.exports import leaving
from openspace.exports.forms import ChoiceForm
from openspace.exports.session_tables import columns_of, preview
from openspace.exports.sessions import has_topics, read_sessions
from openspace.extensions import base_url
from openspace.web.errors import Invalid, Problem

blueprint = event_blueprint("exports", __name__, is_personal=True)
# Rows of the preview, and entries of the security log.
PREVIEWED, LOGGED = 12, 20


@blueprint.get("/exports/")
@requires(Role.ORGANISER)
def show() -> ResponseReturnValue:
    """The page of exports; with `part` in the query only the preview, for its script.

    What was chosen and is not there is answered with 422, and the page shows the rest of the choice.
    """
    form = ChoiceForm(visitor.event)
    problem = None if form.validate() else Invalid()
    return choice_page(problem, form), problem.status if problem else 200


def choice_page(problem: Problem | None = None, form: ChoiceForm | None = None) -> str:
    """The page with the choice that the query tells, also that of a file; after a refusal with its reason."""
    if form is None:
        form = ChoiceForm(visitor.event)
        form.validate()
    listed = read_sessions(visitor.event, form.choice)
    sessions = {
        "form": form,
        "address": base_url() + url_for("exports.show", **form.query()),
        "listed": listed,
        "columns": columns_of(listed),
        "rows": preview(listed, PREVIEWED),
    }
    if "part" in request.args:
        return render_template("exports/_preview.html", **sessions)
    return render_template(
        "exports/show.html",
        **sessions,
        problem=problem,
        has_topics=bool(listed.sessions) or has_topics(visitor.event),
        readers=[(leaving.in_words(readers), found) for readers, found in leaving.by_readers().items()],
        lines=lines_of(entries(visitor.event_id, LOGGED, Kind.DOWNLOADED)),
    )
