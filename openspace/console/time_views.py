"""The views of times and places on the console: moving a slot, the rest of the day, a slot or a space more."""

from datetime import date, time

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from wtforms import BooleanField, IntegerField, TimeField
from wtforms.validators import InputRequired, NumberRange

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.console.fragments import times_html
from openspace.events.models import Slot
from openspace.events.rules import Block, span
from openspace.extensions import limiter
from openspace.journal.actions import step
from openspace.journal.models import CONSOLE
from openspace.live import log
from openspace.organising import grid_actions as actions
from openspace.web.errors import Invalid, NotFound, Problem, Stale, shows_again, wants_json
from openspace.web.forms import Form, line
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("console_times", __name__, is_personal=True)
OFTEN = "120 per minute"


class SlotForm(Form):
    """A slot more: from when until when, and what for; without a title it is for topics."""

    start = TimeField(_l("From"), [InputRequired(_l("Please fill this in."))])
    end = TimeField(_l("Until"), [InputRequired(_l("Please fill this in."))])
    title = line(_l("Title, if it is not for topics"), 120, required=False)


class SpaceForm(Form):
    """A space more."""

    name = line(_l("Name of the place"), 60)
    chairs = IntegerField(
        _l("Chairs"),
        [InputRequired(_l("Please fill this in.")), NumberRange(1, 9999, _l("A place has at least one chair."))],
        default=20,
    )
    is_butterfly = BooleanField(_l("A butterfly place: people meet there without a topic"))


def page(problem: Problem | None = None) -> str:
    """The page of a day's times and places; after a refusal with its reason."""
    revision, day = log.revision(visitor.event_id, CONSOLE), _day()
    sent = request.endpoint
    return render_template(
        "console/times.html",
        day=day,
        times=times_html(visitor.event, day),
        revision=revision,
        problem=problem,
        slot_form=SlotForm.for_page(is_sent=sent == "console_times.create_slot"),
        space_form=SpaceForm.for_page(is_sent=sent == "console_times.create_space"),
    )


@blueprint.get("/facilitator/times")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The times and places of the day `?day=`."""
    return page()


@blueprint.put("/facilitator/slots/<int:slot_id>/times")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def move(slot_id: int) -> ResponseReturnValue:
    """Move the slot by the form's `minutes`: all of it, or with `?what=end` its end; with `rest` what follows too.

    Refuses with `Stale` if the slot does not end when it was `?seen` to: so two taps for one delay are one.
    """
    slot, minutes = find(Slot, slot_id), request.form.get("minutes", 0, int)
    change = actions.extend if request.args.get("what") == "end" else actions.put_off
    # The page sends the ids of all slots whose rest would move along.
    with_rest = not {"y", str(slot_id)}.isdisjoint(request.values.getlist("rest"))
    with step(slot.event_id, "grid.rest" if with_rest else "grid.slot", by=visitor.member, minutes=minutes) as facts:
        if "seen" in request.args and request.args["seen"] != str(int(slot.ends_at.timestamp())):
            raise Stale
        facts["time"] = f"{visitor.event.local(slot.starts_at):%H:%M}"
        change(slot, minutes=minutes, with_rest=with_rest, by=visitor.member)
        starts, ends = (f"{visitor.event.local(at):%H:%M}" for at in (slot.starts_at, slot.ends_at))
    return _answer(gettext("Now it is %(start)s–%(end)s.", start=starts, end=ends))


@blueprint.post("/facilitator/slots")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def create_slot() -> ResponseReturnValue:
    """Add a slot to the day `?day=`."""
    form = SlotForm()
    form.check()
    start, end = span(form.start.data or time(), form.end.data or time())
    with step(visitor.event_id, "grid.add_slot", by=visitor.member, time=f"{form.start.data:%H:%M}"):
        actions.add_slot(visitor.event, _day(), Block(start, end, form.title.data or ""), by=visitor.member)
    return _answer(gettext("Added: %(what)s", what=f"{form.start.data:%H:%M}–{form.end.data:%H:%M}"))


@blueprint.post("/facilitator/spaces")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(page)
def create_space() -> ResponseReturnValue:
    """Add a space after the others."""
    form = SpaceForm()
    form.check()
    with step(visitor.event_id, "grid.add_space", by=visitor.member, place=form.name.data or ""):
        space = actions.add_space(
            visitor.event,
            name=form.name.data or "",
            chairs=form.chairs.data or 1,
            is_butterfly=bool(form.is_butterfly.data),
            by=visitor.member,
        )
    return _answer(gettext("Added: %(what)s", what=f"{space.number} {space.name}"))


def _day() -> date:
    try:
        day = date.fromisoformat(request.args["day"]) if "day" in request.args else visitor.event.day_shown()
    except ValueError:
        raise NotFound from None
    if day not in visitor.event.days:
        raise Invalid(_l("This day does not belong to the event."))
    return day


def _answer(words: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(says=words)
    flash_message(words, undo=url_for("console.undo_last", method="DELETE"))
    return see_other(url_for("console_times.show", day=request.args.get("day")))
