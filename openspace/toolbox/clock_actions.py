"""Writes of the hall's clock: a guide begins, goes to a step, is paused, goes on, gets more time, ends."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.screens.actions import ask_all
from openspace.toolbox.finding import Entry, entry_named
from openspace.toolbox.models import TOOLBOX, HallClock, hall_clock
from openspace.web.errors import NotAllowed, Stale

# The subject of the channel.
CLOCK = "clock"


class NoClock(Stale):
    words = _l("No guide is running in the hall any more, or it is another one. See how it stands now.")


def start(event: Event, entry: Entry, *, by: Member) -> None:
    """Run a guide in the hall from its first step on, in place of one that is running. Refuses participants."""
    _claim(event, by)
    clock = hall_clock(event.id) or HallClock(event_id=event.id)
    clock.guide = entry.name
    _begin(clock, entry, 0)
    db.session.add(clock)
    record_clock(event.id, with_screens=True)


def go_to(event: Event, name: str, step: int, *, by: Member) -> None:
    """Go to a step of the guide with this name. It begins now, unless the clock is there already.

    A step is named rather than counted on, so two facilitators who go on at once go on by one. Refuses with `NoClock`
    if another guide or none is running, or it has no such step.
    """
    clock = _running(event, name, by)
    entry = entry_named(event.id, name)
    if entry is None or not 0 <= step < len(entry.minutes):
        raise NoClock
    if step != clock.step:
        _begin(clock, entry, step)
        record_clock(event.id)


def pause(event: Event, name: str, *, by: Member) -> None:
    """Let the clock stand. Refuses with `NoClock`."""
    clock = _running(event, name, by)
    if clock.paused_at is None:
        clock.paused_at = now()
        record_clock(event.id)


def go_on(event: Event, name: str, *, by: Member) -> None:
    """Let the clock go on where it was paused. Refuses with `NoClock`."""
    clock = _running(event, name, by)
    if clock.paused_at:
        clock.ends_at += now() - clock.paused_at
        clock.paused_at = None
        record_clock(event.id)


def lengthen(event: Event, name: str, minutes: int, *, by: Member) -> None:
    """Give the step more time: what is left of it grows; of one that is over, from now on. Refuses with `NoClock`."""
    clock = _running(event, name, by)
    left = max(clock.left, timedelta())
    clock.ends_at = (clock.paused_at or now()) + left + timedelta(minutes=minutes)
    clock.seconds = max(clock.seconds + minutes * 60, round(clock.left.total_seconds()))
    record_clock(event.id)


def stop(event: Event, *, by: Member) -> None:
    """End the guide in the hall; the screens show what they showed before."""
    _claim(event, by)
    if clock := hall_clock(event.id):
        db.session.delete(clock)
        record_clock(event.id, with_screens=True)


def _claim(event: Event, by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    log.claim(event.id)


def _running(event: Event, name: str, by: Member) -> HallClock:
    _claim(event, by)
    clock = hall_clock(event.id)
    if clock is None or clock.guide != name:
        raise NoClock
    db.session.refresh(clock)
    return clock


def _begin(clock: HallClock, entry: Entry, step: int) -> None:
    clock.step, clock.seconds = step, entry.minutes[step] * 60
    clock.ends_at, clock.paused_at = now() + timedelta(seconds=clock.seconds), None


def record_clock(event_id: int, *, with_screens: bool = False) -> None:
    """Record that the clock looks different; with `with_screens`, that screens may have something else to show."""
    db.session.flush()
    log.record(event_id, TOOLBOX, CLOCK)
    if with_screens:
        ask_all(event_id)
