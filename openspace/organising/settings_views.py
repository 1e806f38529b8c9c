"""The organiser's settings: the overview, and the event's dates, spaces and days. See also `entrance_views.py`."""

from datetime import date
from itertools import islice
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from openspace.access import actions as access, links
from openspace.access.browser_seats import event_creator
from openspace.access.forms import RoleForm
from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.cells import board_on
from openspace.board.models import Topic
from openspace.board.rules import CellKey
from openspace.collation import collated
from openspace.events.models import Event, Slot, Space, slots_on
from openspace.events.rules import MINUTES_A_DAY, MORNING, as_clock
from openspace.extensions import base_url, db
from openspace.organising import actions, event_actions, grid, programme
from openspace.organising.forms import (
    EditForm,
    ItemForm,
    SlotsForm,
    laid,
    read_slots,
    read_spaces,
    shown_ids,
    typed_slots,
    typed_spaces,
)
from openspace.organising.undo import undo
from openspace.web.errors import Invalid, NotFound, Problem, shows_again
from openspace.web.http import flash_message

blueprint = event_blueprint("settings", __name__, is_personal=True)


@blueprint.get("/settings")
@requires(Role.ORGANISER)
def overview() -> ResponseReturnValue:
    """The page with links to all settings and downloads."""
    event = visitor.event
    team = db.session.scalars(
        select(Member).where(Member.event_id == event.id, Member.role != Role.PARTICIPANT, Member.left_at.is_(None))
    )
    return render_template(
        "organising/settings.html",
        team=sorted(team, key=lambda member: (-member.role.rank, collated(member.name), member.id)),
        role_form=RoleForm(formdata=None),
        open_links=links.open_links(event),
        seated=access.members_in(event),
        may_create=event_creator() is not None,
        grid_change=grid.last_change(event),
        # Offered when codes lead to another address than the organiser's, for example after the laptop got a new one.
        address=base_url(),
        other_address="" if current_app.config["BASE_URL"] else request.host_url.rstrip("/"),
        projector=base_url() + url_for("board.projector", key=event.projector_key),
        apps=base_url() + url_for("schedules.xml", key=event.feed_key),
        whole_calendar=base_url() + url_for("calendars.whole", key=event.feed_key),
    )


def event_page(problem: Problem | None = None) -> str:
    """The form with name, dates, zone and languages."""
    event = visitor.event
    form = EditForm.for_page(
        **{
            name: getattr(event, name)
            for name in ("name", "city", "starts_on", "ends_on", "zone", "languages", "is_public", "months_kept")
        }
    )
    return render_template("organising/edit.html", form=form, problem=problem)


@blueprint.get("/settings/event")
@requires(Role.ORGANISER)
def event_settings() -> ResponseReturnValue:
    """Show the form for the event itself."""
    return event_page()


@blueprint.put("/settings/event")
@requires(Role.ORGANISER)
@shows_again(event_page)
def put_event() -> ResponseReturnValue:
    """Change the event."""
    form = EditForm()
    form.check()
    event, more = visitor.event, {"is_public": form.is_public.data, "months_kept": form.months_kept.data}
    grid_before = (event.starts_on, event.ends_on, event.zone)
    returned = event_actions.edit(event, **form.sheet(), **more, agreed=_agreed(), by=visitor.member)
    return saved(returned, can_undo=grid_before != (event.starts_on, event.ends_on, event.zone))


def spaces_page(problem: Problem | None = None) -> str:
    """The form with all spaces."""
    spaces = [
        {"id": s.id, "name": s.name, "chairs": s.chairs, "kind": "butterfly" if s.is_butterfly else ""}
        for s in visitor.event.open_spaces
    ]
    typed = typed_spaces() if request.method != "GET" else spaces
    numbers = list(islice(visitor.event.numbers_of_spaces(), len(typed) + 1))
    return render_template("organising/spaces.html", spaces=typed, numbers=numbers, problem=problem)


@blueprint.get("/settings/spaces")
@requires(Role.ORGANISER)
def spaces() -> ResponseReturnValue:
    """Show the form for the spaces."""
    return spaces_page()


@blueprint.put("/settings/spaces")
@requires(Role.ORGANISER)
@shows_again(spaces_page)
def put_spaces() -> ResponseReturnValue:
    """Change the spaces. Topics of a space that was taken away return to the market."""
    event = visitor.event
    sheets = read_spaces(event.numbers_of_spaces())
    returned = actions.set_spaces(event, sheets, shown_ids("space"), agreed=_agreed(), by=visitor.member)
    return saved(returned, can_undo=True)


def day_page(problem: Problem | None = None) -> str:
    """The form with the slots of one day."""
    event, day = visitor.event, _day_in_address()
    slots = [_slot_row(event, slot) for slot in db.session.scalars(slots_on(event, day))]
    rows = board_on(event, day)
    return render_template(
        "organising/day.html",
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
    """Show the form for the slots of a day."""
    return day_page()


@blueprint.put("/settings/days/<day>")
@requires(Role.ORGANISER)
@shows_again(day_page)
def put_day(day: str) -> ResponseReturnValue:
    """Change the slots of a day. Topics of a slot that was taken away return to the market."""
    event, when = visitor.event, _day_in_address()
    returned = actions.set_slots(
        event, when, read_slots(when, event.tz), shown_ids("slot"), agreed=_agreed(), by=visitor.member
    )
    return saved(returned, can_undo=True)


@blueprint.put("/settings/days/<day>/layout")
@requires(Role.ORGANISER)
@shows_again(day_page)
def put_layout(day: str) -> ResponseReturnValue:
    """Lay out the slots of a day without topics around its fixed items."""
    event, when = visitor.event, _day_in_address()
    form = SlotsForm()
    form.check()
    known = {slot.id: slot for slot in db.session.scalars(slots_on(event, when))}
    if any(slot.is_open for slot in known.values()):
        raise Invalid(gettext("This day already has slots. Change them in the list."))
    sheets = [actions.as_sheet(event, slot) for slot in known.values()]
    fixed = [sheet.block for sheet in sheets]
    new = [actions.SlotSheet(None, block) for block in laid(form, fixed) if block not in fixed]
    return saved(actions.set_slots(event, when, [*sheets, *new], by=visitor.member), can_undo=True)


@blueprint.delete("/settings/grid/<int:change_id>")
@requires(Role.ORGANISER)
def undo_grid(change_id: int) -> ResponseReturnValue:
    """Undo the last change of spaces, slots or dates. Topics return to their former cells where these are free."""
    done = undo(visitor.event, change_id, by=visitor.member)
    flash_message(gettext("Places and times are as they were."))
    if done.elsewhere:
        says = gettext("These topics could not return: others hang there by now, or they have been hung elsewhere.")
        flash_message(says, titles=[topic.title for topic in done.elsewhere])
    return redirect(url_for("settings.overview"), 303)


@blueprint.post("/settings/days/<day>/items")
@requires(Role.ORGANISER)
@shows_again(day_page)
def create_item(day: str) -> ResponseReturnValue:
    """Fix a programme item, such as a training, in one cell."""
    form = ItemForm()
    form.check()
    cell = CellKey.parse(form.cell.data or "")
    if cell is None:
        raise Invalid
    slot, space = find(Slot, cell.slot_id), find(Space, cell.space_id)
    programme.add_item(visitor.event, title=form.title.data or "", slot=slot, space=space, by=visitor.member)
    return redirect(url_for("settings.day", day=day), 303)


def _agreed() -> list[str]:
    """The words in the form by which the organiser agrees to what a change does to topics (`grid.ask`)."""
    return request.form.get("agreed", "").split()


def saved(returned: list[Topic], *, can_undo: bool = False) -> ResponseReturnValue:
    """Say that a setting was saved, and which topics `returned` to the market by it, and redirect to the overview."""
    change = grid.last_change(visitor.event) if can_undo else None
    undo = {"undo": url_for("settings.undo_grid", change_id=change.id, method="DELETE")} if change else {}
    if returned:
        says = ngettext(
            "%(num)d topic has returned to the market:", "%(num)d topics have returned to the market:", len(returned)
        )
        flash_message(says, titles=[topic.title for topic in returned], **undo)
    else:
        flash_message(gettext("Saved."), **undo)
    return redirect(url_for("settings.overview"), 303)


def _slot_row(event: Event, slot: Slot) -> dict[str, Any]:
    block = actions.as_sheet(event, slot).block
    return {
        "id": slot.id,
        "start": as_clock(block.start),
        "end": as_clock(block.end),
        "kind": "topics" if slot.is_open else "break" if slot.is_break else "together",
        "title": slot.title,
        "night": "after" if block.start >= MINUTES_A_DAY else "before" if block.start < MORNING else "",
        "hour": block.hour,
    }


def _day_in_address() -> date:
    try:
        day = date.fromisoformat((request.view_args or {})["day"])
    except ValueError:
        raise NotFound from None
    if day not in visitor.event.days:
        raise NotFound
    return day
