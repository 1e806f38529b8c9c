"""What organisers read: the list of applications, and each of them, which is written down; and more time for one."""

from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.applications import actions
from openspace.applications.forms import TimeForm
from openspace.applications.models import Application, Reading, applications_of
from openspace.applications.rules import State, missing
from openspace.applications.words import FIELDS, STATES
from openspace.extensions import SELDOM, db, limiter
from openspace.programmes.models import call_of
from openspace.programmes.views import overview_parts
from openspace.store import transactions
from openspace.web.errors import Problem, shows_again
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import language

blueprint = event_blueprint("applications", __name__, is_personal=True, of_events=False, of_offices=True)


def _overview_part(event_id: int) -> str:
    """How many applications were begun, and how many handed in."""
    states = [state for (state,) in db.session.query(Application.state).filter_by(event_id=event_id)]
    handed_in = states.count(State.HANDED_IN)
    return render_template("applications/_part.html", begun=len(states), handed_in=handed_in)


overview_parts.append(_overview_part)


@blueprint.get("/applications")
@requires(Role.ORGANISER)
def index() -> ResponseReturnValue:
    """All applications, those that were handed in first, with what is missing in the others."""
    call = call_of(visitor.event_id)
    needed = [question["name"] for question in call.questions if question["needed"]]
    found = [(each, each.texts, len(missing(each.texts, needed))) for each in applications_of(visitor.event_id)]
    return render_template("applications/index.html", call=call, found=found, states=STATES)


def read_page(problem: Problem | None = None) -> str:
    """One application with all that is written; after a refusal with what was typed."""
    application = _found()
    call = application.call
    zone = ZoneInfo(call.office.zone)
    until = application.late_until.astimezone(zone).replace(tzinfo=None) if application.late_until else None
    readings = db.session.query(Reading).filter_by(application_id=application.id).order_by(Reading.first_at)
    return render_template(
        "applications/read.html",
        application=application,
        call=call,
        texts=application.texts,
        asked={each["name"]: call.words(each, language()) for each in call.questions},
        names=FIELDS,
        states=STATES,
        readings=readings.all(),
        form=TimeForm.for_page(until=until),
        problem=problem,
    )


def _found() -> Application:
    return find(Application, (request.view_args or {})["application_id"])


@blueprint.get("/applications/<int:application_id>")
@requires(Role.ORGANISER)
def show(application_id: int) -> ResponseReturnValue:
    """One application. That it was read is written down before it is shown."""
    find(Application, application_id)
    transactions.let_go()
    with transactions.writing():
        actions.note_reading(find(Application, application_id), by=visitor.member)
    return read_page()


@blueprint.put("/applications/<int:application_id>/time")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
@shows_again(read_page)
def grant(application_id: int) -> ResponseReturnValue:
    """Let one application be changed for longer than the others."""
    form = TimeForm()
    form.check()
    application = _found()
    zone = ZoneInfo(application.call.office.zone)
    until = form.until.data.replace(tzinfo=zone) if form.until.data else None
    actions.grant(application, until, by=visitor.member)
    flash_message(gettext("Saved."))
    return see_other(url_for("applications.show", application_id=application_id))
