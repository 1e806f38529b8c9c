"""Which rules times and places keep when a step is undone, and how steps are told that change them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.events.models import Slot, Space
from openspace.events.rules import Span
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Values, Watched
from openspace.organising.actions import MAX_SPACES, check_slots
from openspace.web.errors import Invalid


def _slot_agrees(slot: Slot) -> None:
    """Refuse with `Invalid`, as whoever writes the sheet of a day, a slot that does not go with the others."""
    slots = db.session.scalars(select(Slot).where(Slot.event_id == slot.event_id, Slot.day == slot.day))
    check_slots(slot.event, slot.day, [Span(each.starts_at, each.ends_at) for each in slots])


def _space_agrees(space: Space) -> None:
    if len(space.event.spaces) > MAX_SPACES:
        raise Invalid(_l("That is more than a board can hold."))


def _nothing(event_id: int, before: Values | None, after: Values | None) -> None:
    """The board has told of it."""


journal.watch(Watched(Slot, ("id",), (), lambda event_id: Slot.event_id == event_id, _nothing, agrees=_slot_agrees))
journal.watch(Watched(Space, ("id",), (), lambda event_id: Space.event_id == event_id, _nothing, agrees=_space_agrees))

name("grid.slot", _l("%(time)s moved by %(minutes)+d minutes"))
name("grid.rest", _l("%(time)s and all after it moved by %(minutes)+d minutes"))
name("grid.add_slot", _l("Added: %(time)s"))
name("grid.add_space", _l("Added: place %(place)s"))
