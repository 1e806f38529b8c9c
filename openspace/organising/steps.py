"""Which rules times and places keep when a step is undone, and how steps are told that change them."""

from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace.clock import now
from openspace.events.models import Slot, Space
from openspace.events.rules import Span
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Values, Watched
from openspace.organising.actions import MAX_SPACES, check_slots
from openspace.web.errors import Invalid
from openspace.web.i18n import clock_time


def _slot_fits(values: Values) -> None:
    """Refuse with `Invalid`, as whoever moves a slot, to move one that has begun, or to an end that has passed."""
    slot = db.session.get(Slot, values["id"])
    if slot is None or not {"starts_at", "ends_at"} & set(values):
        return
    if "starts_at" in values and slot.starts_at <= now():
        time = clock_time(slot.starts_at, slot.event.zone)
        raise Invalid(gettext("It has begun at %(time)s. Its end can be moved.", time=time))
    if min(slot.ends_at, values.get("ends_at", slot.ends_at)) <= now():
        raise Invalid(_l("This time is over."))


def _slot_agrees(slot: Slot) -> None:
    """Refuse with `Invalid`, as whoever writes the sheet of a day, a slot that does not go with the others."""
    slots = db.session.scalars(select(Slot).where(Slot.event_id == slot.event_id, Slot.day == slot.day))
    check_slots(slot.event, slot.day, [Span(each.starts_at, each.ends_at) for each in slots])


def _space_agrees(space: Space) -> None:
    if len(space.event.open_spaces) > MAX_SPACES:
        raise Invalid(_l("That is more than a board can hold."))


def _nothing(event_id: int, before: Values | None, after: Values | None) -> None:
    """The board has told of it."""


journal.watch(
    Watched(
        Slot,
        ("id",),
        (),
        lambda event_id: Slot.event_id == event_id,
        _nothing,
        fits=_slot_fits,
        agrees=_slot_agrees,
    )
)
journal.watch(Watched(Space, ("id",), (), lambda event_id: Space.event_id == event_id, _nothing, agrees=_space_agrees))

name("grid.slot", _l("%(time)s moved by %(minutes)+d minutes"))
name("grid.rest", _l("%(time)s and all after it moved by %(minutes)+d minutes"))
name("grid.add_slot", _l("Added: %(time)s"))
name("grid.add_space", _l("Added: place %(place)s"))
