"""The views of who is in a session: one tap at its door, and what the page of its place shows of that."""

from flask import jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.board.models import Placement, placements_where
from openspace.board.views import doors
from openspace.clock import now
from openspace.events.models import Space
from openspace.extensions import limiter
from openspace.notes import attendance_actions as actions
from openspace.notes.forms import AttendanceForm, NameForm
from openspace.notes.models import attendance_of, people_in
from openspace.notes.views import notes_page
from openspace.web.errors import shows_again, wants_json
from openspace.web.http import see_other

blueprint = event_blueprint("attendance", __name__, is_personal=True)
OFTEN = "60 per minute"


@blueprint.put("/topics/<int:number>/attendance")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def come(number: int) -> ResponseReturnValue:
    """Say that one is in the session, or was there, and whether one may be named."""
    form = AttendanceForm()
    form.check()
    actions.come(shown_topic(), is_named=form.names, by=visitor.member)
    return _back(form)


@blueprint.put("/topics/<int:number>/attendance/end")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def go_on(number: int) -> ResponseReturnValue:
    """Say that one goes on, by the law of two feet."""
    form = AttendanceForm()
    form.check()
    shown_topic()
    actions.go_on(visitor.member)
    return _back(form)


@blueprint.delete("/topics/<int:number>/attendance")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def leave(number: int) -> ResponseReturnValue:
    """Take back that one was there."""
    actions.leave(shown_topic(), by=visitor.member)
    return _back(AttendanceForm())


@blueprint.post("/topics/<int:number>/attendance/names")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(notes_page)
def add(number: int) -> ResponseReturnValue:
    """Write down that somebody without a phone was there."""
    form = NameForm()
    form.check()
    actions.add(shown_topic(), name=form.name.data or "", by=visitor.member)
    return _back(AttendanceForm())


@blueprint.delete("/topics/<int:number>/attendance/names/<int:name_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def remove(number: int, name_id: int) -> ResponseReturnValue:
    """Take somebody off who was written down."""
    actions.remove(shown_topic(), name_id)
    return _back(AttendanceForm())


def _back(form: AttendanceForm) -> ResponseReturnValue:
    if wants_json():
        return jsonify({})
    if form.space.data:
        return see_other(url_for("board.space", space_id=form.space.data))
    return see_other(url_for("notes.show", number=shown_topic().number, _anchor="here"))


def at_the_door(space: Space, member: Member | None) -> str:
    """Render what the page of a place offers of the sessions there that run, or ended within the hour."""
    return "".join(
        render_template(
            "notes/_door.html",
            event=space.event,
            space=space,
            placement=each,
            topic=each.topic,
            member=member,
            mine=(mine := attendance_of(each.topic, member.id) if member else None),
            is_here=mine is not None and mine.left_at is None and mine.at >= each.slot.starts_at,
            count=people_in(each),
            is_running=each.slot.ends_at > now(),
        )
        for each in placements_where(Placement.space_id == space.id)
        if each.slot.starts_at <= now() < each.slot.ends_at + actions.AFTER
    )


doors.append(at_the_door)
