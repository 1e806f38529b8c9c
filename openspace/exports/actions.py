"""What members do with the calendar of their day."""

from openspace.access.models import Member
from openspace.access.rules import hashed, new_key
from openspace.exports.models import MyCalendar, calendar_of
from openspace.extensions import db
from openspace.live import log


def make_calendar(*, by: Member) -> MyCalendar:
    """Give the member's calendar an address, unless it has one, which a phone may read already."""
    log.claim(by.event_id)
    return calendar_of(by) or _addressed(by)


def renew_calendar(*, by: Member) -> MyCalendar:
    """Give the member's calendar a new address; the old one leads nowhere."""
    log.claim(by.event_id)
    return _addressed(by)


def _addressed(member: Member) -> MyCalendar:
    found = db.session.get(MyCalendar, member.id)
    if found is None:
        found = MyCalendar(member_id=member.id)
        db.session.add(found)
    found.key, found.link_hash = new_key(), hashed(member.key)
    db.session.flush()
    return found


def set_alarm(minutes: int | None, *, by: Member) -> bool:
    """Let the member's calendar remind so many minutes before each session, or (None) not; False if there is none."""
    log.claim(by.event_id)
    found = calendar_of(by)
    if found:
        found.alarm = minutes
    return found is not None


def end_calendar(*, by: Member) -> None:
    """Take the address of the member's calendar away, if it has one."""
    log.claim(by.event_id)
    found = db.session.get(MyCalendar, by.id)
    if found:
        db.session.delete(found)
