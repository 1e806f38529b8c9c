"""The front page, setting an event up, and changing everything about it later."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from openspace.access import actions as access
from openspace.access.forms import RoleForm
from openspace.access.guards import current_event, event_blueprint, find, me, requires, take_seat
from openspace.access.models import Member, Role
from openspace.access.passwords import hash_password
from openspace.board.models import Topic, board_on
from openspace.clock import now
from openspace.errors import Invalid, NotFound, Problem, shows_again
from openspace.events import actions
from openspace.events.forms import (
    EventForm,
    ItemForm,
    SetupForm,
    SlotsForm,
    read_fixed,
    read_slots,
    read_spaces,
    seen,
    typed_fixed,
    typed_slots,
    typed_spaces,
)
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import Block, lay_slots, minutes
from openspace.extensions import base_url, db, limiter
from openspace.http import say

front_door = Blueprint("events", __name__)
blueprint = event_blueprint("settings", __name__)


@front_door.get("/")
def front() -> ResponseReturnValue:
    """A field for the code; with exactly one event that is open, straight to it."""
    events = db.session.scalars(select(Event).order_by(Event.starts_on.desc())).all()
    still_on = [event for event in events if event.ends_on >= event.today() and event.is_join_open]
    if len(still_on) == 1 and not {"left", "code", "lang"} & set(request.args):
        return redirect(url_for("board.show", event=still_on[0].slug))
    return render_template("events/front.html", events=events)


def setup_page(problem: Problem | None = None) -> str:
    """Create your event: three short steps on one page."""
    today = now().date()
    form = SetupForm.shown(
        validate="only_language" not in request.form,
        starts_on=today,
        ends_on=today,
        zone="Europe/Kyiv",
        languages=["uk", "en"],
    )
    return render_template(
        "events/setup.html",
        form=form,
        problem=problem,
        token=(request.view_args or {})["token"],
        spaces=typed_spaces() or _first_spaces(),
        fixed=typed_fixed() if request.method == "POST" else _first_items(),
        days=_days_between(form.starts_on.data, form.ends_on.data),
        wall=_wall(form),
    )


@front_door.get("/setup/<token>")
def setup(token: str) -> ResponseReturnValue:
    """The page behind the setup link that the server prints."""
    _setup_link(token)
    return setup_page()


@front_door.post("/setup/<token>/wall")
@limiter.limit("240 per minute")
def preview(token: str) -> ResponseReturnValue:
    """The small wall beside the form, as it would be now."""
    _setup_link(token)
    form = SetupForm()
    form.validate()
    days = _days_between(form.starts_on.data, form.ends_on.data)
    return render_template("events/_wall.html", wall=_wall(form), days=days)


@front_door.post("/setup/<token>")
@shows_again(setup_page)
def create(token: str) -> ResponseReturnValue:
    """Make the event with its board, and seat its organiser."""
    link = _setup_link(token)
    if "only_language" in request.form:
        return setup_page()
    form = SetupForm()
    form.check()
    hashed = hash_password(form.password.data or "")
    event = actions.create(
        name=form.name.data or "",
        city=form.city.data or "",
        starts_on=_date(form.starts_on.data),
        ends_on=_date(form.ends_on.data),
        zone=form.zone.data,
        languages=form.languages.data or [],
    )
    event.is_public = form.is_public.data
    organiser = access.seat(event, name=form.organiser.data or "", role=Role.ORGANISER)
    access.set_password(organiser, email=form.email.data or "", password_hash=hashed)
    actions.set_spaces(event, read_spaces())
    for day in event.days:
        fixed = read_fixed(day.isoformat())
        actions.fill(event, day, fixed, _laid(form, fixed), by=organiser)
    link.used_at = now()
    db.session.commit()
    take_seat(organiser)
    return redirect(url_for("access.poster", event=event.slug, new=1), 303)


@blueprint.get("/settings")
@requires(Role.ORGANISER)
def overview() -> ResponseReturnValue:
    """Everything an organiser can change, and what can be downloaded."""
    event = current_event()
    team = db.session.scalars(
        select(Member)
        .where(Member.event_id == event.id, Member.role != Role.PARTICIPANT, Member.left_at.is_(None))
        .order_by(Member.role.desc(), Member.name)
    ).all()
    return render_template(
        "events/settings.html",
        team=team,
        role_form=RoleForm(formdata=None),
        seated=access.members_in(event),
        projector=base_url() + url_for("board.projector", key=event.projector_key),
    )


def event_page(problem: Problem | None = None) -> str:
    """Name, dates, zone, languages."""
    event = current_event()
    form = EventForm.shown(
        **{
            name: getattr(event, name)
            for name in ("name", "city", "starts_on", "ends_on", "zone", "languages", "is_public")
        }
    )
    return render_template("events/edit.html", form=form, problem=problem)


@blueprint.get("/settings/event")
@requires(Role.ORGANISER)
def event_settings() -> ResponseReturnValue:
    """The event's sheet, to write on."""
    return event_page()


@blueprint.put("/settings/event")
@requires(Role.ORGANISER)
@shows_again(event_page)
def put_event() -> ResponseReturnValue:
    """Change the event."""
    form = EventForm()
    form.check()
    actions.edit(
        current_event(),
        name=form.name.data or "",
        city=form.city.data or "",
        starts_on=_date(form.starts_on.data),
        ends_on=_date(form.ends_on.data),
        zone=form.zone.data,
        languages=form.languages.data or [],
        is_public=form.is_public.data,
    )
    return _saved([])


def spaces_page(problem: Problem | None = None) -> str:
    """The list of places."""
    spaces = [{"id": s.id, "name": s.name, "chairs": s.chairs} for s in current_event().spaces]
    typed = typed_spaces() if request.method != "GET" else spaces
    return render_template("events/spaces.html", spaces=typed, problem=problem)


@blueprint.get("/settings/spaces")
@requires(Role.ORGANISER)
def spaces() -> ResponseReturnValue:
    """The event's places, to write on."""
    return spaces_page()


@blueprint.put("/settings/spaces")
@requires(Role.ORGANISER)
@shows_again(spaces_page)
def put_spaces() -> ResponseReturnValue:
    """Change the places; topics of a place that is gone return to the market."""
    return _saved(actions.set_spaces(current_event(), read_spaces(), seen("space")))


def day_page(problem: Problem | None = None) -> str:
    """The times of one day."""
    event, day = current_event(), _day_in_address()
    slots = [_slot_row(event, slot) for slot in db.session.scalars(slots_on(event, day))]
    rows = board_on(event, day)
    return render_template(
        "events/day.html",
        day=day,
        slots=typed_slots() if request.method == "PUT" else slots,
        layout=SlotsForm(formdata=None),
        item=ItemForm(formdata=request.form if request.method == "POST" else None),
        free=[cell for row in rows for cell in row.cells if cell.placement is None],
        items=[c.placement for row in rows for c in row.cells if c.placement and c.placement.topic.is_programme],
        problem=problem,
    )


@blueprint.get("/settings/days/<day>")
@requires(Role.ORGANISER)
def day(day: str) -> ResponseReturnValue:
    """A day's times, to write on."""
    return day_page()


@blueprint.put("/settings/days/<day>")
@requires(Role.ORGANISER)
@shows_again(day_page)
def put_day(day: str) -> ResponseReturnValue:
    """Change a day's slots; topics of a slot that is gone return to the market."""
    return _saved(actions.set_slots(current_event(), _day_in_address(), read_slots(), seen("slot")))


@blueprint.put("/settings/days/<day>/layout")
@requires(Role.ORGANISER)
@shows_again(day_page)
def put_layout(day: str) -> ResponseReturnValue:
    """Lay an empty day out anew around what is fixed."""
    event, when = current_event(), _day_in_address()
    form = SlotsForm()
    form.check()
    known = {slot.id: slot for slot in db.session.scalars(slots_on(event, when))}
    if any(slot.is_open for slot in known.values()):
        raise Invalid(gettext("This day already has slots. Change them in the list."))
    sheets = [actions.as_sheet(event, slot) for slot in known.values()]
    fixed = [sheet.block for sheet in sheets]
    new = [actions.SlotSheet(None, block) for block in _laid(form, fixed) if block not in fixed]
    return _saved(actions.set_slots(event, when, [*sheets, *new]))


@blueprint.post("/settings/days/<day>/items")
@requires(Role.ORGANISER)
@shows_again(day_page)
def create_item(day: str) -> ResponseReturnValue:
    """Fix a training or a working group in one cell."""
    form = ItemForm()
    form.check()
    slot_id, _, space_id = str(form.cell.data).partition("-")
    if not (slot_id.isdigit() and space_id.isdigit()):
        raise Invalid
    slot, space = find(Slot, int(slot_id)), find(Space, int(space_id))
    actions.add_item(current_event(), title=form.title.data or "", slot=slot, space=space, by=me())
    db.session.commit()
    return redirect(url_for("settings.day", day=day), 303)


@blueprint.put("/settings/entrance")
@requires(Role.ORGANISER)
def open_entrance() -> ResponseReturnValue:
    """Let newcomers in."""
    actions.open_entrance(current_event(), is_open=True)
    return _saved([])


@blueprint.delete("/settings/entrance")
@requires(Role.ORGANISER)
def close_entrance() -> ResponseReturnValue:
    """Let no more newcomers in; who is in stays in."""
    actions.open_entrance(current_event(), is_open=False)
    return _saved([])


@blueprint.put("/settings/join-code")
@requires(Role.ORGANISER)
def renew_join_code() -> ResponseReturnValue:
    """A new code; old posters lead nowhere."""
    actions.renew_join_code(current_event())
    return _saved([])


@blueprint.put("/settings/projector-key")
@requires(Role.ORGANISER)
def renew_projector_key() -> ResponseReturnValue:
    """A new projector link; screens with the old one stop."""
    actions.renew_projector_key(current_event())
    return _saved([])


@blueprint.post("/settings/invitations")
@requires(Role.ORGANISER)
def invite() -> ResponseReturnValue:
    """A one-time link for a new facilitator or organiser, to be sent by hand."""
    form = RoleForm()
    form.check()
    role = Role(form.role.data)
    token = access.issue_link(event=current_event(), role=role)
    db.session.commit()
    address = base_url() + url_for("links.invitation", token=token)
    return render_template("events/invitation.html", address=address, role=role)


@blueprint.put("/settings/members/<int:member_id>")
@requires(Role.ORGANISER)
def put_member(member_id: int) -> ResponseReturnValue:
    """Change somebody's role."""
    form = RoleForm()
    form.check()
    access.give_role(find(Member, member_id), Role(form.role.data))
    return _saved([])


def _setup_link(token: str) -> Any:
    link = access.open_link(token)
    if link.event_id is not None:
        raise NotFound
    return link


def _saved(returned: list[Topic]) -> ResponseReturnValue:
    db.session.commit()
    say(gettext("Saved."))
    if returned:
        says = ngettext(
            "%(num)d topic has returned to the market:", "%(num)d topics have returned to the market:", len(returned)
        )
        say(says, titles=[topic.title for topic in returned])
    return redirect(url_for("settings.overview"), 303)


def _laid(form: Any, fixed: list[Block]) -> list[Block]:
    return lay_slots(
        count=form.count.data, length=form.length.data, start=minutes(form.start.data), gap=form.gap.data, fixed=fixed
    )


def _wall(form: SetupForm) -> dict[str, Any]:
    """What the preview shows: the first day, as far as the form can be read."""
    try:
        spaces = read_spaces() if request.method == "POST" else [actions.SpaceSheet(None, *s) for s in _space_pairs()]
        day = form.starts_on.data.isoformat() if form.starts_on.data else ""
        fixed = read_fixed(day) if request.method == "POST" else _example_blocks()
        blocks = _laid(form, fixed)
    except (Problem, TypeError):
        return {"spaces": [], "blocks": [], "free": 0}
    free = len([block for block in blocks if not block.title]) * len(spaces)
    return {"spaces": spaces, "blocks": blocks, "free": free, "day": form.starts_on.data, "length": form.length.data}


def _days_between(first: date | None, last: date | None) -> list[date]:
    """The days an item can be fixed on; a single day needs no choice."""
    if not first or not last or not first < last:
        return []
    count = min((last - first).days + 1, actions.MAX_DAYS)
    return [first + timedelta(days=n) for n in range(count)]


def _space_pairs() -> list[tuple[str, int]]:
    return [(str(row["name"]), int(row["chairs"])) for row in _first_spaces()]


def _first_spaces() -> list[dict[str, Any]]:
    names = (gettext("Main hall"), gettext("Room"), gettext("Terrace"))
    return [{"id": "", "name": name, "chairs": chairs} for name, chairs in zip(names, (40, 20, 16), strict=True)]


def _first_items() -> list[dict[str, Any]]:
    return [
        {"title": gettext("Opening circle"), "day": "", "start": "09:00", "end": "10:00", "where": "together"},
        {"title": gettext("Lunch"), "day": "", "start": "12:30", "end": "14:00", "where": "break"},
    ]


def _example_blocks() -> list[Block]:
    return [
        Block(9 * 60, 10 * 60, gettext("Opening circle")),
        Block(12 * 60 + 30, 14 * 60, gettext("Lunch"), is_break=True),
    ]


def _slot_row(event: Event, slot: Slot) -> dict[str, Any]:
    kind = "topics" if slot.is_open else "break" if slot.is_break else "together"
    return {
        "id": slot.id,
        "start": f"{event.local(slot.starts_at):%H:%M}",
        "end": f"{event.local(slot.ends_at):%H:%M}",
        "kind": kind,
        "title": slot.title,
    }


def _day_in_address() -> date:
    try:
        day = date.fromisoformat((request.view_args or {})["day"])
    except ValueError:
        raise NotFound from None
    if day not in current_event().days:
        raise NotFound
    return day


def _date(value: date | None) -> date:
    assert value is not None  # because the form has checked it
    return value
