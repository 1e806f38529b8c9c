"""Writes of phases: switching to one, and changing what goes along with it."""

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.phases import changes
from openspace.phases.rules import Along, Phase
from openspace.web.errors import NotAllowed, Stale


class SwitchedMeanwhile(Stale):
    words = _l(
        "Another facilitator has switched the phase in the meantime. Nothing was changed: see how it stands now."
    )


def along(event: Event) -> Along:
    """What goes along with the event's phase at present."""
    return Along(*(getattr(event, name) for name in Along._fields))


def switch(event: Event, phase: Phase, along: Along, *, seen: str, by: Member) -> None:
    """Switch to a phase, or to the same one with something else along. `seen` is the phase that the facilitator saw.

    Refuses with `SwitchedMeanwhile` if it is another one by now; and with `NotAllowed` participants.
    """
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(event.id)
    db.session.refresh(event, ["phase", *Along._fields])
    if event.phase != seen:
        raise SwitchedMeanwhile
    took_topics = event.takes_topics
    event.phase = phase
    for name, value in along._asdict().items():
        setattr(event, name, value)
    changes.switched(event.id, proposing=event.takes_topics != took_topics)
