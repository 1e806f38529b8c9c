"""Calendars: the event's, a space's, and that of one's own day, to which phones subscribe."""

from urllib.parse import urlsplit

from flask import Response, after_this_request, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.appointments import cancelled_in, place_in_words
from openspace.board.calendars import calendar
from openspace.board.models import Interest, Placement, Topic, convened_by, placements_where
from openspace.events.models import Space
from openspace.exports import actions
from openspace.exports.forms import AlarmForm
from openspace.exports.models import calendar_of, calendar_under
from openspace.exports.readers import at_one_revision, check_reader
from openspace.extensions import SELDOM, base_url, limiter
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, no_store, see_other

blueprint = event_blueprint("calendars", __name__)


@blueprint.get("/exports/calendar.ics")
def whole() -> ResponseReturnValue:
    """The calendar of all sessions of the event, for whoever may read the programme (`check_reader`)."""
    check_reader()
    # Facilitators may bring back what was withdrawn, so they see that it is cancelled. To others it is not there.
    seen = true() if visitor.is_facilitator else _is_up()
    return _answer(visitor.slug, visitor.event.name, true(), seen)


@blueprint.get("/spaces/<int:space_id>/calendar.ics")
def of_space(space_id: int) -> ResponseReturnValue:
    """The calendar of one space, for whoever may read the programme (`check_reader`).

    What was taken off hangs nowhere, so it is not in it.
    """
    check_reader()
    space = find(Space, space_id)
    name = f"{place_in_words(space)} · {visitor.event.name}"
    return _answer(f"{visitor.slug}-{space.number}", name, Placement.space_id == space.id, false())


@blueprint.get("/me/calendar")
@requires(Role.PARTICIPANT)
def mine() -> ResponseReturnValue:
    """The page on which the calendar of one's day is given an address, reminds, and is switched off."""
    return _page()


def _page(problem: Problem | None = None) -> str:
    after_this_request(no_store)
    found = calendar_of(visitor.member)
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
    """Give the calendar of one's day an address, unless it has one."""
    actions.make_calendar(by=visitor.member)
    return see_other(url_for("calendars.mine"))


@blueprint.put("/me/calendar/address")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(_page)
def renew() -> ResponseReturnValue:
    """Give the calendar of one's day a new address; the old one leads nowhere."""
    actions.renew_calendar(by=visitor.member)
    flash_message(gettext("Your calendar has a new address."))
    return see_other(url_for("calendars.mine"))


@blueprint.put("/me/calendar")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(_page)
def set_alarm() -> ResponseReturnValue:
    """Choose when the calendar reminds. Refuses with `NotFound` whoever has none."""
    form = AlarmForm()
    form.check()
    if not actions.set_alarm(form.minutes, by=visitor.member):
        raise NotFound(_l("Your calendar is switched off. Make one first."))
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
    if found is None:
        raise NotFound
    own = convened_by(found.member_id)
    chosen = or_(own, Topic.id.in_(select(Interest.topic_id).where(Interest.member_id == found.member_id)))
    name = f"{gettext('My day')} · {visitor.event.name}"
    return _answer("my-day", name, chosen, and_(chosen, or_(own, _is_up())), alarm=found.alarm)


def _is_up() -> ColumnElement[bool]:
    """The condition for topics that everybody may see: neither withdrawn nor part of a joint topic that is."""
    joint = aliased(Topic)
    return and_(
        Topic.withdrawn_at.is_(None), ~exists().where(joint.id == Topic.joint_id, joint.withdrawn_at.is_not(None))
    )


def _answer(
    file: str, name: str, placed: ColumnElement[bool], gone: ColumnElement[bool], *, alarm: int | None = None
) -> Response:
    """The calendar of the placements and of the cancelled ones of the event that match; 304 to a client that has it."""
    event = visitor.event
    of_event = Topic.event_id == event.id
    found = at_one_revision(lambda: (placements_where(of_event, placed), cancelled_in(of_event, gone)))
    response = Response(calendar(event, *found, name=name, alarm=alarm), mimetype="text/calendar")
    # Not as an attachment: a phone that is led here shall offer to subscribe.
    response.headers["Content-Disposition"] = f'inline; filename="{file}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
