"""Calendars: the event's, a space's, and that of one's own day, to which phones subscribe."""

from urllib.parse import urlsplit

from flask import Response, after_this_request, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.appointments import Cancelled, cancelled_in
from openspace.board.calendars import calendar
from openspace.board.models import Interest, Placement, Topic, convened_by, placements_where
from openspace.events.models import Space
from openspace.exports import actions
from openspace.exports.forms import AlarmForm
from openspace.exports.models import MyCalendar, calendar_under
from openspace.exports.readers import check_reader
from openspace.extensions import SELDOM, base_url, db, limiter
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, no_store, see_other

blueprint = event_blueprint("calendars", __name__)


@blueprint.get("/exports/calendar.ics")
def whole() -> ResponseReturnValue:
    """The calendar of all sessions of the event, for whoever may read the programme (`check_reader`)."""
    check_reader()
    return _answer(visitor.slug, Topic.event_id == visitor.event_id)


@blueprint.get("/spaces/<int:space_id>/calendar.ics")
def of_space(space_id: int) -> ResponseReturnValue:
    """The calendar of one space, for whoever may read the programme (`check_reader`)."""
    check_reader()
    space = find(Space, space_id)
    # What was taken off hangs nowhere, so a space's calendar can only leave it out.
    body = calendar(visitor.event, placements_where(Placement.space_id == space.id))
    return _as_file(f"{visitor.slug}-{space.number}", body)


@blueprint.get("/me/calendar")
@requires(Role.PARTICIPANT)
def mine() -> ResponseReturnValue:
    """The page on which the calendar of one's day is given an address, reminds, and is switched off."""
    return _page()


def _page(problem: Problem | None = None) -> str:
    after_this_request(no_store)
    found = db.session.get(MyCalendar, visitor.member.id)
    address = base_url() + url_for("calendars.my_day", key=found.key) if found else ""
    return render_template(
        "exports/calendar.html",
        problem=problem,
        address=address,
        # The scheme by which phones offer to subscribe rather than to download.
        webcal=f"webcal:{urlsplit(address)._replace(scheme='').geturl()}",
        form=AlarmForm.for_page(alarm=str(found.alarm or "") if found else ""),
    )


@blueprint.post("/me/calendar")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(_page)
def make() -> ResponseReturnValue:
    """Give the calendar of one's day an address, or another one."""
    actions.make_calendar(by=visitor.member)
    return see_other(url_for("calendars.mine"))


@blueprint.put("/me/calendar")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(_page)
def set_alarm() -> ResponseReturnValue:
    """Choose when the calendar reminds. Refuses with `NotFound` whoever has none."""
    form = AlarmForm()
    form.check()
    found = db.session.get(MyCalendar, visitor.member.id)
    if found is None:
        raise NotFound(_l("Your calendar is switched off. Make one first."))
    actions.set_alarm(found, form.minutes)
    flash_message(gettext("Saved. Calendars notice it when they next look."))
    return see_other(url_for("calendars.mine"))


@blueprint.delete("/me/calendar")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(_page)
def end() -> ResponseReturnValue:
    """Switch the calendar off: its address leads nowhere."""
    actions.end_calendar(by=visitor.member)
    flash_message(gettext("Your calendar is switched off."))
    return see_other(url_for("calendars.mine"))


@blueprint.get("/exports/days/<key>.ics")
def my_day(key: str) -> ResponseReturnValue:
    """The calendar of somebody's day, for whoever has its address. Refuses with `NotFound` one that was replaced."""
    found = calendar_under(visitor.event_id, key)
    if found is None or found.member.left_at:
        raise NotFound
    marked = select(Interest.topic_id).where(Interest.member_id == found.member_id)
    return _answer("my-day", or_(convened_by(found.member_id), Topic.id.in_(marked)), alarm=found.alarm)


def _answer(name: str, of: ColumnElement[bool], *, alarm: int | None = None) -> Response:
    event = visitor.event
    placed: list[Placement] = placements_where(Topic.event_id == event.id, of)
    gone: list[Cancelled] = cancelled_in(Topic.event_id == event.id, of)
    return _as_file(name, calendar(event, placed, gone, alarm=alarm))


def _as_file(name: str, body: bytes) -> Response:
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response.add_etag()
    response.make_conditional(request)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
