"""What members do with the calendar of their day."""

from openspace.access.models import Member
from openspace.access.rules import new_key
from openspace.exports.models import MyCalendar
from openspace.extensions import db


def make_calendar(*, by: Member) -> MyCalendar:
    """Give the member's calendar an address; a new one if it has one, and the old one leads nowhere."""
    found = db.session.get(MyCalendar, by.id)
    if found is None:
        found = MyCalendar(member_id=by.id)
        db.session.add(found)
    found.key = new_key()
    db.session.flush()
    return found


def set_alarm(calendar: MyCalendar, minutes: int | None) -> None:
    """Let the calendar remind so many minutes before each session, or (None) not at all."""
    calendar.alarm = minutes


def end_calendar(*, by: Member) -> None:
    """Take the address of the member's calendar away, if it has one."""
    found = db.session.get(MyCalendar, by.id)
    if found:
        db.session.delete(found)
